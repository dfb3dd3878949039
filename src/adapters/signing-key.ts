import { importJWK, type JWSHeaderParameters } from 'jose'
import { algorithmsOf, type Flaw, type SigningJwk, signingJwkFrom } from './signing-jwk.ts'

/** RFC 7518, section 3.3: shorter ones must not be used. */
const MIN_RSA_BITS = 2048

/** One key of an issuer, imported once for each algorithm that it is asked for. */
export class SigningKey {
  readonly jwk: SigningJwk
  /** Equal for equal keys. */
  readonly text: string
  readonly #imported = new Map<string, CryptoKey>()

  private constructor(jwk: SigningJwk, text: string) {
    this.jwk = jwk
    this.text = text
  }

  /** The known key that is meant, a new one that can verify, or why there is none. */
  static async from(
    member: unknown,
    known: ReadonlyMap<string, SigningKey>,
  ): Promise<SigningKey | Flaw> {
    const jwk = signingJwkFrom(member)
    if (typeof jwk === 'string') return jwk
    const text = JSON.stringify(jwk)
    const same = known.get(text)
    if (same) return same
    const key = new SigningKey(jwk, text)
    // Imported before it is believed: a number that is no key must not push out one that is.
    const imported = await key.for(algorithmsOf(jwk)[0] ?? '')
    if (!imported) return 'unreadable'
    return isWeak(imported) ? 'weak' : key
  }

  fits({ alg, kid }: JWSHeaderParameters): boolean {
    return (
      alg !== undefined &&
      algorithmsOf(this.jwk).includes(alg) &&
      (kid === undefined || kid === this.jwk.kid)
    )
  }

  async for(algorithm: string): Promise<CryptoKey | undefined> {
    const known = this.#imported.get(algorithm)
    if (known) return known
    // jose's error says only that it is none.
    const imported = await importJWK(this.jwk, algorithm).catch(() => undefined)
    if (!(imported instanceof CryptoKey)) return undefined
    // Another request may have been quicker; both must hold the same key.
    const first = this.#imported.get(algorithm) ?? imported
    this.#imported.set(algorithm, first)
    return first
  }

  has(key: CryptoKey): boolean {
    return this.#imported.values().some((imported) => imported === key)
  }
}

function isWeak({ algorithm }: CryptoKey): boolean {
  return 'modulusLength' in algorithm && Number(algorithm.modulusLength) < MIN_RSA_BITS
}
