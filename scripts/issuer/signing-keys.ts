import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
} from 'jose'

export const keyAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const
export type KeyAlgorithm = (typeof keyAlgorithms)[number]

interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly publicJwk: JWK
}

type KeySet = Readonly<Record<KeyAlgorithm, SigningKey>>

export interface SigningKeys {
  current(alg: KeyAlgorithm): SigningKey
  /** The current keys and, until they are revoked, those before the last rotation. */
  published(): { readonly keys: readonly JWK[] }
  rotate(): Promise<void>
  revokePrevious(): void
  /** The RSA public key as text: what an attacker of algorithm confusion signs with. */
  publicPem(): Promise<string>
}

export async function createSigningKeys(): Promise<SigningKeys> {
  let current = await newKeySet()
  let previous: KeySet | undefined
  return {
    current: (alg) => current[alg],
    published: () => ({
      keys: [...publicKeys(current), ...(previous ? publicKeys(previous) : [])],
    }),
    rotate: async () => {
      const next = await newKeySet()
      previous = current
      current = next
    },
    revokePrevious: () => {
      previous = undefined
    },
    publicPem: () => exportSPKI(current.RS256.publicKey),
  }
}

async function newKeySet(): Promise<KeySet> {
  const [RS256, ES256, EdDSA] = await Promise.all(keyAlgorithms.map(newSigningKey))
  if (!RS256 || !ES256 || !EdDSA) throw new Error('a signing key is missing')
  return { RS256, ES256, EdDSA }
}

async function newSigningKey(alg: KeyAlgorithm): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { kid, privateKey, publicKey, publicJwk: { ...jwk, kid, alg, use: 'sig' } }
}

function publicKeys(set: KeySet): readonly JWK[] {
  return keyAlgorithms.map((alg) => set[alg].publicJwk)
}
