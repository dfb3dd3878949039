import type { Account, TokenHolder, Verdict, Window } from '../policy/charge.ts'
import { isNothing, KnownRevocations, type Revoked } from './known-revocations.ts'
import { HOLD_MS, Lease } from './lease.ts'
import { Pace } from './pace.ts'
import type { WindowState } from './verdict.ts'

/** A refusal that the store gave a moment ago. */
export interface Refusal {
  /** The window that was full. Absent: the subject is shut out altogether. */
  readonly window: Window | undefined
  readonly cost: number
  readonly verdict: Verdict
  readonly since: number
  /** When the window is open again, milliseconds. */
  readonly endsAt: number
}

/**
 * How long an answer is waited for. A question that takes longer is taken for lost, and the next request asks anew: who
 * asked it may have been dropped by the platform, and nobody would ever hear the answer.
 */
export const PATIENCE_MS = 250

/** What to ask the store for in advance, and what to give back of a lease that ended unspent. */
export interface Ask {
  readonly ask: number
  readonly refund: number
  /** The resets of the windows that the refund was taken from. */
  readonly ends: Readonly<Record<string, number>>
  readonly askedAt: number
}

/** One that is under way, and what settles with its answer. */
export interface Question extends Ask {
  readonly answer: PromiseWithResolvers<void>
}

/** The store's answer about one account. */
export interface Kept {
  readonly states: readonly WindowState[]
  readonly granted: number
  /** Requests in flight in other isolates. */
  readonly elsewhere: number
}

/** Of thousands of subjects most have nothing to list. */
const NONE: readonly never[] = []

/** What an isolate knows of one subject between two looks at the store. */
export class Holding {
  #lease: Lease | undefined
  #questions: readonly Question[] = NONE
  /** The last question that asked for more was granted none. */
  #scarce = false
  #elsewhere = 0
  /** Until when each request waits that waits for an answer. Absent: none ever did. */
  #waiting: Set<{ readonly until: number }> | undefined
  readonly #pace = new Pace()
  #refusals: readonly Refusal[] = NONE
  /** Absent: nothing was ever said to be revoked. */
  #revocations: KnownRevocations | undefined

  /** Pays from the lease, if it reaches and the subject is not busy elsewhere. The lease is who paid. */
  spend(account: Account, cost: number, now: number): Lease | undefined {
    const lease = this.#lease
    // Another token may have brought it.
    if (this.isRevoked(account, now)) return undefined
    if (!lease?.isLive(now) || !lease.isFor(account) || lease.tokens < cost) return undefined
    const { inFlight, most } = account.concurrency ?? {
      inFlight: 0,
      most: Number.POSITIVE_INFINITY,
    }
    if (inFlight + this.#elsewhere > most) return undefined
    lease.tokens -= cost
    return lease
  }

  isRevoked(account: TokenHolder, now: number): boolean {
    return this.#revocations?.revokes(account, now) ?? false
  }

  /** The same by the store's word of a moment ago, which need not be asked for again. A block would be heard first. */
  wasRevoked(account: TokenHolder, now: number): boolean {
    if (!this.#revocations?.areRecent(now) || !this.isRevoked(account, now)) return false
    return !this.#refusals.some((known) => known.window === undefined && isLive(known, now))
  }

  /** What the store said of revocations counts at once, whatever became of the request. */
  hear(revoked: Revoked, askedAt: number, now: number): void {
    if (!this.#revocations && isNothing(revoked)) return
    this.#revocations ??= new KnownRevocations()
    this.#revocations.hear(revoked, askedAt, now)
  }

  /** Every request is noted, however it is paid: a lease follows the rate of late. */
  note(cost: number): void {
    this.#pace.note(cost)
  }

  /** The requests of the next two seconds, less what is held or on its way. */
  ask(account: Account, now: number): Question {
    const lease = this.#lease
    if (lease?.isLive(now)) {
      const isOther = lease.tokens > 0 && !lease.isFor(account)
      const more = this.#more(this.#pace.ahead(lease.tokens, now), now)
      return this.#question(now, isOther ? 0 : more)
    }
    const refund = lease?.tokens ?? 0
    const ends = lease && refund > 0 ? lease.ends : {}
    // Given back once: whatever becomes of the question, it must not be given back again.
    if (lease) lease.tokens = 0
    return this.#question(now, this.#more(this.#pace.ahead(0, now), now), refund, ends)
  }

  /** Whether the lease that has just paid is running out, and nobody has been told so yet. */
  takesRenewal(): boolean {
    return this.#lease?.takesRenewal() ?? false
  }

  /** One that asks for nothing beyond its own cost. */
  askOnly(now: number): Question {
    return this.#question(now, 0)
  }

  #question(askedAt: number, ask: number, refund = 0, ends: Ask['ends'] = {}): Question {
    const question = { ask, refund, ends, askedAt, answer: Promise.withResolvers<void>() }
    this.#questions = [...this.#underWay(askedAt), question]
    return question
  }

  #underWay(now: number): readonly Question[] {
    return this.#questions.filter(({ askedAt }) => now - askedAt < PATIENCE_MS)
  }

  #more(wanted: number, now: number): number {
    const pending = this.#underWay(now).reduce((sum, { ask }) => sum + ask, 0)
    // What those who wait are going to spend at once is no lease: nobody holds it.
    return Math.max(0, wanted + this.#stillWaiting(now) - pending)
  }

  /** Whether a question that is under way will bring what this account lacks, or the refusal that it would hear. */
  willKnowMore(account: Account, cost: number, now: number): boolean {
    const underWay = this.#underWay(now)
    if (underWay.length === 0) return false
    const isBringing = !this.#scarce && underWay.some(({ ask }) => ask >= cost)
    return isBringing || this.#refusals.some((refusal) => wasFor(refusal, account, cost, now))
  }

  /**
   * The answer that is to be waited for: the first that brings something, settled when that is kept. Of one alone:
   * thousands that wait for each of thousands would be millions.
   */
  answer(cost: number, now: number): Promise<void>[] {
    const underWay = this.#underWay(now)
    const first = underWay.find(({ ask }) => ask >= cost) ?? underWay[0]
    return first ? [first.answer.promise] : []
  }

  /** Puts a request among those that wait; it leaves them by calling what it is given, or when its time is over. */
  wait(until: number): () => void {
    const waiter = { until }
    this.#waiting ??= new Set()
    this.#waiting.add(waiter)
    return () => this.#waiting?.delete(waiter)
  }

  #stillWaiting(now: number): number {
    // The platform may have dropped a request without a word.
    for (const waiter of this.#waiting ?? []) {
      if (waiter.until < now) this.#waiting?.delete(waiter)
    }
    return this.#waiting?.size ?? 0
  }

