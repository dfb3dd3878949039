import { BOUNDS_MS, type Histogram } from './measures.ts'

/** Where so many milliseconds are counted. */
export function bucketOf(milliseconds: number): number {
  let bucket = 0
  while (bucket < BOUNDS_MS.length && milliseconds > (BOUNDS_MS[bucket] ?? 0)) bucket += 1
  return bucket
}

export function countOf(histogram: Histogram): number {
  return Object.values(histogram).reduce((sum, count) => sum + count, 0)
}

/**
 * The time that so great a part of all were not slower than: as if those in a bucket were spread evenly over it.
 * Beyond the last bound, that bound. Undefined: there were none.
 */
export function quantile(histogram: Histogram, part: number): number | undefined {
  const all = countOf(histogram)
  if (all === 0) return undefined
  let before = 0
  for (const [bucket, upper] of BOUNDS_MS.entries()) {
    const count = histogram[bucket] ?? 0
    if (count > 0 && before + count >= part * all) {
      const lower = BOUNDS_MS[bucket - 1] ?? 0
      return lower + (upper - lower) * Math.max(0, (part * all - before) / count)
    }
    before += count
  }
  return BOUNDS_MS.at(-1)
}
