import { compactVerify } from 'jose'
import { allow, type Decision, deny } from '../contract/decision.ts'
import { judgeClaims } from '../policy/claims.ts'
import type { Issuer } from '../policy/issuer.ts'
import { principalFrom } from '../policy/principal.ts'
import type { LastingRefusal, Ports, VerifiedToken } from '../ports.ts'
import { type DecodedToken, invalid } from './token.ts'

export type TokenCode = 'INVALID_TOKEN' | 'TOKEN_EXPIRED' | 'EXTERNAL_SERVICE_UNAVAILABLE'

/** RFC 9068 names at+jwt; Auth0's default profile writes JWT, many write nothing. */
const ACCESS_TOKEN_TYPE = /^(?:application\/)?(?:at\+)?jwt$/i

/** Whose time may only have to come. */
const EARLY = ['iat', 'nbf']

/** Believes a token after its signature, then its claims. TOKEN_EXPIRED is said only when all else holds. */
export async function verifyToken(
  { text, header, payload }: DecodedToken,
  issuers: readonly Issuer[],
  { signingKeys, now }: Pick<Ports, 'signingKeys' | 'now'>,
): Promise<Decision<VerifiedToken, TokenCode> | LastingRefusal> {
  const { alg, kid, typ, crit, b64 } = header
  const issuer = issuers.find((known) => known.issuer === payload.iss)
  if (!issuer) return invalid('issuer')
  if (typeof alg !== 'string' || !issuer.algorithms.includes(alg)) return invalid('algorithm')
  if (kid !== undefined && typeof kid !== 'string') return invalid('kid')
  if (typ !== undefined && !(typeof typ === 'string' && ACCESS_TOKEN_TYPE.test(typ))) {
    return invalid('typ')
  }
  // We know no extension, and an unencoded payload makes no JWT (RFC 7797, section 7).
  if (crit !== undefined || b64 !== undefined) return invalid('crit')

  const lookup = await signingKeys.find(issuer, { alg, ...(kid !== undefined && { kid }) })
  if (lookup.kind === 'unavailable') return deny('EXTERNAL_SERVICE_UNAVAILABLE')
  const { stands } = lookup
  if (lookup.kind === 'unknown') return { ...invalid('key'), stands }
  const key = await signerOf(text, alg, lookup.keys)
  if (!key) return { ...invalid('signature'), stands }

  const seconds = now() / 1000
  const judgement = judgeClaims(payload, issuer, seconds)
  if ('atFault' in judgement) {
    const refusal = invalid(judgement.atFault)
    return EARLY.includes(judgement.atFault) ? refusal : { ...refusal, stands }
  }
  const { claims } = judgement
  if (claims.exp <= seconds) return { ...deny('TOKEN_EXPIRED'), stands }
  return allow({ principal: await principalFrom(claims, issuer), issuer, key })
}

/** The key that signed this text. One that cannot verify at all, too short or of another kind, did not. */
async function signerOf(
  text: string,
  alg: string,
  keys: readonly CryptoKey[],
): Promise<CryptoKey | undefined> {
  for (const key of keys) {
    const verified = await compactVerify(text, key, { algorithms: [alg] }).catch(() => undefined)
    if (verified) return key
  }
  return undefined
}
