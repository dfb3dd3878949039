import { randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import type { SigningKeys } from './signing-keys.ts'
import type { TokenOptions } from './token-options.ts'

export const defaultAudience = 'https://api.cloudtolocalllm.online'

export async function mint(
  keys: SigningKeys,
  issuer: string,
  options: TokenOptions,
): Promise<string> {
  const claims = claimsFrom(issuer, options)
  const { alg = 'RS256', typ = 'JWT' } = options
  if (alg === 'none') return new UnsecuredJWT(claims).encode()

  const key = keys.current(alg === 'HS256' ? 'RS256' : alg)
  const secret = alg === 'HS256' ? new TextEncoder().encode(await keys.publicPem()) : key.privateKey
  const header = { alg, typ, kid: options.kid ?? key.kid }
  return new SignJWT(claims).setProtectedHeader(header).sign(secret)
}

function claimsFrom(issuer: string, options: TokenOptions): JWTPayload {
  const issuedAt = options.issuedAt ?? Math.floor(Date.now() / 1000)
  return {
    iss: issuer,
    sub: options.subject ?? 'auth0|local-developer',
    aud: options.audience ?? defaultAudience,
    iat: issuedAt,
    exp: issuedAt + (options.expiresInSeconds ?? 3600),
    // Two tokens of one second must differ in their text, as a real tenant's do.
    jti: randomUUID(),
    ...(options.notBefore !== undefined && { nbf: options.notBefore }),
    ...(options.tier && { 'https://cloudtolocalllm.com/tier': options.tier }),
    // The tenant's roles live under .online while its tier lives under .com.
    ...(options.roles && { 'https://cloudtolocalllm.online/roles': options.roles }),
    ...(options.permissions && { permissions: options.permissions }),
    ...options.claims,
  }
}
