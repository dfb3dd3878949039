/**
 * What an isolate saw since it last told, or everybody in a minute or an hour: sums alone, so that any two of them add
 * up to one. What was not seen is left out.
 */
export interface Measures {
  /** By the path of the route's row, `-` where none fits. */
  readonly routes: Readonly<Record<string, RouteMeasures>>
  readonly waits: Readonly<Partial<Record<Awaited, Histogram>>>
  /**
   * By subject kind and window or by the name of a narrower limit, as in `ip:60`, `user:3600`, `bridgePoll:60`; each
   * request under the one that its answer's headers told of. `user:concurrency`: too many in flight; `ip:block`: shut out.
   */
  readonly limits: Readonly<Record<string, LimitMeasures>>
  /** How often each of the most refused subjects was refused. */
  readonly limited: Readonly<Record<string, number>>
  readonly events: Readonly<Partial<Record<CountedEvent, number>>>
}

export interface RouteMeasures {
  /** By error code, else by class of status, as in `2xx`. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Milliseconds from the request to the header of its answer. */
  readonly latency: Histogram
  /** All of them together. */
  readonly latencyMs: number
}

export interface LimitMeasures {
  readonly admitted: number
  readonly refused: number
}

/** Whom a request waited for: of `keys`, the token's verification with all it took. */
export type Awaited = 'store' | 'keys' | 'upstream'

export type CountedEvent =
  | 'retries'
  | 'breakerOpen'
  /** Readings that this isolate made up while the store was away. */
  | 'fallbackReadings'
  | 'storeRoundTrips'
  /** As the store's vendor bills them: a script is one, and so is each command in it. */
  | 'storeCommands'
  /** Milliseconds, of all who waited. */
  | 'storeMs'
  | 'keysMs'
  | 'upstreamMs'

/** How many fell into each bucket, by its index in `BOUNDS_MS`; the last holds what is beyond all bounds. */
export type Histogram = Readonly<Record<number, number>>

/** Upper bounds, inclusive: close enough that a percentile is off by a fifth at most. */
export const BOUNDS_MS = [
  0, 1, 2, 3, 4, 5, 7, 10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 450, 640, 900, 1280, 1800,
  2560, 3600, 5000, 7000, 10_000, 14_000, 20_000, 28_000, 40_000, 60_000,
] as const
