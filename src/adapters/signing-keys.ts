import type { JWSHeaderParameters } from 'jose'
import type { Issuer } from '../policy/issuer.ts'
import type { SigningKeyLookup, SigningKeys, Stands } from '../ports.ts'
import { MAX_AGE_SECONDS } from './key-copies.ts'
import type { KeySet } from './key-set.ts'
import { KeySources, type Sources } from './key-sources.ts'
import { SharedWork } from './shared-work.ts'

/** A set is used as it is up to here; up to the next it is used and refreshed in the background. */
const FRESH_MS = 5 * 60_000
/** From here on it is refreshed first, and used only when the issuer fails. */
const STALE_MS = 15 * 60_000
/** An unknown `kid` asks the issuer again when the set is older: at most five times a minute. */
const NEW_MS = 12_000
/** How soon a source that had nothing is asked again, when there is no set to go on with. */
const RETRY_MS = 1_000
/** So long after a failure, whoever has a set does not wait for the issuer: it is asked in the background. */
const FAILING_MS = 60_000
/** A failure that took longer will take as long again: nobody waits for it twice, set or no set. */
const SLOW_MS = 1_000

interface Outside extends Sources {
  readonly background: (work: Promise<unknown>) => void
  readonly wait: (milliseconds: number) => Promise<void>
}

/** Each issuer's keys: those in the isolate, else a copy, else what the issuer says; and how old each may be. */
export class IssuerKeys implements SigningKeys {
  readonly #now: () => number
  readonly #background: (work: Promise<unknown>) => void
  readonly #sources: KeySources
  readonly #work: SharedWork
  readonly #sets = new Map<string, KeySet>()
  readonly #begunAt = new Map<string, number>()
  readonly #failedAt = new Map<string, number>()
  readonly #slowAt = new Map<string, number>()

  constructor(outside: Outside) {
    this.#now = outside.now
    this.#background = outside.background
    this.#sources = new KeySources(outside)
    this.#work = new SharedWork(outside.wait, outside.background)
  }

