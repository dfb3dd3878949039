import type { Principal } from '../policy/principal.ts'
import type { RememberedTokens, SigningKeys, VerifiedToken } from '../ports.ts'
import { BoundedBytes } from './bounded-bytes.ts'

const MAX_BYTES = 8 * 1_048_576
/** However long a token lasts, its key is asked for again after this time. */
const MAX_AGE_MS = 5 * 60_000

/** Of a token's text, which is ASCII, one; of its claims, three quarters as many characters, at most two each. */
const BYTES_PER_CHARACTER = 3
/** A role or permission beside its characters: a string's header and its places in lists. */
const BYTES_PER_WORD = 64
/** The place in the map, and the objects. */
const BYTES_PER_ENTRY = 512

interface Entry extends VerifiedToken {
  /** Milliseconds. */
  readonly endsAt: number
  readonly bytes: number
}

/** Tokens verified in this isolate, by their full text. */
export class TokenMemory implements RememberedTokens {
  readonly #entries: BoundedBytes<Entry>
  readonly #signingKeys: Pick<SigningKeys, 'holds'>
  readonly #now: () => number

  constructor(
    signingKeys: Pick<SigningKeys, 'holds'>,
    now: () => number,
    maxBytes: number = MAX_BYTES,
  ) {
    this.#signingKeys = signingKeys
    this.#now = now
    this.#entries = new BoundedBytes(maxBytes)
  }

  get(token: string): Principal | undefined {
    const entry = this.#entries.get(token)
    if (!entry) return undefined
    const { issuer, key, endsAt, principal } = entry
    if (this.#now() < endsAt && this.#signingKeys.holds(issuer, key)) return principal
    this.#entries.delete(token)
    return undefined
  }

  set(token: string, verified: VerifiedToken): void {
    const endsAt = Math.min(verified.principal.expiresAt * 1000, this.#now() + MAX_AGE_MS)
    const bytes = bytesOf(token, verified.principal)
    this.#entries.set(token, { ...verified, endsAt, bytes })
  }
}

/** An upper bound, as nothing in the language tells the true size. */
function bytesOf(token: string, { roles, permissions }: Principal): number {
  const words = roles.length + permissions.length
  return BYTES_PER_ENTRY + BYTES_PER_CHARACTER * token.length + BYTES_PER_WORD * words
}
