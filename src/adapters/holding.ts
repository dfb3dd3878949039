import type { Account, Verdict, Window } from '../policy/charge.ts'
import type { WindowState } from './verdict.ts'

/** How long a lease or a remembered refusal holds: what an operator changes is felt within this time. */
const HOLD_MS = 2_000

/** The most requests that one subject has paid for in advance in one isolate. */
const MAX_TOKENS = 20

/** Requests that come all at once tell no rate yet. */
const SHORTEST_SPAN_MS = 100

/** A refusal that the store gave a moment ago. */
export interface Refusal {
  /** The window that was full. Absent: the subject is shut out altogether. */
  readonly window: Window | undefined
  readonly cost: number
  readonly verdict: Verdict
  /** When the window is open again, milliseconds. */
  readonly endsAt: number
}

/** The store's answer about one account. */
export interface Kept {
  readonly states: readonly WindowState[]
  readonly granted: number
  /** Requests in flight in other isolates. */
  readonly elsewhere: number
}

export interface Ask {
  readonly ask: number
  readonly refund: number
}

/** What an isolate knows of one subject between two looks at the store. */
export class Holding {
  #windows: readonly Window[] = []
  #states: readonly WindowState[] = []
  #tokens = 0
  #endsAt = 0
  #resetAt = 0
  #pending = 0
  #elsewhere = 0
  #seen = 0
  #seenSince: number | undefined
  #refusals: readonly Refusal[] = []

  /** Pays from the lease, if there is one for these windows, it reaches, and the subject is not busy elsewhere. */
  spend({ windows, concurrency }: Account, cost: number, now: number): boolean {
    if (!this.#covers(windows, now) || this.#tokens < cost) return false
    if (concurrency && concurrency.inFlight + this.#elsewhere > concurrency.most) return false
    this.#tokens -= cost
    return true
  }

  giveBack(cost: number): void {
    this.#tokens += cost
  }

  /** Every request is noted, however it is paid: a lease follows the rate of late. */
  note(cost: number): void {
    this.#seen += cost
  }

  /**
   * What to ask the store for in advance: the requests of the next two seconds, less what is held or on its way. A
   * lease that ended unspent is given back with the same question, as long as its windows last.
   */
  ask({ windows }: Account, now: number): Ask {
    const span = Math.max(SHORTEST_SPAN_MS, now - (this.#seenSince ?? now))
    const expected = this.#seenSince === undefined ? 0 : Math.floor((this.#seen / span) * HOLD_MS)
    this.#seen = 0
    this.#seenSince = now
    const refund = this.#unspent(windows, now)
    this.#tokens -= refund
    if (this.#isLive(now) && !areSame(windows, this.#windows)) return { ask: 0, refund }
    const held = this.#isLive(now) ? this.#tokens : 0
    const ask = Math.max(0, Math.min(MAX_TOKENS, expected) - held - this.#pending)
    this.#pending += ask
    return { ask, refund }
  }

  /** What was asked is no longer on its way. */
  answered({ ask }: Ask): void {
    this.#pending -= ask
  }

  /** Keeps what the store granted, for two seconds or until the first of its windows ends. */
  keep({ windows }: Account, { states, granted, elsewhere }: Kept, now: number): void {
    this.#elsewhere = elsewhere
    if (this.#isLive(now) && !this.#covers(windows, now)) return
    this.#tokens = (this.#isLive(now) ? this.#tokens : 0) + granted
    this.#resetAt = Math.min(...states.map(({ resetAt }) => resetAt))
    this.#endsAt = Math.min(now + HOLD_MS, this.#resetAt)
    this.#windows = windows
    this.#states = states
  }

  /** The windows that the lease was taken from. */
  get states(): readonly WindowState[] {
    return this.#states
  }

  /** Windows as a client should see them: what is leased and unspent still remains. */
  shown({ windows }: Account, states: readonly WindowState[]): readonly WindowState[] {
    return states.map((state, i) => {
      const window = windows[i]
      const leased = window !== undefined && this.#windows.includes(window)
      return leased ? { ...state, count: state.count - this.#tokens } : state
    })
  }

  refuse(refusal: Refusal, now: number): void {
    const others = this.#refusals.filter(
      ({ endsAt, window }) => endsAt > now && window !== refusal.window,
    )
    this.#refusals = [...others, { ...refusal, endsAt: Math.min(refusal.endsAt, now + HOLD_MS) }]
  }

  /** A refusal that this request would only hear again: it is counted in the window that was full. */
  refusalFor({ windows }: Account, cost: number, now: number): Refusal | undefined {
    return this.#refusals.find(
      ({ window, cost: refused, endsAt }) =>
        endsAt > now && (window === undefined || (cost >= refused && windows.includes(window))),
    )
  }

  #isLive(now: number): boolean {
    return this.#tokens > 0 && now < this.#endsAt
  }

  #unspent(windows: readonly Window[], now: number): number {
    const ended = now >= this.#endsAt && now < this.#resetAt
    return ended && areSame(windows, this.#windows) ? this.#tokens : 0
  }

  #covers(windows: readonly Window[], now: number): boolean {
    return this.#isLive(now) && areSame(windows, this.#windows)
  }
}

function areSame(one: readonly Window[], other: readonly Window[]): boolean {
  return (
    one === other || (one.length === other.length && one.every((window, i) => window === other[i]))
  )
}
