import { type ErrorCode, isErrorCode } from '../contract/catalogue.ts'
import { countOf } from './quantile.ts'
import { type Change, type Series, type SeriesOn, seriesAfter, UNKNOWN } from './series.ts'
import { shareOf } from './usual.ts'
import {
  bothOf,
  NEWLY_WATCHED,
  NOTHING_SEEN,
  type RouteSeen,
  stepOf,
  type Watched,
  type WatchedOn,
  watchedAfter,
} from './watched.ts'

/** All that is remembered from one minute to the next. */
export interface Watch {
  /** The last minute that was judged, since the epoch. */
  readonly through: number
  /** All requests, whatever their route. */
  readonly all: Watched
  /** The busiest, by path. */
  readonly routes: Readonly<Record<string, Watched>>
  /** How much of all requests each code answers. One that is not here has never come up. */
  readonly codes: Readonly<Record<string, Series>>
}

export interface Anomaly extends Change {
  readonly series: 'errors' | 'latency'
  /** All requests together are the route `*`. */
  readonly of: { readonly code: ErrorCode } | { readonly route: string }
}

/** What all isolates together saw in a minute, by the path of the route's row. */
export type MinuteSeen = Readonly<Record<string, RouteSeen>>

export interface Judgement {
  readonly watch: Watch
  readonly anomalies: readonly Anomaly[]
}

/** They are read and written every minute, some 300 bytes each. */
const MOST_ROUTES = 100

export function newWatch(minute: number): Watch {
  return { through: minute - 1, all: NEWLY_WATCHED, routes: {}, codes: {} }
}

/** Judges a minute. One that has been judged already changes nothing. */
export function judged(watch: Watch, minute: number, seen: MinuteSeen): Judgement {
  if (minute <= watch.through) return { watch, anomalies: [] }
  const all = watchedAfter(watch.all, minute, Object.values(seen).reduce(bothOf, NOTHING_SEEN))
  const codes = codesAfter(watch, minute, all)
  const paths = new Set([...Object.keys(watch.routes), ...Object.keys(seen)])
  const routes = [...paths].map((path) => {
    const before = watch.routes[path] ?? NEWLY_WATCHED
    return { path, on: watchedAfter(before, minute, seen[path] ?? NOTHING_SEEN) }
  })
  return {
    watch: {
      through: minute,
      all: all.watched,
      routes: Object.fromEntries(busiest(routes).map(({ path, on }) => [path, on.watched])),
      codes: Object.fromEntries(codes.map(({ code, on }) => [code, on.series])),
    },
    anomalies: [
      ...ofRoute('*', all),
      ...codes.flatMap(({ code, on }) => announced('errors', { code }, on)),
      ...routes.flatMap(({ path, on }) => ofRoute(path, on)),
    ],
  }
}

interface CodeOn {
  readonly code: ErrorCode
  readonly on: SeriesOn
}

/** Codes step when all requests do. One that comes up for the first time was, until now, at nought. */
function codesAfter({ codes, all }: Watch, minute: number, { step }: WatchedOn): readonly CodeOn[] {
  const unseen = { ...UNKNOWN, usual: { ...all.errors.usual, mean: 0, variance: 0 } }
  const seen = [...Object.keys(codes), ...Object.keys(step?.counts ?? {})]
  return [...new Set(seen)].filter(isErrorCode).map((code) => {
    const share = stepOf(step, (counts) => shareOf(counts[code] ?? 0, countOf(counts)))
    return { code, on: seriesAfter(codes[code] ?? unseen, minute, share) }
  })
}

interface RouteOn {
  readonly path: string
  readonly on: WatchedOn
}

/** What is announced and has not ended stays, however quiet it became. */
function busiest(routes: readonly RouteOn[]): readonly RouteOn[] {
  if (routes.length <= MOST_ROUTES) return routes
  const weight = ({ on: { watched } }: RouteOn) =>
    watched.errors.open || watched.latency.open ? Number.POSITIVE_INFINITY : watched.rate
  return routes.toSorted((one, other) => weight(other) - weight(one) || 0).slice(0, MOST_ROUTES)
}

function ofRoute(route: string, { errors, latency }: WatchedOn): readonly Anomaly[] {
  return [...announced('errors', { route }, errors), ...announced('latency', { route }, latency)]
}

function announced(
  series: Anomaly['series'],
  of: Anomaly['of'],
  { change }: SeriesOn,
): readonly Anomaly[] {
  return change ? [{ series, of, ...change }] : []
}