  async find(issuer: Issuer, header: JWSHeaderParameters): Promise<SigningKeyLookup> {
    const set = await this.#current(issuer)
    if (!set) return { kind: 'unavailable' }
    const keys = await set.find(header)
    if (keys.length > 0) return this.#found(issuer, set, keys)
    // The key may have been rotated in since; but a flood of made-up `kid`s must not become one of fetches.
    if (this.#age(set) <= NEW_MS) return this.#unknown(issuer, set)
    await this.#ask(issuer)
    // An issuer that fails here may have told another isolate.
    if (this.#age(this.#held(issuer)) > NEW_MS) await this.#recall(issuer, NEW_MS)
    const newer = this.#held(issuer)
    if (!newer) return { kind: 'unavailable' }
    const rotatedIn = await newer.find(header)
    if (rotatedIn.length > 0) return this.#found(issuer, newer, rotatedIn)
    return this.#age(newer) <= NEW_MS ? this.#unknown(issuer, newer) : { kind: 'unavailable' }
  }

  holds({ issuer }: Issuer, key: CryptoKey): boolean {
    const set = this.#sets.get(issuer)
    return set?.has(key) === true && this.#age(set) <= STALE_MS
  }

  /** Whether there is a set for each of them, sought if need be. */
  async have(issuers: readonly Issuer[]): Promise<boolean> {
    const sets = await Promise.all(issuers.map((issuer) => this.#current(issuer)))
    return sets.every((set) => set !== undefined)
  }

  #found(issuer: Issuer, set: KeySet, keys: readonly CryptoKey[]): SigningKeyLookup {
    return { kind: 'found', keys, stands: this.#while(set, issuer, FRESH_MS) }
  }

  #unknown(issuer: Issuer, set: KeySet): SigningKeyLookup {
    return { kind: 'unknown', stands: this.#while(set, issuer, NEW_MS) }
  }

  /** As long as this set is in hand and no older than that. One of the same time may be another: clocks go back. */
  #while(known: KeySet, { issuer }: Issuer, ageMs: number): Stands {
    return () => this.#sets.get(issuer) === known && this.#age(known) <= ageMs
  }

  /** The set to go by. */
  async #current(issuer: Issuer): Promise<KeySet | undefined> {
    const isCold = !this.#held(issuer)
    const isSlow = this.#since(this.#slowAt.get(issuer.issuer)) <= FAILING_MS
    if (isCold && !isSlow) await this.#recall(issuer, STALE_MS)
    const set = this.#held(issuer)
    const age = this.#age(set)
    if (age <= FRESH_MS) return set
    if (set ? age <= STALE_MS || this.#isFailing(issuer) : isSlow) {
      // Not with every request: each would be kept alive until another's question is answered.
      const isDue = this.#mayBegin(`refresh ${issuer.issuer}`, issuer)
      if (isDue) this.#background(this.#refresh(issuer))
      return set
    }
    await (isCold ? this.#ask(issuer) : this.#refresh(issuer))
    return this.#held(issuer)
  }

  async #refresh(issuer: Issuer): Promise<void> {
    await this.#recall(issuer, FRESH_MS)
    if (this.#age(this.#held(issuer)) > FRESH_MS) await this.#ask(issuer)
  }

  /** Looks through the copies until the set in hand is young enough. */
  #recall(issuer: Issuer, enoughMs: number): Promise<void> {
    const name = `copies ${enoughMs} ${issuer.issuer}`
    return this.#work.do(name, () =>
      this.#mayBegin(name, issuer) ? this.#readCopies(issuer, enoughMs) : undefined,
    )
  }

  async #readCopies(issuer: Issuer, enoughMs: number): Promise<void> {
    for (const copies of this.#sources.copies) {
      const copy = await this.#sources.copied(issuer, copies, this.#held(issuer))
      if (copy) this.#adopt(issuer, copy)
      if (this.#age(this.#held(issuer)) <= enoughMs) return
    }
  }

  #ask(issuer: Issuer): Promise<void> {
    const name = `issuer ${issuer.issuer}`
    return this.#work.do(name, () =>
      this.#age(this.#held(issuer)) > NEW_MS && this.#mayBegin(name, issuer)
        ? this.#fetch(issuer)
        : undefined,
    )
  }

  async #fetch(issuer: Issuer): Promise<void> {
    const begunAt = this.#now()
    const set = await this.#sources.published(issuer, this.#held(issuer))
    if (!set) {
      const failedAt = this.#now()
      this.#failedAt.set(issuer.issuer, failedAt)
      if (failedAt - begunAt > SLOW_MS) this.#slowAt.set(issuer.issuer, failedAt)
      return
    }
    this.#failedAt.delete(issuer.issuer)
    this.#slowAt.delete(issuer.issuer)
    this.#adopt(issuer, set)
    this.#background(this.#sources.keep(issuer, set))
  }

  /** A copy, or an answer that was long under way, never takes the place of a younger set. */
  #adopt(issuer: Issuer, set: KeySet): void {
    if (this.#age(set) < this.#age(this.#sets.get(issuer.issuer)))
      this.#sets.set(issuer.issuer, set)
  }

  #mayBegin(name: string, issuer: Issuer): boolean {
    const pause = this.#held(issuer) ? NEW_MS : RETRY_MS
    if (this.#since(this.#begunAt.get(name)) <= pause) return false
    this.#begunAt.set(name, this.#now())
    return true
  }

  #held({ issuer }: Issuer): KeySet | undefined {
    const set = this.#sets.get(issuer)
    return this.#age(set) <= MAX_AGE_SECONDS * 1000 ? set : undefined
  }

  #isFailing({ issuer }: Issuer): boolean {
    return this.#since(this.#failedAt.get(issuer)) <= FAILING_MS
  }

  #age(set: KeySet | undefined): number {
    return this.#since(set?.fetchedAt)
  }

  /** Infinite where it never was, and where the clock has gone back. */
  #since(instant = Number.POSITIVE_INFINITY): number {
    const elapsed = this.#now() - instant
    return elapsed < 0 ? Number.POSITIVE_INFINITY : elapsed
  }
}
