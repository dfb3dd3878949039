import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { added, bounded, NOTHING } from '../../src/watch/adding.ts'
import type { Measures } from '../../src/watch/measures.ts'
import { measuresFrom, textOf } from '../../src/watch/measures-text.ts'
import { bucketOf, quantile } from '../../src/watch/quantile.ts'
import { NOBODY, seenFrom, seenIn, textOfSeen, together } from '../../src/watch/seen.ts'
import { stepsOf } from '../../src/watch/span.ts'

const count = fc.integer({ min: 1, max: 1_000_000 })
const histogram = fc.dictionary(fc.integer({ min: 0, max: 33 }).map(String), count)
const measures: fc.Arbitrary<Measures> = fc.record({
  routes: fc.dictionary(
    fc.constantFrom('/tunnels/*', '/a"b\\', '-', '/é'),
    fc.record({
      outcomes: fc.dictionary(fc.constantFrom('2xx', 'NOT_FOUND', '5xx'), count),
      latency: histogram,
      latencyMs: fc.nat(),
    }),
  ),
  waits: fc.record(
    { store: histogram, keys: histogram, upstream: histogram },
    { requiredKeys: [] },
  ),
  limits: fc.dictionary(
    fc.constantFrom('ip:60', 'user:3600', 'bridgePoll:60'),
    fc.record({ admitted: fc.nat(), refused: fc.nat() }),
  ),
  limited: fc.dictionary(fc.constantFrom('ip:192.0.2.1', 'user:https://i/|"x"'), count),
  events: fc.record({ retries: count, storeMs: count }, { requiredKeys: [] }),
})

describe('measures', () => {
  it('come to the same in whatever order and grouping they are added', () => {
    fc.assert(
      fc.property(measures, measures, measures, (a, b, c) => {
        expect(added(a, b)).toEqual(added(b, a))
        expect(added(added(a, b), c)).toEqual(added(a, added(b, c)))
        expect(added(a, NOTHING)).toEqual(a)
      }),
    )
  })

  it('lose nothing when they are added', () => {
    const one: Measures = {
      routes: { '/a': { outcomes: { '2xx': 3 }, latency: { 5: 3 }, latencyMs: 15 } },
      waits: { store: { 2: 1 } },
      limits: { 'ip:60': { admitted: 3, refused: 1 } },
      limited: { 'ip:192.0.2.1': 1 },
      events: { retries: 2 },
    }
    const other: Measures = {
      routes: {
        '/a': { outcomes: { '2xx': 1, NOT_FOUND: 1 }, latency: { 5: 1, 7: 1 }, latencyMs: 14 },
        '/b': { outcomes: { '3xx': 1 }, latency: { 0: 1 }, latencyMs: 0 },
      },
      waits: { store: { 2: 4 }, keys: { 9: 1 } },
      limits: { 'ip:60': { admitted: 1, refused: 0 } },
      limited: { 'ip:192.0.2.1': 4, 'ip:192.0.2.2': 1 },
      events: { retries: 1, storeMs: 9 },
    }

    expect(added(one, other)).toEqual({
      routes: {
        '/a': { outcomes: { '2xx': 4, NOT_FOUND: 1 }, latency: { 5: 4, 7: 1 }, latencyMs: 29 },
        '/b': { outcomes: { '3xx': 1 }, latency: { 0: 1 }, latencyMs: 0 },
      },
      waits: { store: { 2: 5 }, keys: { 9: 1 } },
      limits: { 'ip:60': { admitted: 4, refused: 1 } },
      limited: { 'ip:192.0.2.1': 5, 'ip:192.0.2.2': 1 },
      events: { retries: 3, storeMs: 9 },
    })
  })

  it('are read as they were written', () => {
    fc.assert(
      fc.property(measures, fc.nat(), (some, isolates) => {
        expect(measuresFrom(textOf(some))).toEqual(some)
        const seen = { measures: some, isolates }
        expect(seenFrom(JSON.parse(textOfSeen(seen)))).toEqual(seen)
      }),
    )
  })

  it.each([
    ['no JSON', '{'],
    ['another shape', '{"r":[]}'],
    ['a number below none', '{"r":{},"w":{},"l":{"ip:60":[-1,0]},"s":{},"e":{}}'],
    ['a text for a number', '{"r":{},"w":{},"l":{},"s":{"ip:x":"9"},"e":{}}'],
  ])('count for nothing where somebody spoiled them: %s', (_, text) => {
    expect(measuresFrom(text)).toBeUndefined()
    expect(seenIn({ 'a-1': text })).toEqual({ ...NOBODY, isolates: 1 })
  })

  it('keep the fifty subjects that were refused most', () => {
    const limited = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`ip:192.0.2.${i}`, i + 1]),
    )

    const kept = bounded({ ...NOTHING, limited })

    expect(Object.keys(kept.limited)).toHaveLength(50)
    expect(Math.min(...Object.values(kept.limited))).toBe(11)
  })

  it('tell how many isolates told of a minute, at most', () => {
    const text = textOf(NOTHING)

    const minute = seenIn({ 'a-1': text, 'a-2': text, 'b-1': text })

    expect(minute.isolates).toBe(2)
    expect(together([minute, { ...NOBODY, isolates: 1 }]).isolates).toBe(2)
  })
})

