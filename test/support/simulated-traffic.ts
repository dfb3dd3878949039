import type { MinuteSeen } from '../../src/watch/anomalies.ts'
import { BOUNDS_MS } from '../../src/watch/measures.ts'
import type { RouteSeen } from '../../src/watch/watched.ts'

export type Random = () => number

/** Mulberry32: the same numbers for the same seed, everywhere. */
export function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A route as it is used on average. */
export interface SimulatedRoute {
  readonly path: string
  readonly perMinute: number
  /** What part of the requests each code answers. */
  readonly codes?: Readonly<Record<string, number>>
  readonly medianMs: number
  /** Of the latency's logarithm. */
  readonly spread?: number
}

/** One minute: independent requests, so that every count is a Poisson number. */
export function minuteOf(routes: readonly SimulatedRoute[], random: Random): MinuteSeen {
  return Object.fromEntries(
    routes
      .map((route) => [route.path, routeMinute(route, random)] as const)
      .filter(([, { outcomes }]) => Object.keys(outcomes).length > 0),
  )
}

/** Busy by day, a fifth of that by night, and slower when busy. */
export function atHour(route: SimulatedRoute, minute: number): SimulatedRoute {
  const day = Math.sin((2 * Math.PI * minute) / 1_440)
  return {
    ...route,
    perMinute: route.perMinute * (0.6 + 0.4 * day),
    medianMs: route.medianMs * (1 + 0.2 * day),
  }
}

function routeMinute(
  { perMinute, codes = {}, medianMs, spread = 0.5 }: SimulatedRoute,
  random: Random,
): RouteSeen {
  const good = 1 - Object.values(codes).reduce((sum, part) => sum + part, 0)
  const outcomes = Object.entries({ '2xx': good, ...codes })
    .map(([outcome, part]) => [outcome, poisson(part * perMinute, random)] as const)
    .filter(([, count]) => count > 0)
  const requests = outcomes.reduce((sum, [, count]) => sum + count, 0)
  return { outcomes: Object.fromEntries(outcomes), latency: latencies(requests, random) }

  function latencies(count: number, random: Random): Record<number, number> {
    const histogram: Record<number, number> = {}
    for (let i = 0; i < count; i += 1) {
      const ms = medianMs * Math.exp(spread * normal(random))
      const found = BOUNDS_MS.findIndex((bound) => ms <= bound)
      const bucket = found === -1 ? BOUNDS_MS.length : found
      histogram[bucket] = (histogram[bucket] ?? 0) + 1
    }
    return histogram
  }
}

function poisson(mean: number, random: Random): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count += 1
  return count
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
