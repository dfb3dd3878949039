import * as v from 'valibot'
import type { TokenEndpoint } from '../policy/token-endpoint.ts'
import type { ProviderOutcome } from './provider-answer.ts'

const IV_BYTES = 12

/** Under what name an answer is kept for all who present the same token, and how only they can read it. */
export interface Seal {
  readonly id: string
  close(outcome: ProviderOutcome): Promise<string>
  /** Undefined: not sealed by anyone who holds the token and the client's secret. */
  open(sealed: string): Promise<ProviderOutcome | undefined>
}

const Outcome = v.union([
  v.object({
    kind: v.picklist(['refreshed']),
    tokens: v.object({
      accessToken: v.string(),
      expiresIn: v.exactOptional(v.number()),
      refreshToken: v.string(),
    }),
  }),
  v.object({ kind: v.picklist(['refused', 'failed']), cause: v.string() }),
])

/**
 * Name and key are derived from the token apart from each other (RFC 5869): the name tells nothing of the key. The
 * client's secret is the salt, so that whoever reads the store cannot even try a token they have found elsewhere.
 */
export async function sealOf(
  token: string,
  { url, clientId, clientSecret, audience }: TokenEndpoint,
  random: (length: number) => Uint8Array,
): Promise<Seal> {
  const secret = await crypto.subtle.importKey('raw', bytesOf(token), 'HKDF', false, [
    'deriveBits',
    'deriveKey',
  ])
  const derivation = (purpose: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: bytesOf(clientSecret),
    info: bytesOf(JSON.stringify([purpose, url, clientId, audience])),
  })
  const [idBits, key] = await Promise.all([
    crypto.subtle.deriveBits(derivation('id'), secret, 256),
    crypto.subtle.deriveKey(derivation('answer'), secret, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]),
  ])
  return {
    id: new Uint8Array(idBits).toBase64({ alphabet: 'base64url', omitPadding: true }),
    async close(outcome) {
      const iv = new Uint8Array(random(IV_BYTES))
      const text = bytesOf(JSON.stringify(outcome))
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, text)
      return `${iv.toBase64()}.${new Uint8Array(sealed).toBase64()}`
    },
    async open(sealed) {
      try {
        const [iv = '', text = ''] = sealed.split('.')
        const plain = await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: Uint8Array.fromBase64(iv) },
          key,
          Uint8Array.fromBase64(text),
        )
        return v.parse(Outcome, JSON.parse(new TextDecoder().decode(plain)))
      } catch {
        return undefined
      }
    },
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
