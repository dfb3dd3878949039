import type { LastingRefusal, RefusedTokens } from '../ports.ts'
import { BoundedBytes } from './bounded-bytes.ts'

/** Apart from the good tokens' room: no flood of bad ones pushes out one of those. */
const MAX_BYTES = 1_048_576
/** A secret shared with the issuer stands for good. */
const MAX_AGE_MS = 5 * 60_000

/** The place in the map, and the objects. */
const BYTES_PER_ENTRY = 512

interface Entry {
  readonly refusal: LastingRefusal
  /** Milliseconds, both. */
  readonly refusedAt: number
  readonly endsAt: number
  readonly bytes: number
}

/** Tokens refused in this isolate, by their full text. */
export class RefusalMemory implements RefusedTokens {
  readonly #entries: BoundedBytes<Entry>
  readonly #now: () => number

  constructor(now: () => number, maxBytes: number = MAX_BYTES) {
    this.#now = now
    this.#entries = new BoundedBytes(maxBytes)
  }

  get(token: string): LastingRefusal | undefined {
    const entry = this.#entries.get(token)
    if (!entry) return undefined
    const { refusal, refusedAt, endsAt } = entry
    const now = this.#now()
    // A clock that was put back may make an expired token good again.
    if (now >= refusedAt && now < endsAt && refusal.stands()) return refusal
    this.#entries.delete(token)
    return undefined
  }

  set(token: string, refusal: LastingRefusal): void {
    const refusedAt = this.#now()
    const endsAt = refusedAt + MAX_AGE_MS
    // What was decoded is ASCII: a byte a character.
    const bytes = BYTES_PER_ENTRY + token.length
    this.#entries.set(token, { refusal, refusedAt, endsAt, bytes })
  }
}
