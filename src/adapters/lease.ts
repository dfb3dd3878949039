import type { Account, Window } from '../policy/charge.ts'
import type { WindowState } from './verdict.ts'

/** How long a lease or a remembered refusal holds: what an operator changes is felt within this time. */
export const HOLD_MS = 2_000

/** A lease of fewer is not worth renewing before it ends: whoever has it may not come again in time. */
const LEAST_RENEWED = 8
/** What is left of one when it is: enough for the time that the store takes. */
const LEFT_WHEN_RENEWED = 1 / 4

/** Requests that one subject has paid for in advance, in the windows that the store counted. */
export class Lease {
  readonly #windows: readonly Window[]
  readonly #since: number
  readonly #endsAt: number
  readonly #size: number
  #isRenewed = false
  states: readonly WindowState[]
  tokens: number

  /** `askedAt`: what the store knew, it knew then at the latest, however long its answer took. */
  constructor(
    { windows }: Account,
    states: readonly WindowState[],
    tokens: number,
    now: number,
    askedAt: number,
  ) {
    this.#windows = windows
    this.#since = now
    this.#endsAt = Math.min(askedAt + HOLD_MS, ...states.map(({ resetAt }) => resetAt))
    this.states = states
    this.#size = tokens
    this.tokens = tokens
  }

  /** True once, when so little is left that the next one should be on its way. */
  takesRenewal(): boolean {
    const isLow = this.#size >= LEAST_RENEWED && this.tokens <= this.#size * LEFT_WHEN_RENEWED
    if (!isLow || this.#isRenewed) return false
    this.#isRenewed = true
    return true
  }

  isLive(now: number): boolean {
    return this.#since <= now && now < this.#endsAt
  }

  isFor({ windows }: Account): boolean {
    return areSame(windows, this.#windows)
  }

  /** Whether these states are of the very windows that the lease was taken from. */
  isOf(states: readonly WindowState[]): boolean {
    return (
      states.length === this.states.length &&
      states.every(({ resetAt }, i) => resetAt === this.states[i]?.resetAt)
    )
  }

  /** When each window that it was taken from is reset, by id: only there can it be given back. */
  get ends(): Record<string, number> {
    return Object.fromEntries(
      this.#windows.map(({ id }, i) => [id, this.states[i]?.resetAt ?? 0] as const),
    )
  }

  /** Takes in what the store says of these windows, when it was asked about others beside them. */
  learn({ windows }: Account, said: readonly WindowState[]): void {
    this.states = this.states.map((state, i) => {
      const latest = said[windows.findIndex(({ id }) => id === this.#windows[i]?.id)]
      return latest?.resetAt === state.resetAt
        ? { ...state, count: Math.max(state.count, latest.count) }
        : state
    })
  }

  /** Another account's windows as a client should see them: some may be these. */
  shownAmong({ windows }: Account, said: readonly WindowState[]): readonly WindowState[] {
    const { shown } = this
    return said.map((state, i) => {
      const own = shown[this.#windows.findIndex(({ id }) => id === windows[i]?.id)]
      return own?.resetAt === state.resetAt ? { ...state, count: own.count } : state
    })
  }

  /** Windows as a client should see them: what is leased and unspent still remains. */
  get shown(): readonly WindowState[] {
    return this.states.map((state) => ({ ...state, count: Math.max(0, state.count - this.tokens) }))
  }
}

function areSame(one: readonly Window[], other: readonly Window[]): boolean {
  return (
    one === other || (one.length === other.length && one.every((window, i) => window === other[i]))
  )
}
