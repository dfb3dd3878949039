import type { Account, Charge, Verdict } from '../policy/charge.ts'
import type { Subjects } from '../ports.ts'
import { BoundedMap } from './bounded-map.ts'
import { type Judged, verdictFrom } from './verdict.ts'

const MAX_SUBJECTS = 10_000

type Counts = Map<string, { count: number; resetAt: number }>

/**
 * The windows of the script, counted in this isolate's memory: for as long as the store is away, and in tests.
 * `share` is the fraction of each limit that this isolate grants (at least 1). It knows no overrides,
 * revocations or blocks: those are the store's.
 */
export class IsolateSubjects implements Subjects {
  readonly #counts = new BoundedMap<string, Counts>(MAX_SUBJECTS)
  readonly #share: number

  constructor(share: number) {
    this.#share = share
  }

  recall(): undefined {
    return undefined
  }

  isRevoked(): boolean {
    return false
  }

  async charge(charge: Charge): Promise<Verdict> {
    const { address, caller, cost, now } = charge
    const accounts = caller ? [address, caller] : [address]
    const states = accounts.map((account) => this.#statesOf(account, cost, now))
    const over = states.findIndex((windows) =>
      windows.some(({ limit, count, shadow }) => !shadow && cost > 0 && count + cost > limit),
    )
    const windows = states.map((account) =>
      account.map((state) =>
        over >= 0 ? state : { ...state, count: Math.max(0, state.count + cost) },
      ),
    )
    if (over < 0) {
      for (const [index, account] of accounts.entries()) this.#keep(account, windows[index] ?? [])
    }
    const judged: Judged = {
      outcome: over < 0 ? 'admitted' : 'over',
      account: over + 1,
      blockedUntil: [],
      granted: accounts.map(() => 0),
      elsewhere: accounts.map(() => 0),
      windows: windows.flat(),
    }
    return verdictFrom(charge, judged, 'isolate')
  }

  #statesOf({ subject, windows }: Account, cost: number, now: number) {
    const counts = this.#counts.get(subject)
    return windows.map(({ id, seconds, limit, shadow }) => {
      const running = counts?.get(id)
      const { count, resetAt } =
        running && running.resetAt > now ? running : { count: 0, resetAt: now + seconds * 1000 }
      return {
        id,
        shadow,
        limit: Math.min(limit, Math.max(1, cost, Math.floor(limit * this.#share))),
        count,
        resetAt,
      }
    })
  }

  #keep({ subject }: Account, states: readonly { id: string; count: number; resetAt: number }[]) {
    const counts: Counts = this.#counts.get(subject) ?? new Map()
    for (const { id, count, resetAt } of states) counts.set(id, { count, resetAt })
    this.#counts.set(subject, counts)
  }
}
