import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose'

/** A key of any algorithm with its public half as an issuer would publish it. */
export async function newSigner(alg: string, kid = `${alg}-1`) {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, use: 'sig' }
  return {
    jwk,
    sign: (claims: object, header: Readonly<Record<string, unknown>> = {}) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey),
  }
}

/** What anybody can sign who knows, or believes to know, a secret. */
export function signWithSecret(
  secret: string | Uint8Array,
  claims: object,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const key = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(key)
}
