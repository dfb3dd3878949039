/** Who signs tokens, and how they are to be read. */
export interface Issuer {
  /** Compared with the `iss` claim exactly, trailing slash included. */
  readonly issuer: string
  readonly audience: readonly string[]
  /** Absent: found by OIDC discovery. */
  readonly jwksUrl?: string
  readonly algorithms: readonly string[]
  /** Shared with the issuer, who signs with it by HS256 alone and publishes no keys. */
  readonly secret?: string
  readonly claims: ClaimNames
}

/** Where a claim set keeps what we need. A name is looked up whole, then along its dots. */
export interface ClaimNames {
  readonly tier: readonly string[]
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
}
