import type { Histogram, LimitMeasures, Measures, RouteMeasures } from './measures.ts'

export const NOTHING: Measures = { routes: {}, waits: {}, limits: {}, limited: {}, events: {} }

/** So many of the most refused subjects are kept of a minute or of any longer time. */
const MOST_LIMITED = 50

/** In any order, and in any grouping, it comes to the same. */
export function added(one: Measures, other: Measures): Measures {
  return {
    routes: joined(one.routes, other.routes, addedRoutes),
    waits: joined(one.waits, other.waits, addedCounts),
    limits: joined(one.limits, other.limits, addedLimits),
    limited: addedCounts(one.limited, other.limited),
    events: addedCounts(one.events, other.events),
  }
}

export function sumOf(some: readonly Measures[]): Measures {
  return some.reduce(added, NOTHING)
}

/** All routes as one. */
export function allRoutes({ routes }: Measures): RouteMeasures {
  return Object.values(routes).reduce(addedRoutes, { outcomes: {}, latency: {}, latencyMs: 0 })
}

/** Without the subjects that were refused least: anyone can make up new ones. */
export function bounded(measures: Measures): Measures {
  const most = mostOf(Object.entries(measures.limited), MOST_LIMITED)
  return { ...measures, limited: Object.fromEntries(most) }
}

/** The most first. */
export function mostOf(
  counts: Iterable<readonly [string, number]>,
  most: number,
): (readonly [string, number])[] {
  return [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).slice(0, most)
}

function addedRoutes(one: RouteMeasures, other: RouteMeasures): RouteMeasures {
  return {
    outcomes: addedCounts(one.outcomes, other.outcomes),
    latency: addedCounts(one.latency, other.latency),
    latencyMs: one.latencyMs + other.latencyMs,
  }
}

function addedLimits(one: LimitMeasures, other: LimitMeasures): LimitMeasures {
  return { admitted: one.admitted + other.admitted, refused: one.refused + other.refused }
}

type Counts = Readonly<Record<string, number>>

export function addedCounts(one: Histogram, other: Histogram): Histogram
export function addedCounts<C extends Partial<Counts>>(one: C, other: C): C
export function addedCounts(one: Counts, other: Counts): Counts {
  return joined(one, other, (a, b) => a + b)
}

type Table<V> = Readonly<Record<string, V>>

function joined<V>(one: Table<V>, other: Table<V>, add: (a: V, b: V) => V): Table<V> {
  const all = new Map(Object.entries(one))
  for (const [name, value] of Object.entries(other)) {
    const own = all.get(name)
    all.set(name, own === undefined ? value : add(own, value))
  }
  return Object.fromEntries(all)
}
