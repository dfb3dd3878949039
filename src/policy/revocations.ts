/** What ends a subject's tokens before their time. */
export interface Revocations {
  /** Tokens issued before this are revoked; Unix seconds. */
  readonly notBefore?: number
  /** The ids of tokens that are revoked one by one. */
  readonly tokens: readonly string[]
  /** The subject is shut out until then; milliseconds. */
  readonly blockedUntil?: number
}

/** A verified token, as far as a revocation looks at it. */
export interface TokenIdentity {
  /** Unix seconds. */
  readonly issuedAt: number
  readonly tokenId: string
}

export function revokes(
  { notBefore = 0, tokens }: Revocations,
  { issuedAt, tokenId }: TokenIdentity,
): boolean {
  return issuedAt < notBefore || tokens.includes(tokenId)
}
