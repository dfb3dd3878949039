import type { Log } from '../../ports.ts'
import { RecentCount } from './recent-count.ts'

/** Fewer in ten seconds are no measure of an upstream, and cost it little. */
const FEWEST = 30

/** Of recent requests. Half of them failing is more than an upstream recovers from under full load. */
const SHARE = 0.5

/** How long an upstream is left alone, and how often it is probed then. */
const PAUSE_MS = 1_000

/** Leave to ask the upstream, given to everybody while it is well. */
export interface Permit {
  /** Given to one at a time, to see whether the upstream is back. */
  readonly probe: boolean
}

/**
 * Keeps requests from an upstream that fails most of them. Each change of state has a permit of its own: what was asked
 * before says nothing any more, so that a thousand old time-outs cannot condemn an upstream that is back.
 */
export class Breaker {
  readonly #upstream: string
  readonly #log: Log
  #permit: Permit = { probe: false }
  #settled = new RecentCount()
  #failed = new RecentCount()
  #openedAt = 0
  #probeAt = 0
  #offeredAt = 0

  constructor(upstream: string, log: Log) {
    this.#upstream = upstream
    this.#log = log
  }

  /** Undefined: the upstream is to be left alone. */
  admit(now: number): Permit | undefined {
    if (!this.#permit.probe) return this.#permit
    if (this.#untilProbe(now) > 0) return undefined
    // The next one need not wait for this one's end: an upstream that is silent now may be back in a second.
    this.#probeAt = now + PAUSE_MS
    return this.#permit
  }

  /**
   * Whether a request may be made for it where another upstream could have it. A probe is offered once: others that come
   * before it is sent would find it taken, and be made for the wrong one.
   */
  offers(now: number): boolean {
    if (!this.#permit.probe) return true
    const sinceOffer = now - this.#offeredAt
    const taken = sinceOffer >= 0 && sinceOffer < PAUSE_MS
    if (taken || this.#untilProbe(now) > 0) return false
    this.#offeredAt = now
    return true
  }

  /** Whole seconds until it is worth asking again. */
  retryAfter(now: number): number {
    return Math.max(1, Math.ceil(this.#untilProbe(now) / 1000))
  }

  settle(permit: Permit, failed: boolean, now: number): void {
    if (permit !== this.#permit) return
    if (permit.probe) {
      if (!failed) this.#close(now)
      return
    }
    this.#settled.add(now)
    if (!failed) return
    this.#failed.add(now)
    const requests = this.#settled.sum(now)
    const failures = this.#failed.sum(now)
    if (requests >= FEWEST && failures >= requests * SHARE) this.#open(requests, failures, now)
  }

  #untilProbe(now: number): number {
    const left = this.#probeAt - now
    // Longer than it was ever set to: the clock went back.
    return left > PAUSE_MS ? 0 : left
  }

  #open(requests: number, failures: number, now: number): void {
    this.#permit = { probe: true }
    this.#openedAt = now
    this.#probeAt = now + PAUSE_MS
    this.#log.write({ event: 'upstream.open', upstream: this.#upstream, requests, failures })
  }

  #close(now: number): void {
    this.#permit = { probe: false }
    this.#settled = new RecentCount()
    this.#failed = new RecentCount()
    const openMs = now - this.#openedAt
    this.#log.write({ event: 'upstream.closed', upstream: this.#upstream, openMs })
  }
}
