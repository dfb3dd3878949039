import { CATALOGUE, isErrorCode, STATUS_OF_CATEGORY } from '../contract/catalogue.ts'
import { addedCounts } from './adding.ts'
import type { RouteMeasures } from './measures.ts'
import { countOf } from './quantile.ts'
import {
  type Series,
  type SeriesOn,
  SILENT_MINUTES,
  type Step,
  seriesAfter,
  UNKNOWN,
} from './series.ts'
import { type Observed, shareOf, slownessOf } from './usual.ts'

/** What is judged of a minute. */
export type RouteSeen = Pick<RouteMeasures, 'outcomes' | 'latency'>

/** A route, or all of them together. */
export interface Watched {
  readonly errors: Series
  readonly latency: Series
  /** Requests a minute, over the last hours. */
  readonly rate: number
  /** What came in since the last step and is too little for another. */
  readonly outcomes?: Gathered
  readonly latencies?: Gathered
}

/** What came in from that minute on. */
export interface Gathered {
  readonly since: number
  readonly counts: Counts
}

type Counts = Readonly<Record<string, number>>

export interface WatchedOn {
  readonly watched: Watched
  readonly errors: SeriesOn
  readonly latency: SeriesOn
  /** The outcomes that were judged, where there were enough. */
  readonly step?: Gathered | undefined
}

/** Three of ten that fail are told from one in a hundred; a p95 of fewer than a hundred is a guess. */
const ENOUGH_OUTCOMES = 10
const ENOUGH_LATENCIES = 100

/** Long enough that a quiet hour costs no busy route its place. */
const RATE_MINUTES = 720

export const NOTHING_SEEN: RouteSeen = { outcomes: {}, latency: {} }
export const NEWLY_WATCHED: Watched = { errors: UNKNOWN, latency: UNKNOWN, rate: 0 }

export function watchedAfter(before: Watched, minute: number, now: RouteSeen): WatchedOn {
  const outcomes = gathered(before.outcomes, minute, now.outcomes, ENOUGH_OUTCOMES)
  const latencies = gathered(before.latencies, minute, now.latency, ENOUGH_LATENCIES)
  const errors = seriesAfter(
    before.errors,
    minute,
    stepOf(outcomes.step, (counts) => shareOf(failuresIn(counts), countOf(counts))),
  )
  const latency = seriesAfter(before.latency, minute, stepOf(latencies.step, slownessOf))
  return {
    watched: {
      errors: errors.series,
      latency: latency.series,
      rate: before.rate + (countOf(now.outcomes) - before.rate) / RATE_MINUTES,
      ...(outcomes.waiting && { outcomes: outcomes.waiting }),
      ...(latencies.waiting && { latencies: latencies.waiting }),
    },
    errors,
    latency,
    step: outcomes.step,
  }
}

export function stepOf(
  gathered: Gathered | undefined,
  observe: (counts: Counts) => Observed,
): Step | undefined {
  return gathered && { observed: observe(gathered.counts), since: gathered.since }
}

export function bothOf(one: RouteSeen, other: RouteSeen): RouteSeen {
  return {
    outcomes: addedCounts(one.outcomes, other.outcomes),
    latency: addedCounts(one.latency, other.latency),
  }
}

function gathered(
  waiting: Gathered | undefined,
  minute: number,
  now: Counts,
  enough: number,
): { readonly step?: Gathered; readonly waiting?: Gathered } {
  const whole =
    waiting && minute - waiting.since <= SILENT_MINUTES
      ? { since: waiting.since, counts: addedCounts(waiting.counts, now) }
      : { since: minute, counts: now }
  const count = countOf(whole.counts)
  if (count >= enough) return { step: whole }
  return count > 0 ? { waiting: whole } : {}
}

function failuresIn(outcomes: Counts): number {
  return Object.entries(outcomes).reduce(
    (sum, [outcome, count]) => sum + (isFailure(outcome) ? count : 0),
    0,
  )
}

function isFailure(outcome: string): boolean {
  return isErrorCode(outcome)
    ? STATUS_OF_CATEGORY[CATALOGUE[outcome].category] >= 500
    : outcome === '5xx'
}
