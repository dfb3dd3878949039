import { CATALOGUE, isErrorCode, STATUS_OF_CATEGORY } from '../contract/catalogue.ts'
import type { TrafficSeen } from '../ports.ts'
import { allRoutes, mostOf } from '../watch/adding.ts'
import type { Histogram, Measures, RouteMeasures } from '../watch/measures.ts'
import { quantile } from '../watch/quantile.ts'
import { together } from '../watch/seen.ts'
import { SPANS, type Span } from '../watch/span.ts'
import { timeOf } from './subject-document.ts'

/** So many routes and subjects are named, those with most to tell. */
const MOST_NAMED = 20

/** What was seen, as an operator's page plots it. */
export function trafficDocument(span: Span, { steps }: TrafficSeen) {
  const { stepMs } = SPANS[span]
  const { measures, isolates } = together(steps.map(({ seen }) => seen))
  return {
    span,
    stepSeconds: stepMs / 1000,
    from: timeOf(steps[0]?.time ?? 0),
    to: timeOf((steps.at(-1)?.time ?? 0) + stepMs),
    points: steps.map(({ time, seen }) => ({
      time: timeOf(time),
      ...figuresOf(seen.measures),
      limits: seen.measures.limits,
    })),
    totals: figuresOf(measures),
    routes: busiest(measures).map(([route, one]) => {
      const { requests, errors } = endsOf(one)
      return { route, requests, errors, latency: percentilesOf(one.latency) }
    }),
    limits: Object.entries(measures.limits)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([limit, counts]) => ({ limit, ...counts })),
    limited: mostOf(Object.entries(measures.limited), MOST_NAMED).map(([subject, refused]) => ({
      subject,
      refused,
    })),
    isolates,
  }
}

function figuresOf(measures: Measures) {
  const all = allRoutes(measures)
  const { waits, events } = measures
  return {
    ...endsOf(all),
    latency: percentilesOf(all.latency),
    store: percentilesOf(waits.store),
    keys: percentilesOf(waits.keys),
    upstream: percentilesOf(waits.upstream),
    retries: events.retries ?? 0,
    breakerOpen: events.breakerOpen ?? 0,
    fallbackReadings: events.fallbackReadings ?? 0,
    storeRoundTrips: events.storeRoundTrips ?? 0,
    storeCommands: events.storeCommands ?? 0,
  }
}

/** How requests ended; a code says what class of status it is, and whether a limit refused. */
function endsOf({ outcomes }: RouteMeasures) {
  const statuses: Record<string, number> = {}
  const codes: Record<string, number> = {}
  let [requests, refused] = [0, 0]
  for (const [end, count] of Object.entries(outcomes)) {
    const category = isErrorCode(end) ? CATALOGUE[end].category : undefined
    const status = category ? `${Math.trunc(STATUS_OF_CATEGORY[category] / 100)}xx` : end
    statuses[status] = (statuses[status] ?? 0) + count
    requests += count
    if (category) codes[end] = count
    if (category === 'rate_limit') refused += count
  }
  return { requests, errors: statuses['5xx'] ?? 0, refused, statuses, codes }
}

function percentilesOf(times: Histogram = {}) {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => quantile(times, part))
  if (p50 === undefined || p95 === undefined || p99 === undefined) return null
  return { p50: tenths(p50), p95: tenths(p95), p99: tenths(p99) }
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}

function busiest({ routes }: Measures): [string, RouteMeasures][] {
  const requests = Object.entries(routes).map(
    ([route, one]) => [route, endsOf(one).requests] as const,
  )
  return mostOf(requests, MOST_NAMED).flatMap(([route]) => {
    const one = routes[route]
    return one ? [[route, one]] : []
  })
}
