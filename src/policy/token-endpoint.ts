/** Where refresh tokens are exchanged, and as whom. */
export interface TokenEndpoint {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  /** Absent: the provider goes by what the refresh token was issued for. */
  readonly audience?: string
}
