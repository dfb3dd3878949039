import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Issuer } from '../policy/issuer.ts'
import type { Principal } from '../policy/principal.ts'
import type { Access } from '../policy/route.ts'
import type { Ports } from '../ports.ts'
import { bearerFrom, decodeToken, malformed } from './token.ts'
import { type TokenCode, verifyToken } from './verify-token.ts'

export type Caller =
  /** `revoked`: the token it came with was once good; nobody else must take it for good now. */
  | { readonly kind: 'anonymous'; readonly revoked?: true }
  | { readonly kind: 'user'; readonly principal: Principal }
  /** An API key is counted by its hash; whether it is valid, only the upstream knows. */
  | { readonly kind: 'key'; readonly hash: string }

export type IdentityCode = 'MISSING_TOKEN' | 'INVALID_TOKEN_FORMAT' | TokenCode

type IdentityPorts = Pick<Ports, 'signingKeys' | 'rememberedTokens' | 'refusedTokens' | 'now'>

const ANONYMOUS: Caller = { kind: 'anonymous' }
const API_KEY = /^ctll_[\w-]{8,256}$/

/** Who is asking? On a public route nobody needs to be: a bad token there makes the caller unknown, not refused. */
export async function identify(
  headers: Headers,
  access: Access,
  issuers: readonly Issuer[],
  ports: IdentityPorts,
): Promise<Decision<Caller, IdentityCode>> {
  const caller = await callerFrom(headers, access, issuers, ports)
  return access === 'public' && !caller.allowed ? allow(ANONYMOUS) : caller
}

async function callerFrom(
  headers: Headers,
  access: Access,
  issuers: readonly Issuer[],
  ports: IdentityPorts,
): Promise<Decision<Caller, IdentityCode>> {
  const authorization = headers.get('Authorization')
  const apiKey = headers.get('X-API-Key')
  // Of two, the upstream might believe the one that was not counted. Where no key is taken, it is not sent on.
  if (access === 'userOrKey' && authorization && apiKey) return malformed('two credentials')
  const credential = authorization ? bearerFrom(authorization) : apiKey
  if (!credential) return authorization ? malformed('scheme') : deny('MISSING_TOKEN')
  if (!authorization || credential.startsWith('ctll_')) {
    if (access !== 'userOrKey' || !API_KEY.test(credential)) return malformed('api key')
    return allow({ kind: 'key', hash: await sha256(credential) })
  }
  const principal = await recognize(credential, issuers, ports)
  return principal.allowed ? allow({ kind: 'user', principal: principal.value }) : principal
}

/** Judges a token, unless this very text was judged a moment ago. */
async function recognize(
  token: string,
  issuers: readonly Issuer[],
  ports: IdentityPorts,
): Promise<Decision<Principal, IdentityCode>> {
  const known = ports.rememberedTokens.get(token)
  if (known) return allow(known)
  const refusal = ports.refusedTokens.get(token)
  if (refusal) return refusal
  const decoded = decodeToken(token)
  if (!decoded.allowed) return decoded
  const verified = await verifyToken(decoded.value, issuers, ports)
  if ('stands' in verified) ports.refusedTokens.set(token, verified)
  if (!verified.allowed) return verified
  ports.rememberedTokens.set(token, verified.value)
  return allow(verified.value.principal)
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return new Uint8Array(digest).toHex()
}
