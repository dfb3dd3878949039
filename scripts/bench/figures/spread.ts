/** How something that is waited for was spread: the middle, the slow, the slowest. */
export interface Spread {
  readonly median: number
  readonly p95: number
  readonly most: number
}

/** Nearest rank, so that each is a value that was seen; undefined of nothing at all. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return sorted.length === 0 ? undefined : { median: at(0.5), p95: at(0.95), most: at(1) }
}
