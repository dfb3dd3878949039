const LONGEST_MS = 5 * 60_000

export interface Pace {
  readonly intervalMs: number
  /** In a row. */
  readonly failures: number
  readonly retryAfterSeconds: number | undefined
  /** From 0 to 1. */
  readonly chance: number
}

/** Twice as long after each failure, and spread, so that many consoles do not come back at once; never before it was asked to. */
export function waitMs({ intervalMs, failures, retryAfterSeconds = 0, chance }: Pace): number {
  const backedOff = Math.min(Math.max(LONGEST_MS, intervalMs), intervalMs * 2 ** failures)
  const spread = failures > 0 ? backedOff * (0.75 + chance / 2) : backedOff
  return Math.max(spread, retryAfterSeconds * 1_000)
}
