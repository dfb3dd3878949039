import * as v from 'valibot'
import { holdsCredential } from './credential-shape.ts'
import type { RevokedToken } from './subject-record.ts'
import { type TokenNames, tokenIdFrom } from './token-id.ts'

/** As good as for ever. */
export const TEN_YEARS_MS = 3_650 * 86_400_000

const TEXT = 'must be text'
const INSTANT = 'must be the number that stands in the token'

const CREDENTIAL = 'is a credential; a token is named by its claims'

const name = v.pipe(
  v.string(TEXT),
  v.nonEmpty(TEXT),
  v.check((text) => !holdsCredential(text), CREDENTIAL),
)

const instant = v.pipe(v.number(INSTANT), v.finite(INSTANT))

/** The claims of the token to be revoked, as they stand in it. */
export const TokenClaims = v.object(
  {
    jti: v.exactOptional(name),
    sid: v.exactOptional(name),
    iat: v.exactOptional(instant),
    exp: instant,
  },
  "must be the token's exp and its jti, else its sid, else its iat",
)

type TokenClaims = v.InferOutput<typeof TokenClaims>

/** What is wrong with a revocation, whether or not each claim is well formed. */
export function doubtsAboutToken(
  { jti, sid, iat, exp }: TokenNames & { readonly exp?: unknown },
  subject: string,
  now: number,
): string[] {
  const problems: string[] = []
  if (!subject.startsWith('user:')) problems.push('revokeToken: only a user has tokens to revoke')
  if (jti === undefined && sid === undefined && iat === undefined) {
    problems.push('revokeToken: needs jti, sid or iat')
  }
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return problems
  if (exp * 1000 <= now) problems.push('revokeToken.exp: is in the past')
  if (exp * 1000 > now + TEN_YEARS_MS) problems.push('revokeToken.exp: is too far away')
  return problems
}

/** In whole seconds, or the token would be good again in the fraction. */
export async function revokedTokenFrom(claims: TokenClaims): Promise<RevokedToken> {
  return { id: await tokenIdFrom(claims), expiresAt: Math.ceil(claims.exp) }
}
