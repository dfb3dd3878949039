import {
  type Account,
  type Charge,
  needsStore,
  type TokenHolder,
  type Verdict,
} from '../policy/charge.ts'
import type { Log, Subjects } from '../ports.ts'
import { IsolateSubjects } from './isolate-subjects.ts'
import { reasonOf } from './upstash-client.ts'
import { ofRevoked } from './verdict.ts'

/**
 * What an isolate grants of each limit while the store is away. A subject is rarely seen by more than four isolates
 * at once; with n of them, an outage admits at most n quarters of the limit in a window.
 */
const OUTAGE_SHARE = 0.25

/** So many failures in a row, and requests stop waiting for the store. */
const FAILURES_BEFORE_REST = 3

/** How often one request's charge goes to the store to see whether it is back, in the background. */
const PROBE_EVERY_MS = 1_000

interface Counter {
  recall(account: Account, cost: number, now: number): Verdict | undefined
  isRevoked(account: TokenHolder, now: number): boolean
  charge(charge: Charge): Promise<Verdict>
}

/** Asks the store, and counts in the isolate when it does not answer. */
export class SubjectsWithFallback implements Subjects {
  readonly #store: Counter
  readonly #log: Log
  readonly #background: (work: Promise<unknown>) => void
  #isolate = new IsolateSubjects(OUTAGE_SHARE)
  #failures = 0
  #nextProbeAt = 0

  constructor(store: Counter, log: Log, background: (work: Promise<unknown>) => void) {
    this.#store = store
    this.#log = log
    this.#background = background
  }

  recall(account: Account, cost: number, now: number): Verdict | undefined {
    return this.#store.recall(account, cost, now)
  }

  isRevoked(account: TokenHolder, now: number): boolean {
    return this.#store.isRevoked(account, now)
  }

  async charge(charge: Charge): Promise<Verdict> {
    if (this.#failures < FAILURES_BEFORE_REST) {
      return (await this.#ask(charge)) ?? this.#inIsolate(charge)
    }
    const untilProbe = this.#nextProbeAt - charge.now
    // Longer than it was ever set to: the clock went back.
    if (untilProbe <= 0 || untilProbe > PROBE_EVERY_MS) {
      this.#nextProbeAt = charge.now + PROBE_EVERY_MS
      // The probe is this request's own charge: what the outage admits is counted as far as it can be.
      this.#background(this.#ask(charge))
    }
    return this.#inIsolate(charge)
  }

  /** What only the store may count is going to be refused, and so costs nothing. */
  async #inIsolate(charge: Charge): Promise<Verdict> {
    const { caller, ...alone } = needsStore(charge) ? { ...charge, cost: 0 } : charge
    if (!caller || !this.#store.isRevoked(caller, charge.now)) {
      return this.#isolate.charge({ ...alone, ...(caller && { caller }) })
    }
    return ofRevoked(await this.#isolate.charge(alone))
  }

  /** Undefined: the store is away. Its error's text quotes keys, so only its kind is logged. */
  async #ask(charge: Charge): Promise<Verdict | undefined> {
    try {
      const verdict = await this.#store.charge(charge)
      // Leases and remembered refusals say nothing about the store.
      if (this.#failures > 0 && verdict.source === 'store') this.#recovered()
      return verdict
    } catch (error) {
      this.#failures += 1
      this.#nextProbeAt = charge.now + PROBE_EVERY_MS
      if (this.#failures === FAILURES_BEFORE_REST) {
        this.#log.write({ event: 'store.away', reason: reasonOf(error) })
      }
      return undefined
    }
  }

  #recovered() {
    if (this.#failures >= FAILURES_BEFORE_REST) {
      this.#log.write({ event: 'store.back' })
      // Counts of one outage must not be held against anyone in the next. A store that fails now and then has no outage
      // to end: its failures together stay within the isolate's share.
      this.#isolate = new IsolateSubjects(OUTAGE_SHARE)
    }
    this.#failures = 0
  }
}
