import type { Issuer } from './issuer.ts'

/** Clocks differ; granted to `nbf` and `iat`, never to `exp`. */
const TOLERANCE_SECONDS = 5

/** OpenID Connect Core 1.0, sections 2 and 3.1.3.6: what tells the client's proof of a login from a key to an API. */
const OF_ID_TOKENS = ['nonce', 'at_hash']

/** A claim set with what every token must have. */
export interface Claims {
  readonly sub: string
  /** Unix seconds, both; a fraction is legal (RFC 7519, section 2). */
  readonly iat: number
  readonly exp: number
  readonly [name: string]: unknown
}

export type ClaimsJudgement = { readonly claims: Claims } | { readonly atFault: string }

/** Names the claim for which a signed token is not to be believed. An `exp` that has passed is for the caller to see. */
export function judgeClaims(
  payload: Readonly<Record<string, unknown>>,
  { audience }: Issuer,
  seconds: number,
): ClaimsJudgement {
  const { sub, aud, iat, nbf, exp } = payload
  const latest = seconds + TOLERANCE_SECONDS
  if (!isFor(audience, aud)) return { atFault: 'aud' }
  const foreign = OF_ID_TOKENS.find((name) => Object.hasOwn(payload, name))
  if (foreign) return { atFault: foreign }
  // A lone surrogate is no text that every store and header can carry.
  if (typeof sub !== 'string' || sub === '' || !sub.isWellFormed()) return { atFault: 'sub' }
  if (!isInstant(iat) || iat > latest) return { atFault: 'iat' }
  if (nbf !== undefined && !(isInstant(nbf) && nbf <= latest)) return { atFault: 'nbf' }
  if (!isInstant(exp)) return { atFault: 'exp' }
  return { claims: { ...payload, sub, iat, exp } }
}

/** RFC 7519, section 4.1.3: one text, or a list of nothing but texts. */
function isFor(audience: readonly string[], aud: unknown): boolean {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  return (
    named.every((name) => typeof name === 'string') && named.some((name) => audience.includes(name))
  )
}

// JSON can write what is no number of seconds: 1e400 reads as Infinity.
function isInstant(claim: unknown): claim is number {
  return typeof claim === 'number' && Number.isFinite(claim) && claim >= 0
}
