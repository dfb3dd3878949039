import type { Account, Charge, TokenHolder, Verdict } from '../policy/charge.ts'
import { BoundedMap } from './bounded-map.ts'
import { Holding } from './holding.ts'
import { leased, type Part, returned, settled } from './settlement.ts'
import type { Answered, Bill } from './upstash-subjects.ts'
import { ofRevoked } from './verdict.ts'

const MAX_SUBJECTS = 10_000

/** How long a request waits for the answer to another's question before it asks for itself, and how often it looks. */
const PATIENCE_MS = 250
const LOOK_EVERY_MS = 2

interface Store {
  judge(bills: readonly Bill[], now: number): Promise<Answered>
}

/**
 * Spends what a busy subject has paid for in advance, repeats what a refused one was told, and asks the store for the
 * rest. Never more is admitted than the limit; at most the leases that end unspent are admitted less.
 */
export class LeasingSubjects {
  readonly #store: Store
  readonly #name: string
  readonly #now: () => number
  readonly #sleep: (milliseconds: number) => Promise<void>
  readonly #holdings = new BoundedMap<string, Holding>(MAX_SUBJECTS)

  /** `name` tells this isolate from the others that serve the same subject. */
  constructor(
    store: Store,
    name: string,
    now: () => number,
    sleep: (milliseconds: number) => Promise<void>,
  ) {
    this.#store = store
    this.#name = name
    this.#now = now
    this.#sleep = sleep
  }

  /** The refusal that an account was given a moment ago and would only be given again. */
  recall(account: Account, cost: number, now: number): Verdict | undefined {
    const refusal = this.#holdings.get(account.subject)?.refusalFor(account, cost, now)
    return refusal && { ...refusal.verdict, source: 'memory' }
  }

  /** What the store has told this isolate: it holds though the store be away. */
  isRevoked(account: TokenHolder, now: number): boolean {
    return this.#holdings.get(account.subject)?.isRevoked(account, now) ?? false
  }

  /** Rejects when the store is away. */
  async charge(charge: Charge): Promise<Verdict> {
    const { address, caller, cost, now } = charge
    if (caller && this.#holdings.get(caller.subject)?.wasRevoked(caller, now)) {
      return ofRevoked(await this.charge({ address, cost, now }))
    }
    const accounts = caller ? [address, caller] : [address]
    for (const account of accounts) this.#holdingOf(account).note(Math.max(0, cost))
    return (await this.#settledHere(accounts, charge)) ?? this.#ask(accounts, charge)
  }

  /**
   * Pays from leases, or repeats a refusal. Of many requests at once that lack the same, one asks and the others wait
   * for its answer, each looking for itself: on Workers a promise that another request resolves may never settle.
   */
  async #settledHere(accounts: readonly Account[], charge: Charge): Promise<Verdict | undefined> {
    const until = charge.now + PATIENCE_MS
    for (let now = charge.now; ; now = Math.max(now, this.#now())) {
      const parts = accounts.map((account) => this.#open(account, { ...charge, now }))
      if (parts.every(({ lease }) => lease)) return leased(charge, parts)
      returned(parts, charge.cost, undefined)
      for (const account of accounts) {
        const told = this.recall(account, charge.cost, now)
        if (told) return told
      }
      const lacking = parts.filter(({ lease }) => !lease)
      const isWorthIt = lacking.every(({ account, holding }) =>
        holding.willKnowMore(account, charge.cost, now),
      )
      if (!isWorthIt || charge.cost <= 0 || now >= until) return undefined
      await this.#sleep(LOOK_EVERY_MS)
    }
  }

  async #ask(accounts: readonly Account[], charge: Charge): Promise<Verdict> {
    const now = Math.max(charge.now, this.#now())
    const { cost } = charge
    const parts = accounts.map((account) => this.#open(account, { ...charge, now }))
    const questions = parts.map(({ account, holding, lease }) => {
      if (lease) return undefined
      // What a revoked token's question gave back would be lost: nothing is charged that it could come off.
      return cost > 0 && !holding.isRevoked(account, now)
        ? holding.ask(account, now)
        : holding.askOnly(now)
    })
    const bills = parts.flatMap(({ account }, i) => {
      const question = questions[i]
      return question ? [{ ...account, ...question, cost, isolate: this.#name }] : []
    })
    const judged = await this.#store
      .judge(bills, now)
      .catch((error) => Promise.reject(returned(parts, cost, error)))
      .finally(() => {
        for (const [i, { holding }] of parts.entries()) {
          const question = questions[i]
          if (question) holding.answered(question)
        }
      })
    return settled({ ...charge, now }, parts, questions, judged, Math.max(now, this.#now()))
  }

  #holdingOf({ subject }: Account): Holding {
    const holding = this.#holdings.get(subject) ?? new Holding()
    this.#holdings.set(subject, holding)
    return holding
  }

  #open(account: Account, { cost, now }: Charge): Part {
    const holding = this.#holdingOf(account)
    const lease = cost > 0 ? holding.spend(account, cost, now) : undefined
    return { account, holding, lease, shown: lease?.shown ?? [] }
  }
}
