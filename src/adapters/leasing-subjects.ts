import type { Account, Charge, TokenHolder, Verdict } from '../policy/charge.ts'
import { BoundedMap } from './bounded-map.ts'
import { type Ask, Holding, type Kept } from './holding.ts'
import type { Revoked } from './known-revocations.ts'
import type { Lease } from './lease.ts'
import type { Answered, Bill } from './upstash-subjects.ts'
import { ofRevoked, verdictFrom, type WindowState } from './verdict.ts'

const MAX_SUBJECTS = 10_000

/** How long a request waits for the answer to another's question before it asks for itself, and how often it looks. */
const PATIENCE_MS = 250
const LOOK_EVERY_MS = 2

interface Store {
  judge(bills: readonly Bill[], now: number): Promise<Answered>
}

/** One account of a charge, and what is known of it. */
interface Part {
  readonly account: Account
  readonly holding: Holding
  /** The lease that has paid, before the store is asked about the others; its windows as they were then. */
  readonly lease: Lease | undefined
  readonly shown: readonly WindowState[]
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

/** What the store said about a part; `bill` counts from 1 and is 0 for a part that it was not asked about. */
interface Answer extends Kept {
  readonly part: Part
  readonly bill: number
  readonly blockedUntil: number
  readonly revoked?: Revoked | undefined
}

function answersOf(parts: readonly Part[], judged: Answered): Answer[] {
  const { windows, granted, elsewhere, blockedUntil, revoked } = judged
  let bill = 0
  let from = 0
  return parts.map((part) => {
    if (part.lease) {
      return { part, bill: 0, states: part.shown, granted: 0, elsewhere: 0, blockedUntil: 0 }
    }
    const states = windows.slice(from, from + part.account.windows.length)
    from += part.account.windows.length
    bill += 1
    return {
      part,
      bill,
      states,
      granted: granted[bill - 1] ?? 0,
      elsewhere: elsewhere[bill - 1] ?? 0,
      blockedUntil: blockedUntil[bill - 1] ?? 0,
      revoked: revoked[bill - 1],
    }
  })
}

/** Takes the store's answer about some of the accounts into what is known of all. */
function settled(
  charge: Charge,
  parts: readonly Part[],
  questions: readonly (Ask | undefined)[],
  judged: Answered,
  now: number,
): Verdict {
  const answers = answersOf(parts, judged)
  for (const { part, revoked } of answers) if (revoked) part.holding.hear(revoked, charge.now, now)
  const refusedAt = answers.findIndex(({ bill }) => bill > 0 && bill === judged.account)
  const charged = refusedAt === -1 ? answers.length : judged.outcome === 'revoked' ? refusedAt : 0
  for (const [i, answer] of answers.slice(0, charged).entries()) {
    const question = questions[i]
    if (question) answer.part.holding.keep(answer.part.account, answer, question, now)
  }
  const late = judged.outcome === 'over' ? spendAll(parts, charge.cost, now) : undefined
  if (late) return leased(charge, late)

  returned(
    answers.slice(charged).map(({ part }) => part),
    charge.cost,
    undefined,
  )
  const windows = answers.flatMap(({ part, states, bill }) =>
    bill > 0 && charged > 0 ? part.holding.shown(part.account, states) : states,
  )
  const blockedUntil = answers.map((answer) => answer.blockedUntil)
  const verdict = verdictFrom(
    charge,
    { ...judged, account: refusedAt + 1, windows, blockedUntil },
    'store',
  )
  const refused = answers[refusedAt]
  if (verdict.outcome === 'refused' && refused) remember(verdict, refused, charge)
  return verdict
}

/** Of many requests at once, some bring leases home while the store refuses others: those are theirs to spend. */
function spendAll(parts: readonly Part[], cost: number, now: number): Part[] | undefined {
  const paying = parts.map((part) => {
    const lease = part.lease ?? part.holding.spend(part.account, cost, now)
    return { ...part, lease, shown: part.lease ? part.shown : (lease?.shown ?? []) }
  })
  if (paying.every(({ lease }) => lease)) return paying
  const inVain = paying.filter((_, i) => !parts[i]?.lease)
  return returned(inVain, cost, undefined)
}

/** For whoever is counted in the same window; what its companion was refused for is nobody else's. */
function remember(
  { code, blocked }: Verdict & { outcome: 'refused' },
  { part, states, blockedUntil }: Answer,
  { cost, now }: Charge,
): void {
  const { account, holding } = part
  const full = account.windows.filter((window, i) => {
    const state = states[i]
    return !window.shadow && state !== undefined && state.count + cost > state.limit
  })
  const own = verdictFrom(
    { address: account, cost, now },
    {
      outcome: blocked ? 'blocked' : 'over',
      account: 1,
      blockedUntil: [blockedUntil],
      granted: [],
      elsewhere: [],
      windows: states,
    },
    'store',
  )
  if (own.outcome !== 'refused') return
  const window = blocked ? undefined : full.at(-1)
  const verdict = { ...own, code }
  holding.refuse({ window, cost, verdict, since: now, endsAt: own.retryAt })
}

function leased(charge: Charge, parts: readonly Part[]): Verdict {
  const admitted = {
    outcome: 'admitted',
    account: 0,
    blockedUntil: [],
    granted: [],
    elsewhere: [],
  } as const
  return verdictFrom(charge, { ...admitted, windows: parts.flatMap(({ shown }) => shown) }, 'lease')
}

/** Whoever paid for a request that somebody else refuses has it back, in the lease that it came from. */
function returned<T>(parts: readonly Part[], cost: number, outcome: T): T {
  for (const { lease } of parts) if (lease) lease.tokens += cost
  return outcome
}
