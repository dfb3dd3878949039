import type { Account, Charge, Verdict } from '../policy/charge.ts'
import { BoundedMap } from './bounded-map.ts'
import { type Ask, Holding, type Kept } from './holding.ts'
import type { Bill } from './upstash-subjects.ts'
import { type Judged, verdictFrom } from './verdict.ts'

const MAX_SUBJECTS = 10_000

const NOTHING: Ask = { ask: 0, refund: 0 }

interface Store {
  judge(bills: readonly Bill[], now: number): Promise<Judged>
}

/** One account of a charge, and what is known of it. */
interface Part {
  readonly account: Account
  readonly holding: Holding
  /** Out of a lease, before the store is asked about the others. */
  readonly paid: boolean
}

/**
 * Spends what a busy subject has paid for in advance, repeats what a refused one was told, and asks the store for the
 * rest. Never more is admitted than the limit; at most the leases that end unspent are admitted less.
 */
export class LeasingSubjects {
  readonly #store: Store
  readonly #name: string
  readonly #holdings = new BoundedMap<string, Holding>(MAX_SUBJECTS)

  /** `name` tells this isolate from the others that serve the same subject. */
  constructor(store: Store, name: string) {
    this.#store = store
    this.#name = name
  }

  /** The refusal that an account was given a moment ago and would only be given again. */
  recall(account: Account, cost: number, now: number): Verdict | undefined {
    const refusal = this.#holdings.get(account.subject)?.refusalFor(account, cost, now)
    return refusal && { ...refusal.verdict, source: 'memory' }
  }

  /** Rejects when the store is away. */
  async charge(charge: Charge): Promise<Verdict> {
    const { address, caller, cost, now } = charge
    const accounts = caller ? [address, caller] : [address]
    const parts = accounts.map((account) => this.#open(account, charge))
    if (parts.every(({ paid }) => paid)) return leased(charge, parts)

    for (const account of accounts) {
      const told = this.recall(account, cost, now)
      if (told) return unpaid(parts, cost, told)
    }
    const owing = parts.filter(({ paid }) => !paid)
    const asks = owing.map(({ account, holding }) =>
      cost > 0 ? holding.ask(account, now) : NOTHING,
    )
    const bills = owing.map(({ account }, i) => {
      return { ...account, cost, ...(asks[i] ?? NOTHING), isolate: this.#name }
    })
    const judged = await this.#store
      .judge(bills, now)
      .catch((error) => Promise.reject(unpaid(parts, cost, error)))
      .finally(() => {
        for (const [i, { holding }] of owing.entries()) holding.answered(asks[i] ?? NOTHING)
      })
    return settled(charge, answersOf(parts, asks, judged), judged)
  }

  #open(account: Account, { cost, now }: Charge): Part {
    const holding = this.#holdings.get(account.subject) ?? new Holding()
    this.#holdings.set(account.subject, holding)
    holding.note(Math.max(0, cost))
    return { account, holding, paid: cost > 0 && holding.spend(account, cost, now) }
  }
}

/** What the store said about a part; `bill` counts from 1 and is 0 for a part that it was not asked about. */
interface Answer extends Kept {
  readonly part: Part
  readonly bill: number
  readonly refund: number
}

const UNASKED = { bill: 0, granted: 0, refund: 0, elsewhere: 0 } as const

function answersOf(
  parts: readonly Part[],
  asks: readonly Ask[],
  { windows, granted, elsewhere }: Judged,
): Answer[] {
  let bill = 0
  let from = 0
  return parts.map((part) => {
    if (part.paid) return { ...UNASKED, part, states: part.holding.states }
    const states = windows.slice(from, from + part.account.windows.length)
    from += part.account.windows.length
    bill += 1
    const { refund } = asks[bill - 1] ?? NOTHING
    return {
      part,
      bill,
      states,
      refund,
      granted: granted[bill - 1] ?? 0,
      elsewhere: elsewhere[bill - 1] ?? 0,
    }
  })
}

/** Takes the store's answer about some of the accounts into what is known of all. */
function settled(charge: Charge, answers: readonly Answer[], judged: Judged): Verdict {
  const { cost, now } = charge
  const refusedAt = answers.findIndex(({ bill }) => bill > 0 && bill === judged.account)
  const charged = refusedAt === -1 ? answers.length : judged.outcome === 'revoked' ? refusedAt : 0
  for (const answer of answers.slice(0, charged)) {
    const { part, bill } = answer
    if (bill > 0) part.holding.keep(part.account, answer, now)
  }
  for (const { part, refund } of answers.slice(charged)) part.holding.giveBack(refund)
  if (judged.outcome === 'over' && spendAll(answers, cost, now)) {
    return leased(
      charge,
      answers.map(({ part }) => part),
    )
  }
  for (const { part } of answers.slice(charged)) if (part.paid) part.holding.giveBack(cost)

  const windows = answers.flatMap(({ part, states }) => part.holding.shown(part.account, states))
  const verdict = verdictFrom(charge, { ...judged, account: refusedAt + 1, windows }, 'store')
  if (verdict.outcome === 'refused') remember(verdict, answers[refusedAt], charge)
  return verdict
}

/** Of many requests at once, some bring leases home while the store refuses others: those are theirs to spend. */
function spendAll(answers: readonly Answer[], cost: number, now: number): boolean {
  const owing = answers.filter(({ bill }) => bill > 0).map(({ part }) => part)
  const short = owing.findIndex(({ account, holding }) => !holding.spend(account, cost, now))
  for (const { holding } of owing.slice(0, Math.max(0, short))) holding.giveBack(cost)
  return short === -1
}

function remember(
  verdict: Verdict & { outcome: 'refused' },
  answer: Answer | undefined,
  { cost, now }: Charge,
): void {
  if (!answer) return
  const { account, holding } = answer.part
  const full = account.windows
    .filter((_, i) => {
      const state = answer.states[i]
      return state !== undefined && state.count + cost > state.limit
    })
    .filter(({ shadow }) => !shadow)
  const window = verdict.blocked ? undefined : full.at(-1)
  holding.refuse({ window, cost, verdict, endsAt: verdict.retryAt }, now)
}

function leased(charge: Charge, parts: readonly Part[]): Verdict {
  const states = parts.map(({ account, holding }) => holding.shown(account, holding.states))
  const admitted = {
    outcome: 'admitted',
    account: 0,
    blockedUntil: 0,
    granted: [],
    elsewhere: [],
  } as const
  return verdictFrom(charge, { ...admitted, windows: states.flat() }, 'lease')
}

/** Whoever paid for a request that somebody else refuses has it back. */
function unpaid<T>(parts: readonly Part[], cost: number, outcome: T): T {
  for (const { holding, paid } of parts) if (paid) holding.giveBack(cost)
  return outcome
}
