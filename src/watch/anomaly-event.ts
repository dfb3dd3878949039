import type { Anomaly } from './anomalies.ts'
import type { Band } from './usual.ts'

const MINUTE_MS = 60_000

/** An anomaly as it is kept and told; times in milliseconds. */
export interface AnomalyEvent extends Pick<Anomaly, 'series' | 'of' | 'now' | 'ending'> {
  readonly time: number
  readonly kind: 'anomaly.began' | 'anomaly.ended'
  readonly usual: Band
  readonly since: number
}

export function eventFrom({ kind, since, ...anomaly }: Anomaly, time: number): AnomalyEvent {
  const { series, of, usual, now, ending } = anomaly
  return {
    time,
    kind: `anomaly.${kind}`,
    series,
    of,
    usual: { low: rounded(usual.low), high: rounded(usual.high) },
    now: rounded(now),
    since: since * MINUTE_MS,
    ...(ending && { ending }),
  }
}

/** As operators and programs read it. */
export function eventDocument({ time, since, ...event }: AnomalyEvent) {
  return { time: new Date(time).toISOString(), ...event, since: new Date(since).toISOString() }
}

/** As a person reads it. */
export function sentenceOf({ kind, series, of, usual, now, since, time, ending }: AnomalyEvent) {
  const what = `${series === 'latency' ? 'Latency (p95)' : 'Share'} of ${nameOf(of, series)}`
  const say = series === 'latency' ? inMilliseconds : inPercent
  const figures = `${say(now)}, usually up to ${say(usual.high)}`
  if (kind === 'anomaly.began') {
    return `${what} is unusual since ${clock(since)}: ${figures}`
  }
  const minutes = Math.round((time - since) / MINUTE_MS)
  return `${what} ${ENDS[ending ?? 'usual']} after ${minutes} min: ${figures}`
}

const ENDS = {
  usual: 'is as usual again',
  adapted: 'stays as it is, which is the usual now,',
  silent: 'is no longer judged, for want of requests,',
} as const

const NO_PATH: Readonly<Record<string, string>> = {
  '*': 'all routes',
  '-': 'requests without a route',
}

function nameOf(of: AnomalyEvent['of'], series: AnomalyEvent['series']): string {
  if ('code' in of) return of.code
  const route = NO_PATH[of.route] ?? of.route
  return series === 'latency' ? route : `failures on ${route}`
}

function inPercent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`
}

function inMilliseconds(ms: number): string {
  return `${Math.round(ms)} ms`
}

function clock(time: number): string {
  return `${new Date(time).toISOString().slice(11, 16)} UTC`
}

/** More digits than that are noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
