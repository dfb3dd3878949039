import type { ErrorCode } from '../../src/contract/catalogue.ts'
import { LIMITS, QUOTA_SECONDS, WINDOW_SECONDS } from '../../src/policy/limits.ts'

/** A limit whose end a code tells of, as it is where no setting changes it. */
export interface LimitBehind {
  readonly who: string
  readonly requests: number
  /** Absent: at once. */
  readonly windowSeconds?: number
}

const TIERS = Object.entries(LIMITS.tiers).map(
  ([tier, windows]) => [`a user, tier ${tier}`, windows] as const,
)
const ROUTES = Object.entries(LIMITS.routes).map(
  ([name, { windows }]) => [`\`${name}\``, windows] as const,
)

const BEHIND: Readonly<Partial<Record<ErrorCode, () => LimitBehind[]>>> = {
  RATE_LIMIT_EXCEEDED: () => [...ROUTES, ['an API key', LIMITS.key] as const].flatMap(windowsOf),
  RATE_LIMIT_EXCEEDED_USER: () => [
    ...TIERS.flatMap(windowsOf).filter((limit) => !isQuota(limit)),
    ...Object.entries(LIMITS.concurrency).map(([tier, requests]) => ({
      who: `a user, tier ${tier}`,
      requests,
    })),
  ],
  RATE_LIMIT_EXCEEDED_IP: () => windowsOf(['an address', LIMITS.ip]),
  QUOTA_EXCEEDED: () => TIERS.flatMap(windowsOf).filter(isQuota),
}

export function limitsBehind(code: ErrorCode): readonly LimitBehind[] {
  return BEHIND[code]?.() ?? []
}

function windowsOf([who, windows]: readonly [string, Readonly<Record<string, number>>]) {
  return Object.entries(windows).map(([name, requests]): LimitBehind => {
    const named = Object.entries(WINDOW_SECONDS).find(([known]) => known === name)
    return { who, requests, windowSeconds: named?.[1] ?? Number(name) }
  })
}

function isQuota({ windowSeconds = 0 }: LimitBehind): boolean {
  return windowSeconds >= QUOTA_SECONDS
}
