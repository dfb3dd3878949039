export interface Quartiles {
  readonly low: number
  readonly median: number
  readonly high: number
}

/** Interpolated between neighbours; undefined of nothing at all. */
export function quartilesOf(values: readonly number[]): Quartiles | undefined {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number): number => {
    const place = share * (sorted.length - 1)
    const below = sorted[Math.floor(place)] ?? 0
    const above = sorted[Math.ceil(place)] ?? 0
    return below + (above - below) * (place % 1)
  }
  return sorted.length === 0 ? undefined : { low: at(0.25), median: at(0.5), high: at(0.75) }
}

export function medianOf(values: readonly number[]): number | undefined {
  return quartilesOf(values)?.median
}

/** Undefined where there is nothing to compare: nobody was answered, or not a tick was spent. */
export function ratioOf(value: number | undefined, limit: number | undefined): number | undefined {
  return value === undefined || !limit ? undefined : value / limit
}

/** A sum over what it was for; undefined when that is nothing. */
export function perRequest(sum: number, requests: number): number | undefined {
  return requests > 0 ? sum / requests : undefined
}

export function knownOf(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined)
}
