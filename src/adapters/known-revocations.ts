import type { TokenHolder } from '../policy/charge.ts'
import { HOLD_MS } from './lease.ts'
import { REVOKED_BEYOND_MS } from './subject-script.ts'

/** What the store says is revoked of one subject. */
export interface Revoked {
  /** Unix seconds; 0: nothing. */
  readonly notBefore: number
  /** When each revoked token ends (Unix seconds), by its id. */
  readonly tokens: ReadonlyMap<string, number>
}

/** As it is of most. */
export const NOTHING_REVOKED: Revoked = { notBefore: 0, tokens: new Map() }

export function isNothing({ notBefore, tokens }: Revoked): boolean {
  return notBefore === 0 && tokens.size === 0
}

/** What an isolate has heard of a subject's revoked tokens. It is kept while the store is away. */
export class KnownRevocations {
  #known = NOTHING_REVOKED
  #askedAt = Number.NEGATIVE_INFINITY
  #heardAt = Number.NEGATIVE_INFINITY

  /** Answers come in any order: only one that was asked for after the last had come is surely the newer. */
  hear(said: Revoked, askedAt: number, now: number): void {
    const { notBefore, tokens } = this.#known
    if (askedAt > this.#heardAt) {
      this.#known = said
      this.#askedAt = askedAt
    } else {
      this.#known = {
        notBefore: Math.max(notBefore, said.notBefore),
        tokens: new Map([...tokens, ...said.tokens]),
      }
    }
    this.#heardAt = now
  }

  /** Whether it was asked for so lately that asking again would bring nothing new. */
  areRecent(now: number): boolean {
    return this.#askedAt <= now && now < this.#askedAt + HOLD_MS
  }

  revokes({ issuedAt, tokenId }: TokenHolder, now: number): boolean {
    const { notBefore, tokens } = this.#known
    if (issuedAt !== undefined && issuedAt < notBefore) return true
    const endsAt = tokenId === undefined ? undefined : tokens.get(tokenId)
    return endsAt !== undefined && endsAt * 1000 + REVOKED_BEYOND_MS > now
  }
}
