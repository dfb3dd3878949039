import type { Revocations } from '../policy/revocations.ts'
import type { SubjectRecords } from '../ports.ts'

/** With twice our patience and the store's time-out on top still under the 30 s that a revocation may take. */
const INTERVAL_MS = 20_000
/** Whoever asked may have ended meanwhile, and the answer with it. */
const PATIENCE_MS = 3_000

/** What the store said when it was last asked. */
interface Heard {
  readonly askedAt: number
  readonly revocations: ReadonlyMap<string, Revocations>
}

/**
 * One look-up for all sockets of an isolate: whoever's turn comes first asks for everybody. Only what was heard is
 * shared, never a promise: one that was begun for a socket may not settle once that socket has ended.
 */
export class RevocationWatch {
  readonly #records: Pick<SubjectRecords, 'revocations'>
  readonly #now: () => number
  /** When each was last watched. Nobody has to take leave, which a request that is cut off could not. */
  readonly #watched = new Map<string, number>()
  #nextAt = Number.NEGATIVE_INFINITY
  #heard: Heard = { askedAt: Number.NEGATIVE_INFINITY, revocations: new Map() }

  constructor(records: Pick<SubjectRecords, 'revocations'>, now: () => number) {
    this.#records = records
    this.#now = now
  }

  /** Counts these among the watched, and tells in how many milliseconds to call `hear`. */
  watch(subjects: readonly string[]): number {
    const now = this.#now()
    for (const subject of subjects) this.#watched.set(subject, now)
    // Nobody was here for a while, and whoever comes has just been judged.
    if (now - this.#nextAt > INTERVAL_MS) this.#nextAt = now + INTERVAL_MS
    return Math.max(0, this.#nextAt - now)
  }

  /** What the store has said of the watched since that instant. Asks it where it is time to. */
  async hear(since: number): Promise<ReadonlyMap<string, Revocations> | undefined> {
    if (this.#now() >= this.#nextAt) await this.#ask()
    return this.#heard.askedAt > since ? this.#heard.revocations : undefined
  }

  async #ask(): Promise<void> {
    const askedAt = this.#now()
    this.#nextAt = askedAt + PATIENCE_MS
    const revocations = await this.#records.revocations(this.#subjects(askedAt))
    // With the store away nothing is known: who is in stays in, and somebody asks again soon. Perhaps somebody else:
    // how often one request may ask anyone is limited.
    if (!revocations || askedAt < this.#heard.askedAt) return
    this.#heard = { askedAt, revocations }
    this.#nextAt = askedAt + INTERVAL_MS
  }

  #subjects(now: number): string[] {
    for (const [subject, watchedAt] of this.#watched) {
      if (now - watchedAt > 2 * INTERVAL_MS) this.#watched.delete(subject)
    }
    return [...this.#watched.keys()]
  }
}
