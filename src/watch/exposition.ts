import type { Histogram, Measures } from './measures.ts'
import { BOUNDS_MS } from './measures.ts'

/** A reader's format: OpenMetrics, or the text format of Prometheus that came before it. */
export type Dialect = 'openmetrics' | 'prometheus'

type Labels = Readonly<Record<string, string>>
type Sample = readonly [suffix: string, labels: Labels, value: number]

interface Family {
  readonly name: string
  readonly type: 'counter' | 'histogram'
  readonly unit?: 'seconds'
  readonly help: string
  readonly samples: readonly Sample[]
}

/** Bounds of ours that are told: each is a series more for every route. */
const TOLD_MS = [1, 5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_000, 10_000, 28_000, 60_000]

/** What was ever seen, as counters that monitoring reads. */
export function expositionOf(measures: Measures, dialect: Dialect): string {
  const families = familiesOf(measures).flatMap((family) => linesOf(family, dialect))
  return [...families, ...(dialect === 'openmetrics' ? ['# EOF'] : []), ''].join('\n')
}

function familiesOf({ routes, waits, limits, events }: Measures): readonly Family[] {
  const each = Object.entries(routes)
  return [
    counter(
      'gateway_requests',
      'Requests by the path of their route and how they ended: an error code, else a class of status.',
      each.flatMap(([route, { outcomes }]) =>
        Object.entries(outcomes).map(
          ([outcome, count]) => ['_total', { route, outcome }, count] as const,
        ),
      ),
    ),
    histogram(
      'gateway_request_duration_seconds',
      'From a request to the header of its answer.',
      each.flatMap(([route, { latency, latencyMs }]) => bucketsOf({ route }, latency, latencyMs)),
    ),
    histogram(
      'gateway_wait_duration_seconds',
      'For whom requests waited, and how long; those that did not wait are left out.',
      (['store', 'keys', 'upstream'] as const).flatMap((dependency) =>
        bucketsOf({ dependency }, waits[dependency] ?? {}, events[`${dependency}Ms`] ?? 0),
      ),
    ),
    counter(
      'gateway_limit_decisions',
      'Requests by the limit whose reading they were shown, and what it decided.',
      Object.entries(limits).flatMap(([limit, { admitted, refused }]) => [
        ['_total', { limit, decision: 'admitted' }, admitted] as const,
        ['_total', { limit, decision: 'refused' }, refused] as const,
      ]),
    ),
    total('gateway_upstream_retries', 'Requests sent to the upstream once more.', events.retries),
    total(
      'gateway_breaker_open',
      'Requests not sent because their upstream was left alone.',
      events.breakerOpen,
    ),
    total(
      'gateway_fallback_readings',
      'Requests that an isolate counted by itself while the store was away.',
      events.fallbackReadings,
    ),
    total('gateway_store_round_trips', 'Questions to the store.', events.storeRoundTrips),
    total(
      'gateway_store_commands',
      'Commands of the store as its vendor bills them.',
      events.storeCommands,
    ),
  ]
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples }
}

function total(name: string, help: string, value = 0): Family {
  return counter(name, help, [['_total', {}, value]])
}

function histogram(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'histogram', unit: 'seconds', help, samples }
}

/** Cumulative; the last bucket holds all. */
function bucketsOf(labels: Labels, times: Histogram, milliseconds: number): Sample[] {
  const upTo = (bound: number) =>
    Object.entries(times).reduce(
      (sum, [bucket, count]) =>
        sum + ((BOUNDS_MS[Number(bucket)] ?? Number.POSITIVE_INFINITY) <= bound ? count : 0),
      0,
    )
  const all = upTo(Number.POSITIVE_INFINITY)
  return [
    ...TOLD_MS.map(
      (bound) => ['_bucket', { ...labels, le: decimal(bound / 1000) }, upTo(bound)] as const,
    ),
    ['_bucket', { ...labels, le: '+Inf' }, all],
    ['_sum', labels, milliseconds / 1000],
    ['_count', labels, all],
  ]
}

function linesOf({ name, type, unit, help, samples }: Family, dialect: Dialect): string[] {
  // What came before OpenMetrics knows a counter by the name of its samples.
  const family = dialect === 'prometheus' && type === 'counter' ? `${name}_total` : name
  return [
    `# TYPE ${family} ${type}`,
    ...(unit && dialect === 'openmetrics' ? [`# UNIT ${family} ${unit}`] : []),
    `# HELP ${family} ${help}`,
    ...samples.map(([suffix, labels, value]) => `${name}${suffix}${written(labels)} ${value}`),
  ]
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** OpenMetrics wants a point in each bound: `1.0`. */
function decimal(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}.0` : String(seconds)
}
