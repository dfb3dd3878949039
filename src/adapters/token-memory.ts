import type { Principal } from '../policy/principal.ts'
import type { RememberedTokens, SigningKeys, VerifiedToken } from '../ports.ts'

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

/** Tokens verified in this isolate, by their full text; over its bound it forgets the one used longest ago. */
export class TokenMemory implements RememberedTokens {
  readonly #entries = new Map<string, Entry>()
  readonly #signingKeys: Pick<SigningKeys, 'holds'>
  readonly #now: () => number
  readonly #maxBytes: number
  #bytes = 0

  constructor(
    signingKeys: Pick<SigningKeys, 'holds'>,
    now: () => number,
    maxBytes: number = MAX_BYTES,
  ) {
    this.#signingKeys = signingKeys
    this.#now = now
    this.#maxBytes = maxBytes
  }

  get(token: string): Principal | undefined {
    const entry = this.#entries.get(token)
    if (!entry) return undefined
    this.#forget(token, entry)
    const { issuer, key, endsAt } = entry
    if (this.#now() >= endsAt || !this.#signingKeys.holds(issuer, key)) return undefined
    this.#keep(token, entry)
    return entry.principal
  }

  set(token: string, verified: VerifiedToken): void {
    const known = this.#entries.get(token)
    if (known) this.#forget(token, known)
    const endsAt = Math.min(verified.principal.expiresAt * 1000, this.#now() + MAX_AGE_MS)
    this.#keep(token, { ...verified, endsAt, bytes: bytesOf(token, verified.principal) })
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return
      this.#forget(oldest, entry)
    }
  }

  #keep(token: string, entry: Entry): void {
    this.#entries.set(token, entry)
    this.#bytes += entry.bytes
  }

  #forget(token: string, entry: Entry): void {
    this.#entries.delete(token)
    this.#bytes -= entry.bytes
  }
}

/** An upper bound, as nothing in the language tells the true size. */
function bytesOf(token: string, { roles, permissions }: Principal): number {
  const words = roles.length + permissions.length
  return BYTES_PER_ENTRY + BYTES_PER_CHARACTER * token.length + BYTES_PER_WORD * words
}
