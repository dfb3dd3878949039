import { CompactSign, exportJWK, generateKeyPair } from 'jose'

export const ISSUER = 'https://issuer.test/'
export const AUDIENCE = 'https://api.cloudtolocalllm.online'
export const JWKS_URL = `${ISSUER}.well-known/jwks.json`

export interface TokenOptions {
  readonly subject?: string
  readonly tier?: 'free' | 'premium' | 'enterprise'
  readonly roles?: readonly string[]
  readonly permissions?: readonly string[]
  readonly header?: Readonly<Record<string, unknown>>
  /** Laid over the rest; `undefined` leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>
}

export function base64urlOf(data: string | ArrayBuffer | Uint8Array): string {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
}

/** An issuer in memory: real ES256 keys, a real key set, tokens as its clients get them. */
export async function testIssuer(now: () => number) {
  let { privateKey, publicKey } = await generateKeyPair('ES256')
  let kid = 'key-1'
  let generation = 1
  const issuer = {
    async mint({
      subject = 'auth0|alice',
      tier,
      roles,
      permissions,
      header,
      claims,
    }: TokenOptions = {}) {
      const seconds = Math.floor(now() / 1000)
      const payload = {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: subject,
        iat: seconds,
        exp: seconds + 3_600,
        'https://cloudtolocalllm.com/tier': tier,
        'https://cloudtolocalllm.online/roles': roles,
        permissions,
        ...claims,
      }
      return issuer.sign(JSON.stringify(payload), header)
    },
    /** A token of just this payload, which need not be a sensible one. */
    sign(payload: string, header: TokenOptions['header'] = {}) {
      return new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT', ...header })
        .sign(privateKey)
    },
    /** Signs a header and a payload as they are written, however odd. */
    async seal(header: string, payload: string) {
      const input = `${base64urlOf(header)}.${base64urlOf(payload)}`
      const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
      const bytes = new TextEncoder().encode(input)
      return `${input}.${base64urlOf(await crypto.subtle.sign(algorithm, privateKey, bytes))}`
    },
    async keySet() {
      return { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] }
    },
    async rotate() {
      const pair = await generateKeyPair('ES256')
      privateKey = pair.privateKey
      publicKey = pair.publicKey
      generation += 1
      kid = `key-${generation}`
    },
  }
  return issuer
}