  /** What was asked is no longer on its way. */
  answered(question: Question): void {
    const others = this.#questions.filter((other) => other !== question)
    this.#questions = others.length > 0 ? others : NONE
    question.answer.resolve()
  }

  /** Keeps what the store granted. Answers come in any order: one of windows that are over brings nothing. */
  keep(
    account: Account,
    { states, granted, elsewhere }: Kept,
    { ask: asked, askedAt }: Ask,
    now: number,
  ): void {
    this.#elsewhere = elsewhere
    if (asked > 0) this.#scarce = granted === 0
    const lease = this.#lease
    if (states.some(({ resetAt }) => resetAt <= now)) return
    if (lease?.isLive(now) && lease.tokens > 0) {
      lease.learn(account, states)
      if (!lease.isFor(account) || !lease.isOf(states)) return
      const latest = states.map((state, i) => {
        return { ...state, count: Math.max(state.count, lease.states[i]?.count ?? 0) }
      })
      this.#lease = new Lease(account, latest, granted + lease.tokens, now, askedAt)
      lease.tokens = 0
    } else {
      this.#lease = granted > 0 ? new Lease(account, states, granted, now, askedAt) : undefined
    }
  }

  /** An account's windows as a client should see them, as far as a lease of theirs is known. */
  shown(account: Account, states: readonly WindowState[]): readonly WindowState[] {
    return this.#lease?.shownAmong(account, states) ?? states
  }

  refuse(refusal: Refusal): void {
    const { since, window } = refusal
    const others = this.#refusals.filter(
      (known) => known.window !== window && isRecent(known, since),
    )
    this.#refusals = [...others, { ...refusal, endsAt: Math.min(refusal.endsAt, since + HOLD_MS) }]
  }

  /** A refusal that this request would only hear again: it is counted in the window that was full. */
  refusalFor(account: Account, cost: number, now: number): Verdict | undefined {
    return this.#refusals.find((refusal) => isLive(refusal, now) && isFor(refusal, account, cost))
      ?.verdict
  }
}

function isFor({ window, cost }: Refusal, { windows }: Account, asked: number): boolean {
  return window === undefined || (asked >= cost && windows.includes(window))
}

function isLive({ since, endsAt }: Refusal, now: number): boolean {
  return since <= now && now < endsAt
}

/** Over, but whoever was refused then is likely to be refused again. */
function wasFor(refusal: Refusal, account: Account, cost: number, now: number): boolean {
  return isRecent(refusal, now) && isFor(refusal, account, cost)
}

function isRecent({ since }: Refusal, now: number): boolean {
  return since <= now && now < since + 2 * HOLD_MS
}