describe('a percentile', () => {
  it.each([
    ['nothing was seen', {}, 0.5, undefined],
    ['everything took no time', { 0: 9 }, 0.99, 0],
    ['half of a bucket', { 4: 10 }, 0.5, 3.5],
    ['all of a bucket', { 4: 10 }, 1, 4],
    ['the bucket of the slowest', { 4: 95, 15: 5 }, 0.99, 150.4],
    ['the edge between two', { 4: 95, 15: 5 }, 0.95, 4],
    ['beyond all bounds', { 33: 1 }, 0.5, 60_000],
  ])('is spread evenly over its bucket: %s', (_, times, part, expected) => {
    expect(quantile(times, part)).toBe(expected)
  })

  it('lies in the bucket of the very time that it stands for', () => {
    const time = fc.integer({ min: 0, max: 60_000 })
    const part = fc.constantFrom(0.5, 0.95, 0.99, 1)
    fc.assert(
      fc.property(fc.array(time, { minLength: 1 }), part, (times, q) => {
        const histogram: Record<number, number> = {}
        for (const one of times) histogram[bucketOf(one)] = (histogram[bucketOf(one)] ?? 0) + 1
        const exact = times.toSorted((a, b) => a - b)[Math.ceil(q * times.length) - 1] ?? -1

        const found = quantile(histogram, q) ?? -1

        // The bucket's lower bound belongs to the one below: a percentile can lie on its edge.
        const bucket = bucketOf(exact)
        expect([bucketOf(found), bucketOf(found + 0.001)]).toContain(bucket)
      }),
    )
  })
})

describe('a span', () => {
  it.each([
    ['hour', 60, '2026-11-22T11:01:00.000Z', '2026-11-22T12:00:00.000Z'],
    ['day', 288, '2026-11-21T12:05:00.000Z', '2026-11-22T12:00:00.000Z'],
    ['week', 168, '2026-11-15T13:00:00.000Z', '2026-11-22T12:00:00.000Z'],
    ['quarter', 90, '2026-08-25T00:00:00.000Z', '2026-11-22T00:00:00.000Z'],
  ] as const)('ends with the step that is under way: %s', (span, many, first, last) => {
    const steps = stepsOf(span, Date.parse('2026-11-22T12:00:59.999Z'))

    expect(steps).toHaveLength(many)
    expect(new Date(steps[0] ?? 0).toISOString()).toBe(first)
    expect(new Date(steps.at(-1) ?? 0).toISOString()).toBe(last)
  })
})
