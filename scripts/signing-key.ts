import { generateKeyPairSync } from 'node:crypto'

/** A new private JWK (RFC 8037) on one line, as GATEWAY_SIGNING_KEY takes it. */
export function newSigningKey(): string {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return JSON.stringify({ kty, crv, x, d })
}
