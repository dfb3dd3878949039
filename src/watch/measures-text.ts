import * as v from 'valibot'
import type { Measures } from './measures.ts'

const count = v.pipe(v.number(), v.finite(), v.minValue(0))
const counts = v.record(v.string(), count)

/** Outcomes, latencies by bucket, milliseconds of all. */
const route = v.tuple([counts, counts, count])
const limit = v.tuple([count, count])

const Told = v.object({
  r: v.record(v.string(), route),
  w: v.object({
    store: v.optional(counts),
    keys: v.optional(counts),
    upstream: v.optional(counts),
  }),
  l: v.record(v.string(), limit),
  s: counts,
  e: counts,
})

/** One letter a name: it is written every few seconds by every isolate. */
export function textOf({ routes, waits, limits, limited, events }: Measures): string {
  return JSON.stringify({
    r: mapped(routes, ({ outcomes, latency, latencyMs }) => [outcomes, latency, latencyMs]),
    w: waits,
    l: mapped(limits, ({ admitted, refused }) => [admitted, refused]),
    s: limited,
    e: events,
  })
}

/** From the text, or from what a client of the store has read out of it. Undefined: somebody spoiled it. */
export function measuresFrom(told: unknown): Measures | undefined {
  const parsed = v.safeParse(Told, typeof told === 'string' ? jsonFrom(told) : told)
  if (!parsed.success) return undefined
  const { r, w, l, s, e } = parsed.output
  const { store, keys, upstream } = w
  return {
    routes: mapped(r, ([outcomes, latency, latencyMs]) => ({ outcomes, latency, latencyMs })),
    waits: {
      ...(store && { store }),
      ...(keys && { keys }),
      ...(upstream && { upstream }),
    },
    limits: mapped(l, ([admitted, refused]) => ({ admitted, refused })),
    limited: s,
    events: e,
  }
}

function mapped<V, W>(table: Readonly<Record<string, V>>, convert: (value: V) => W) {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, convert(value)]))
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
