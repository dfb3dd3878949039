import { HOLD_MS } from './lease.ts'

/** The most requests that a subject pays for in advance in one isolate, */
const MOST = 20
/** unless it is so busy that they would be gone before the next are there: then what it sends in so long, */
const BUSY_MS = 50
/** and never more than this. */
const MOST_OF_THE_BUSIEST = 500

/** Requests that come all at once tell no rate yet. */
const SHORTEST_SPAN_MS = 100

/** How fast one subject's requests come to an isolate of late, and how many of the next to pay for in advance. */
export class Pace {
  #seen = 0
  #since: number | undefined
  /** Requests a millisecond, over the last span that was long enough to tell. */
  #rate = 0

  /** Every request is noted, however it is paid. */
  note(cost: number): void {
    this.#seen += cost
  }

  /** The requests of the next two seconds less those that are paid for, as far as they may be held. */
  ahead(paid: number, now: number): number {
    const rate = this.#rateAt(now)
    const busy = Math.min(MOST_OF_THE_BUSIEST, Math.floor(rate * BUSY_MS))
    return Math.min(Math.max(MOST, busy), Math.floor(rate * HOLD_MS) - paid)
  }

  #rateAt(now: number): number {
    const span = now - (this.#since ?? now)
    const isFirst = this.#since === undefined
    const rate = isFirst ? 0 : this.#seen / Math.max(SHORTEST_SPAN_MS, span)
    if (!isFirst && span < SHORTEST_SPAN_MS) return Math.max(this.#rate, rate)
    this.#rate = rate
    this.#seen = 0
    this.#since = now
    return rate
  }
}
