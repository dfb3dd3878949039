import type { Answered, Exchange } from '../../exchange.ts'
import type { Verdict } from '../../policy/charge.ts'
import { mostOf } from '../../watch/adding.ts'
import {
  type Awaited,
  BOUNDS_MS,
  type CountedEvent,
  type LimitMeasures,
  type Measures,
  type RouteMeasures,
} from '../../watch/measures.ts'
import { bucketOf } from '../../watch/quantile.ts'

/** Anyone can make up subjects to be refused: beyond so many, all but the most refused are forgotten. */
const MOST_SUBJECTS = 200
const KEPT_SUBJECTS = 50

/** No row of the table fits. */
const NO_ROUTE = '-'

const CLASSES = ['', '1xx', '2xx', '3xx', '4xx', '5xx']

interface RouteTally {
  /** By error code or class of status. */
  readonly ends: Map<string, Ended>
  readonly latency: Times
}

export interface Ended {
  count: number
  latencyMs: number
}

/** How many are in each bucket. */
type Times = number[]

/** What happened in a minute. It is told of every request, so it makes nothing anew for one that is like others. */
export class Tally {
  readonly #routes = new Map<string, RouteTally>()
  readonly #waits = new Map<Awaited, Times>()
  /** By subject kind, then by window: a name of both would be a new text for each request. */
  readonly #limits = new Map<string, Map<string, { admitted: number; refused: number }>>()
  #limited = new Map<string, number>()
  readonly #events = new Map<CountedEvent, number>()

  add(exchange: Exchange, { status, durationMs }: Answered): void {
    const { route, denial, verdict } = exchange
    const { ends, latency } = had(this.#routes, route?.path ?? NO_ROUTE, newRoute)
    noted(latency, durationMs)
    const ended = had(ends, denial?.code ?? CLASSES[Math.trunc(status / 100)] ?? '', newEnd)
    ended.count += 1
    ended.latencyMs += durationMs
    if (verdict) this.#judged(exchange, verdict)
    this.#waited(exchange)
  }

  count(event: CountedEvent, more: number): void {
    this.#events.set(event, (this.#events.get(event) ?? 0) + more)
  }

  /** Each route's ends, with the time that they took. */
  *ends(): Generator<readonly [route: string, end: string, Readonly<Ended>]> {
    for (const [route, { ends }] of this.#routes) {
      for (const [end, ended] of ends) yield [route, end, ended]
    }
  }

  measures(): Measures {
    const limits: Record<string, LimitMeasures> = {}
    for (const [kind, ofKind] of this.#limits) {
      for (const [window, { admitted, refused }] of ofKind) {
        // A narrower limit's window has its name in it, and counts whoever it is that is counted.
        const name = window.includes(':') ? window : `${kind}:${window}`
        const own = limits[name] ?? { admitted: 0, refused: 0 }
        limits[name] = { admitted: own.admitted + admitted, refused: own.refused + refused }
      }
    }
    return {
      routes: Object.fromEntries([...this.#routes].map(([path, one]) => [path, routeOf(one)])),
      waits: Object.fromEntries([...this.#waits].map(([whom, times]) => [whom, sparse(times)])),
      limits,
      limited: Object.fromEntries(mostOf(this.#limited, KEPT_SUBJECTS)),
      events: Object.fromEntries(this.#events),
    }
  }

  #judged({ caller }: Exchange, verdict: Verdict): void {
    const { reading, outcome, source } = verdict
    if (source === 'isolate') this.count('fallbackReadings', 1)
    if (outcome === 'admitted') {
      const kind = reading === verdict.addressReading ? 'ip' : (caller?.kind ?? 'ip')
      this.#limit(kind, reading.windowId ?? '').admitted += 1
    } else if (outcome === 'refused' || outcome === 'busy') {
      const { subject } = verdict
      const kind = subject.slice(0, subject.indexOf(':'))
      const isBlocked = outcome === 'refused' && verdict.blocked
      this.#limit(kind, isBlocked ? 'block' : (reading.windowId ?? 'concurrency')).refused += 1
      this.#limited.set(subject, (this.#limited.get(subject) ?? 0) + 1)
      if (this.#limited.size > MOST_SUBJECTS) {
        this.#limited = new Map(mostOf(this.#limited, KEPT_SUBJECTS))
      }
    }
  }

  /** Who spends a lease or shows a token that is remembered waits for nobody: those would hide the others. */
  #waited({ waited, verdict, outcome }: Exchange): void {
    const { store, identity, upstream } = waited
    if (store && (store.ms > 0 || verdict?.source === 'store')) this.#wait('store', store.ms)
    if (identity && identity.ms > 0) this.#wait('keys', identity.ms)
    if (!outcome) return
    if (outcome.retries) this.count('retries', outcome.retries)
    if (outcome.kind === 'open') this.count('breakerOpen', 1)
    else if (upstream) this.#wait('upstream', upstream.ms)
  }

  #wait(whom: Awaited, milliseconds: number): void {
    noted(had(this.#waits, whom, noTimes), milliseconds)
    this.count(`${whom}Ms`, milliseconds)
  }

  #limit(kind: string, window: string): { admitted: number; refused: number } {
    return had(had(this.#limits, kind, newKind), window, newLimit)
  }
}

const noTimes = (): Times => new Array(BOUNDS_MS.length + 1).fill(0)
const newRoute = (): RouteTally => ({ ends: new Map(), latency: noTimes() })
const newEnd = (): Ended => ({ count: 0, latencyMs: 0 })
const newKind = () => new Map<string, { admitted: number; refused: number }>()
const newLimit = () => ({ admitted: 0, refused: 0 })

function had<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

function noted(times: Times, milliseconds: number): void {
  const bucket = bucketOf(milliseconds)
  times[bucket] = (times[bucket] ?? 0) + 1
}

function routeOf({ ends, latency }: RouteTally): RouteMeasures {
  return {
    outcomes: Object.fromEntries([...ends].map(([end, { count }]) => [end, count])),
    latency: sparse(latency),
    latencyMs: [...ends.values()].reduce((sum, { latencyMs }) => sum + latencyMs, 0),
  }
}

function sparse(times: Times): Record<number, number> {
  return Object.fromEntries([...times.entries()].filter(([, count]) => count > 0))
}
