import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOTHING } from '../../src/watch/adding.ts'
import { expositionOf } from '../../src/watch/exposition.ts'
import type { Measures } from '../../src/watch/measures.ts'
import { readOpenMetrics, readPrometheus } from '../support/exposition-reader.ts'

const SEEN: Measures = {
  routes: {
    '/a': {
      outcomes: { '2xx': 3, NOT_FOUND: 1 },
      latency: { 0: 1, 5: 2, 33: 1 },
      latencyMs: 61_234,
    },
  },
  waits: { store: { 7: 2 } },
  limits: { 'ip:60': { admitted: 3, refused: 1 } },
  limited: { 'ip:192.0.2.1': 1 },
  events: { retries: 2, storeMs: 18, storeCommands: 12, storeRoundTrips: 3 },
}

describe('what monitoring reads', () => {
  it('is written in OpenMetrics, to the letter', () => {
    const text = expositionOf(SEEN, 'openmetrics')

    expect(text.split('\n').slice(0, 8)).toEqual([
      '# TYPE gateway_requests counter',
      '# HELP gateway_requests Requests by the path of their route and how they ended: an error code, else a class of status.',
      'gateway_requests_total{route="/a",outcome="2xx"} 3',
      'gateway_requests_total{route="/a",outcome="NOT_FOUND"} 1',
      '# TYPE gateway_request_duration_seconds histogram',
      '# UNIT gateway_request_duration_seconds seconds',
      '# HELP gateway_request_duration_seconds From a request to the header of its answer.',
      'gateway_request_duration_seconds_bucket{route="/a",le="0.001"} 1',
    ])
    expect(text).toContain('gateway_request_duration_seconds_bucket{route="/a",le="0.005"} 3\n')
    expect(text).toContain('gateway_request_duration_seconds_bucket{route="/a",le="5.0"} 3\n')
    expect(text).toContain('gateway_request_duration_seconds_bucket{route="/a",le="60.0"} 3\n')
    expect(text).toContain('gateway_request_duration_seconds_bucket{route="/a",le="+Inf"} 4\n')
    expect(text).toContain('gateway_request_duration_seconds_sum{route="/a"} 61.234\n')
    expect(text).toContain('gateway_wait_duration_seconds_sum{dependency="store"} 0.018\n')
    expect(text).toContain('gateway_limit_decisions_total{limit="ip:60",decision="refused"} 1\n')
    expect(text).toContain('gateway_store_commands_total 12\n')
    expect(text.endsWith('\n# EOF\n')).toBe(true)
  })

  it('is written for what came before OpenMetrics', () => {
    const text = expositionOf(SEEN, 'prometheus')

    expect(text).toContain('# TYPE gateway_requests_total counter\n')
    expect(text).toContain('gateway_requests_total{route="/a",outcome="2xx"} 3\n')
    expect(text).toContain('# TYPE gateway_request_duration_seconds histogram\n')
    expect(text).not.toContain('# EOF')
    expect(text).not.toContain('# UNIT')
  })

  it('names no subject: each would be a series for good', () => {
    expect(expositionOf(SEEN, 'openmetrics')).not.toContain('192.0.2.1')
  })

  it('is there before anything has been counted', () => {
    const families = readOpenMetrics(expositionOf(NOTHING, 'openmetrics'))

    expect(families.map(({ name }) => name)).toContain('gateway_requests')
    expect(families.find(({ name }) => name === 'gateway_upstream_retries')?.samples).toEqual([
      { name: 'gateway_upstream_retries_total', labels: {}, value: 0 },
    ])
  })

  it('is read as it is meant, whatever a route is called', () => {
    const count = fc.integer({ min: 1, max: 1e9 })
    const times = fc.dictionary(fc.integer({ min: 0, max: 33 }).map(String), count)
    const name = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text !== '__proto__')
    const routes = fc.dictionary(
      fc.oneof(name, fc.constantFrom('/a"b', 'a\\nb', 'a\nb', '\\', '{le="1"}')),
      fc.record({
        outcomes: fc.dictionary(fc.constantFrom('2xx', 'NOT_FOUND'), count),
        latency: times,
        latencyMs: fc.nat(),
      }),
    )
    fc.assert(
      fc.property(routes, (some) => {
        const measures = { ...SEEN, routes: some }
        const read = [
          [readOpenMetrics(expositionOf(measures, 'openmetrics')), 'gateway_requests'],
          [readPrometheus(expositionOf(measures, 'prometheus')), 'gateway_requests_total'],
        ] as const
        for (const [families, family] of read) {
          const samples = families.find(({ name: own }) => own === family)?.samples ?? []
          const told = samples.map(({ labels, value }) => [labels.route, labels.outcome, value])
          const counted = Object.entries(some).flatMap(([route, { outcomes }]) =>
            Object.entries(outcomes).map(([outcome, value]) => [route, outcome, value]),
          )
          expect(told).toEqual(counted)
        }
      }),
    )
  })
})
