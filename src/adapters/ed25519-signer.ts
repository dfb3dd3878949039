import type { OwnKeys } from '../policy/own-keys.ts'
import type { Log, PublicKey, Signer } from '../ports.ts'

const ED25519 = { name: 'Ed25519' }
const UNPADDED = { alphabet: 'base64url', omitPadding: true } as const

/** Ready to sign: the first part of every assertion, and the key. */
interface Pen {
  readonly header: string
  readonly key: CryptoKey
}

/** Signs with the first of the gateway's own keys. */
export class Ed25519Signer implements Signer {
  readonly #keys: OwnKeys
  readonly #log: Log
  #pen: Pen | 'broken' | undefined

  constructor(keys: OwnKeys, log: Log) {
    this.#keys = keys
    this.#log = log
  }

  /** A compact JWS (RFC 7515, section 3.1). */
  async sign(claims: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    this.#pen ??= await this.#prepare()
    if (this.#pen === 'broken') return undefined
    const { header, key } = this.#pen
    const content = `${header}.${base64url(bytesOf(JSON.stringify(claims)))}`
    const signature = await crypto.subtle.sign(ED25519, key, bytesOf(content))
    return `${content}.${base64url(new Uint8Array(signature))}`
  }

  publicKeys(): Promise<readonly PublicKey[]> {
    return Promise.all(this.#keys.published.map(publicKeyFrom))
  }

  async #prepare(): Promise<Pen | 'broken'> {
    const { x, d } = this.#keys.pair
    const key = await importKey({ x, d }, 'sign')
    if (!(key && (await belongTogether(key, await importKey({ x }, 'verify'))))) {
      const problems = ['GATEWAY_SIGNING_KEY: x is not the public half of d']
      this.#log.write({ event: 'configuration.invalid', problems })
      return 'broken'
    }
    const { kid } = await publicKeyFrom(x)
    // A type of its own: no token of any issuer can stand in for an assertion (RFC 8725, section 3.11).
    const header = { alg: 'EdDSA', typ: 'gateway+jwt', kid }
    return { header: base64url(bytesOf(JSON.stringify(header))), key }
  }
}

async function importKey(
  halves: { readonly x: string; readonly d?: string },
  use: 'sign' | 'verify',
): Promise<CryptoKey | undefined> {
  const jwk = { kty: 'OKP', crv: 'Ed25519', ...halves }
  // Refused: a public half that is no point of the curve.
  return crypto.subtle.importKey('jwk', jwk, ED25519, false, [use]).catch(() => undefined)
}

// The runtime takes `d` and does not compare `x` with it; the upstream would refuse everything.
async function belongTogether(key: CryptoKey, published: CryptoKey | undefined): Promise<boolean> {
  if (!published) return false
  const sample = bytesOf('GATEWAY_SIGNING_KEY')
  const signature = await crypto.subtle.sign(ED25519, key, sample)
  return crypto.subtle.verify(ED25519, published, signature, sample)
}

/** Named by its thumbprint: RFC 7638, section 3, with the members of RFC 8037, section 2. */
async function publicKeyFrom(x: string): Promise<PublicKey> {
  const jwk = { crv: 'Ed25519', kty: 'OKP', x } as const
  const digest = await crypto.subtle.digest('SHA-256', bytesOf(JSON.stringify(jwk)))
  return { ...jwk, kid: base64url(new Uint8Array(digest)), alg: 'EdDSA', use: 'sig' }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64(UNPADDED)
}
