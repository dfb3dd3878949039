import type { Account, Charge, TokenHolder, Verdict } from '../policy/charge.ts'
import { BoundedMap } from './bounded-map.ts'
import { Holding, PATIENCE_MS, type Question } from './holding.ts'
import { leased, type Payer, type Payment, returned, settled, shownOf } from './settlement.ts'
import type { Answered, Bill } from './upstash-subjects.ts'
import { ofRevoked } from './verdict.ts'

const MAX_SUBJECTS = 10_000

/**
 * How long a request waits for answers to others' questions before it asks for itself: for a second answer where the first
 * is lost. In an isolate that has too much to do all are late, and a question of each would make them later still.
 */
const LONGEST_WAIT_MS = 2 * PATIENCE_MS

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
  readonly #background: (work: Promise<unknown>) => void
  readonly #holdings = new BoundedMap<string, Holding>(MAX_SUBJECTS)

  /** `name` tells this isolate from the others that serve the same subject. */
  constructor(
    store: Store,
    name: string,
    now: () => number,
    sleep: (milliseconds: number) => Promise<void>,
    background: (work: Promise<unknown>) => void,
  ) {
    this.#store = store
    this.#name = name
    this.#now = now
    this.#sleep = sleep
    this.#background = background
  }

  /** The refusal that an account was given a moment ago and would only be given again. */
  recall(account: Account, cost: number, now: number): Verdict | undefined {
    return this.#holdings.get(account.subject)?.refusalFor(account, cost, now)
  }

  /** What the store has told this isolate: it holds though the store be away. */
  isRevoked(account: TokenHolder, now: number): boolean {
    return this.#holdings.get(account.subject)?.isRevoked(account, now) ?? false
  }

  /**
   * Rejects when the store is away. Of many requests at once that lack the same, one asks and the others wait for its
   * answer. On Workers a promise that another request resolves may never settle: each has a timer of its own.
   */
  async charge(charge: Charge): Promise<Verdict> {
    const { address, caller, cost, now } = charge
    const payers = [this.#payerFor(address)]
    if (caller) payers.push(this.#payerFor(caller))
    if (caller && payers[1]?.holding.wasRevoked(caller, now)) {
      return ofRevoked(await this.charge({ address, cost, now }))
    }
    for (const { holding } of payers) holding.note(Math.max(0, cost))

    const giveUpAt = now + LONGEST_WAIT_MS
    for (let at = now; ; at = Math.max(at, this.#now())) {
      const parts = payers.map((payer) => paying(payer, cost, at))
      if (parts.every(({ lease }) => lease)) {
        const windows = parts.flatMap(shownOf)
        this.#renew(parts, charge, at)
        return leased(charge, windows)
      }
      const told = refusalAmong(parts, cost, at)
      if (told) return returned(parts, cost, told)
      const answers = at < giveUpAt ? answersFor(parts, cost, at) : []
      // In one go with the look: whoever looks next finds the question under way.
      if (answers.length === 0) return this.#ask(parts, questionsOf(parts, cost, at), charge)
      returned(parts, cost, undefined)
      const until = Math.min(at + PATIENCE_MS, giveUpAt)
      const leave = payers.map(({ holding }) => holding.wait(until))
      const patience = this.#sleep(until - at)
      // A race is a promise of this request's own, whoever ends it: what follows runs for this request.
      await Promise.race([...answers, patience])
      for (const each of leave) each()
    }
  }

  /**
   * Asks for the next leases where one runs out, and for all at once: they are spent together. Who finds it out has been
   * paid for and does not wait.
   */
  #renew(payers: readonly Payer[], charge: Charge, now: number): void {
    if (payers.filter(({ holding }) => holding.takesRenewal()).length === 0) return
    const asking = payers.map(({ account, holding }) => ({ account, holding, lease: undefined }))
    const questions = payers.map(({ account, holding }) => holding.ask(account, now))
    // A store that is away is for those to find out who need it.
    this.#background(this.#ask(asking, questions, { ...charge, cost: 0 }).catch(() => undefined))
  }

  async #ask(
    payments: readonly Payment[],
    questions: readonly (Question | undefined)[],
    charge: Charge,
  ): Promise<Verdict> {
    const now = Math.max(charge.now, this.#now())
    const { cost } = charge
    const parts = payments.map((payment) => ({ ...payment, shown: shownOf(payment) }))
    const bills = parts.flatMap(({ account }, i) => {
      const question = questions[i]
      return question ? [{ ...account, ...question, cost, isolate: this.#name }] : []
    })
    try {
      const judged = await this.#store
        .judge(bills, now)
        .catch((error) => Promise.reject(returned(parts, cost, error)))
      return settled({ ...charge, now }, parts, questions, judged, Math.max(now, this.#now()))
    } finally {
      // Whoever waits for the answer must find what it brought.
      for (const [i, { holding }] of parts.entries()) {
        const question = questions[i]
        if (question) holding.answered(question)
      }
    }
  }

  #payerFor(account: Account): Payer {
    const { subject } = account
    let holding = this.#holdings.get(subject)
    if (!holding) {
      holding = new Holding()
      this.#holdings.set(subject, holding)
    }
    return { account, holding }
  }
}

function paying({ account, holding }: Payer, cost: number, now: number): Payment {
  return { account, holding, lease: cost > 0 ? holding.spend(account, cost, now) : undefined }
}

/** What to ask for those whom no lease has paid for. */
function questionsOf(
  payments: readonly Payment[],
  cost: number,
  now: number,
): readonly (Question | undefined)[] {
  return payments.map(({ account, holding, lease }) => {
    if (lease) return undefined
    // What a revoked token's question gave back would be lost: nothing is charged that it could come off.
    return cost > 0 && !holding.isRevoked(account, now)
      ? holding.ask(account, now)
      : holding.askOnly(now)
  })
}

function refusalAmong(payers: readonly Payer[], cost: number, now: number): Verdict | undefined {
  for (const { account, holding } of payers) {
    const refusal = holding.refusalFor(account, cost, now)
    if (refusal) return refusal
  }
  return undefined
}

/** The answers under way that one waits for who lacks a lease; none unless they will bring all that is lacking. */
function answersFor(
  payments: readonly Payment[],
  cost: number,
  now: number,
): readonly Promise<void>[] {
  const lacking = payments.filter(({ lease }) => !lease)
  const isWorthIt =
    cost > 0 && lacking.every(({ account, holding }) => holding.willKnowMore(account, cost, now))
  return isWorthIt ? lacking.flatMap(({ holding }) => holding.answer(cost, now)) : []
}
