import { errors, type JWTPayload, jwtVerify } from 'jose'
import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Issuer } from '../policy/issuer.ts'
import { type Principal, principalFrom } from '../policy/principal.ts'
import type { Ports } from '../ports.ts'
import type { DecodedToken } from './token.ts'

export type TokenCode = 'INVALID_TOKEN' | 'TOKEN_EXPIRED' | 'EXTERNAL_SERVICE_UNAVAILABLE'

/** Clocks differ; granted to `nbf` and `iat`, never to `exp`. */
const TOLERANCE_SECONDS = 5

/** RFC 9068 names at+jwt; Auth0's default profile writes JWT, many write nothing. */
const ACCESS_TOKEN_TYPE = /^(?:application\/)?(?:at\+)?jwt$/i

/** Believes a token after its signature, then its claims. TOKEN_EXPIRED is said only when all else holds. */
export async function verifyToken(
  { text, header, payload }: DecodedToken,
  issuers: readonly Issuer[],
  { signingKeys, now }: Pick<Ports, 'signingKeys' | 'now'>,
): Promise<Decision<Principal, TokenCode>> {
  const { alg, kid, typ } = header
  const issuer = issuers.find((known) => known.issuer === payload.iss)
  if (!issuer) return invalid('issuer')
  if (typeof alg !== 'string' || !issuer.algorithms.includes(alg)) return invalid('algorithm')
  if (kid !== undefined && typeof kid !== 'string') return invalid('kid')
  if (typ !== undefined && !(typeof typ === 'string' && ACCESS_TOKEN_TYPE.test(typ))) {
    return invalid('typ')
  }

  const lookup = await signingKeys.find(issuer, { alg, ...(kid !== undefined && { kid }) })
  if (lookup.kind === 'unavailable') return deny('EXTERNAL_SERVICE_UNAVAILABLE')
  if (lookup.kind === 'unknown') return invalid('key')

  const seconds = now() / 1000
  for (const key of lookup.keys) {
    const verified = await claimsVerifiedBy(key, text, issuer, seconds)
    if (verified.claims) return judge(verified.claims, issuer, seconds)
    if (verified.failed !== undefined) return invalid(verified.failed)
  }
  return invalid('signature')
}

async function judge(
  claims: JWTPayload,
  issuer: Issuer,
  seconds: number,
): Promise<Decision<Principal, TokenCode>> {
  const { sub, iat, exp } = claims
  // A lone surrogate is no text that every store and header can carry.
  if (typeof sub !== 'string' || sub === '' || !sub.isWellFormed()) return invalid('sub')
  if (!isInstant(iat) || iat > seconds + TOLERANCE_SECONDS) return invalid('iat')
  if (!isInstant(exp)) return invalid('exp')
  return exp <= seconds ? deny('TOKEN_EXPIRED') : allow(await principalFrom(claims, issuer))
}

/** Neither: this key did not sign it, or cannot verify at all; the next one may. */
interface Verified {
  readonly claims?: JWTPayload
  readonly failed?: string
}

/** The claims of a token that this key signed and whose issuer, audience and `nbf` hold, expired or not. */
async function claimsVerifiedBy(
  key: CryptoKey,
  token: string,
  issuer: Issuer,
  seconds: number,
): Promise<Verified> {
  try {
    const { payload } = await jwtVerify(token, key, {
      issuer: issuer.issuer,
      audience: [...issuer.audience],
      algorithms: [...issuer.algorithms],
      requiredClaims: ['sub', 'iat', 'exp'],
      currentDate: new Date(seconds * 1000),
      clockTolerance: TOLERANCE_SECONDS,
    })
    return { claims: payload }
  } catch (error) {
    // jose looks at `exp` last: whoever gets here has passed every other check of its.
    if (error instanceof errors.JWTExpired) return { claims: error.payload }
    if (error instanceof errors.JWTClaimValidationFailed) return { failed: error.claim }
    // A key too short or of the wrong kind is a TypeError.
    const otherKey = error instanceof errors.JWSSignatureVerificationFailed
    return otherKey || !(error instanceof errors.JOSEError) ? {} : { failed: error.code }
  }
}

function invalid(cause: string) {
  return { ...deny('INVALID_TOKEN'), cause }
}

function isInstant(claim: unknown): claim is number {
  return typeof claim === 'number' && Number.isFinite(claim) && claim >= 0
}
