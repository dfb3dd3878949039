/** Both are drawn as on a ruler of logarithms; symlog has a zero, and what is below it. */
export type ScaleType = 'log' | 'symlog'

export interface Scale {
  readonly type: ScaleType
  readonly domain: readonly [number, number]
  /** How far apart two values are drawn, as a share of the whole width. */
  distance(from: number, to: number): number
}

const LEFT = 0.04
/** Right of the farthest value its number must have room. */
const RIGHT = 0.16

const RULERS = {
  log: { into: Math.log, outOf: Math.exp },
  symlog: {
    into: (value: number) => Math.sign(value) * Math.log1p(Math.abs(value)),
    outOf: (value: number) => Math.sign(value) * Math.expm1(Math.abs(value)),
  },
} as const

/** One on which all values have their place. */
export function scaleFor(type: ScaleType, values: readonly number[]): Scale {
  const { into, outOf } = RULERS[type]
  const least = into(Math.min(...values))
  const span = into(Math.max(...values)) - least
  return {
    type,
    domain: [outOf(least - span * LEFT), outOf(least + span * (1 + RIGHT))],
    distance: (from, to) => (into(to) - into(from)) / (span * (1 + LEFT + RIGHT)),
  }
}
