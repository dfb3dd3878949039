import type { JWSHeaderParameters } from 'jose'
import { algorithmsOf, type Flaw, type SigningJwk, signingJwkFrom } from './signing-jwk.ts'

/** RFC 7518, section 3.3: shorter ones must not be used. */
const MIN_RSA_BITS = 2048

/** One key of an issuer, imported once for each algorithm that it is asked for. */
export class SigningKey {
  readonly jwk: SigningJwk
  /** Equal for equal keys. */
  readonly text: string
  readonly #algorithms: readonly string[]
  readonly #imported = new Map<string, CryptoKey>()

  private constructor(jwk: SigningJwk, text: string) {
    this.jwk = jwk
    this.text = text
    this.#algorithms = algorithmsOf(jwk)
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
    const imported = await key.for(key.#algorithms[0] ?? '')
    if (!imported) return 'unreadable'
    return isWeak(imported) ? 'weak' : key
  }

  fits({ alg, kid }: JWSHeaderParameters): boolean {
    return (
      alg !== undefined &&
      this.#algorithms.includes(alg) &&
      (kid === undefined || kid === this.jwk.kid)
    )
  }

  async for(algorithm: string): Promise<CryptoKey | undefined> {
    const known = this.#imported.get(algorithm)
    if (known) return known
    const imported = await importedFor(algorithm, this.jwk)
    if (!imported) return undefined
    // Another request may have been quicker; both must hold the same key.
    const first = this.#imported.get(algorithm) ?? imported
    this.#imported.set(algorithm, first)
    return first
  }

  has(key: CryptoKey): boolean {
    return this.#imported.values().some((imported) => imported === key)
  }
}

/** Undefined: the platform can make no key of it. */
function importedFor(
  algorithm: string,
  { alg: _, kid: __, ...jwk }: SigningJwk,
): Promise<CryptoKey | undefined> {
  const usage = usageOf(algorithm, jwk.crv)
  return crypto.subtle.importKey('jwk', jwk, usage, false, ['verify']).catch(() => undefined)
}

function usageOf(algorithm: string, curve = '') {
  const hash = `SHA-${algorithm.slice(2)}`
  switch (algorithm.slice(0, 2)) {
    case 'RS':
      return { name: 'RSASSA-PKCS1-v1_5', hash }
    case 'PS':
      return { name: 'RSA-PSS', hash }
    case 'ES':
      return { name: 'ECDSA', namedCurve: curve }
    default:
      return { name: 'Ed25519' }
  }
}

function isWeak({ algorithm }: CryptoKey): boolean {
  return 'modulusLength' in algorithm && Number(algorithm.modulusLength) < MIN_RSA_BITS
}
