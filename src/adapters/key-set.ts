import type { JWSHeaderParameters } from 'jose'
import { KeysFault } from './keys-fault.ts'
import type { Flaw, SigningJwk } from './signing-jwk.ts'
import { SigningKey } from './signing-key.ts'

/** Ten times what any issuer publishes. A token without a `kid` is tried with every key that fits. */
const MAX_KEYS = 100

/** An issuer's keys as they were at one moment, however they came here. */
export class KeySet {
  readonly #keys: readonly SigningKey[]
  /** When the issuer was asked, in milliseconds; a copy keeps it. */
  readonly fetchedAt: number
  /** What was wrong with the members that were left out. */
  readonly flaws: readonly Flaw[]

  private constructor(keys: readonly SigningKey[], fetchedAt: number, flaws: readonly Flaw[]) {
    this.#keys = keys
    this.fetchedAt = fetchedAt
    this.flaws = flaws
  }

  /** Throws a KeysFault where nothing in the document can verify. Keys of the set before remain the same objects. */
  static async from(document: unknown, fetchedAt: number, before?: KeySet): Promise<KeySet> {
    const members = membersOf(document)
    if (members.length > MAX_KEYS) throw new KeysFault('too many keys in the set')
    const known = new Map((before ? before.#keys : []).map((key) => [key.text, key]))
    const read = await Promise.all(members.map((member) => SigningKey.from(member, known)))
    const keys = read.filter((key) => typeof key !== 'string')
    const flaws = [...new Set(read.filter((key) => typeof key === 'string'))].sort()
    if (keys.length > 0) return new KeySet(keys, fetchedAt, flaws)
    throw new KeysFault(['no signing key in the set', ...flaws].join(', '))
  }

  /** All that the header may mean: two keys may share a `kid`, and a token need not name one. */
  async find(header: JWSHeaderParameters): Promise<readonly CryptoKey[]> {
    const fitting = this.#keys.filter((key) => key.fits(header))
    const keys = await Promise.all(fitting.map((key) => key.for(header.alg ?? '')))
    return keys.filter((key) => key !== undefined)
  }

  has(key: CryptoKey): boolean {
    return this.#keys.some((known) => known.has(key))
  }

  get jwks(): readonly SigningJwk[] {
    return this.#keys.map(({ jwk }) => jwk)
  }
}

function membersOf(document: unknown): readonly unknown[] {
  const isSet = typeof document === 'object' && document !== null && 'keys' in document
  return isSet && Array.isArray(document.keys) ? document.keys : []
}
