import type { JWSHeaderParameters } from 'jose'
import type { Issuer } from '../policy/issuer.ts'
import type { SigningKeyLookup, SigningKeys } from '../ports.ts'

/** One key for each issuer that shares a secret with us, imported when first asked for; the others' are published. */
export class SecretKeys implements SigningKeys {
  readonly #published: SigningKeys
  readonly #keys = new Map<string, CryptoKey>()

  constructor(published: SigningKeys) {
    this.#published = published
  }

  async find(issuer: Issuer, header: JWSHeaderParameters): Promise<SigningKeyLookup> {
    const { secret } = issuer
    if (secret === undefined) return this.#published.find(issuer, header)
    const key = await this.#keyOf(issuer.issuer, secret)
    return { kind: 'found', keys: [key], stands: () => true }
  }

  holds(issuer: Issuer, key: CryptoKey): boolean {
    if (issuer.secret === undefined) return this.#published.holds(issuer, key)
    return this.#keys.get(issuer.issuer) === key
  }

  async #keyOf(issuer: string, secret: string): Promise<CryptoKey> {
    const known = this.#keys.get(issuer)
    if (known) return known
    const bytes = new TextEncoder().encode(secret)
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const imported = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify'])
    // Of two requests that both were the first, one's key is everybody's.
    const key = this.#keys.get(issuer) ?? imported
    this.#keys.set(issuer, key)
    return key
  }
}
