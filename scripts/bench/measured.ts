import { knownOf, perRequest, type Quartiles, quartilesOf, ratioOf } from './arithmetic.ts'
import type { TargetName } from './targets.ts'

export interface Measured {
  readonly target: TargetName
  readonly requests: number
  /** Processor time per request. */
  readonly microseconds: Quartiles | undefined
  /** The same as a multiple of the pass-through's in the same round. */
  readonly ratio: Quartiles | undefined
  readonly roundTrips: number | undefined
  readonly commands: number | undefined
  readonly keySetFetches: number
  /** Milliseconds to the first byte, more than the pass-through's in the same round. */
  readonly firstByteOver: Quartiles | undefined
  readonly residentMib: number
}

/** One target's share of one round. */
export interface Sample {
  readonly requests: number
  readonly microseconds: number | undefined
  readonly roundTrips: number
  readonly commands: number
  readonly keySetFetches: number
  readonly firstByteMs: number | undefined
}

export function measuredFrom(
  target: TargetName,
  samples: readonly Sample[],
  passThrough: readonly Sample[],
  resident: number,
): Measured {
  const sum = (part: (sample: Sample) => number) => samples.reduce((so, one) => so + part(one), 0)
  const requests = sum((sample) => sample.requests)
  const over = samples.map(({ firstByteMs }, round) => {
    const limit = passThrough[round]?.firstByteMs
    return firstByteMs === undefined || limit === undefined ? undefined : firstByteMs - limit
  })
  return {
    target,
    requests,
    microseconds: quartilesOf(knownOf(samples.map(({ microseconds }) => microseconds))),
    ratio: quartilesOf(
      knownOf(
        samples.map(({ microseconds }, round) =>
          ratioOf(microseconds, passThrough[round]?.microseconds),
        ),
      ),
    ),
    roundTrips: perRequest(
      sum(({ roundTrips }) => roundTrips),
      requests,
    ),
    commands: perRequest(
      sum(({ commands }) => commands),
      requests,
    ),
    keySetFetches: sum(({ keySetFetches }) => keySetFetches),
    firstByteOver: quartilesOf(knownOf(over)),
    residentMib: resident,
  }
}
