import { base64url } from 'jose'

const LONGEST = 64

/** The claims that a token may be named by. */
export interface TokenNames {
  readonly jti?: unknown
  readonly sid?: unknown
  readonly iat?: unknown
}

/**
 * What a token is called where it is revoked: by its `jti`, else by its session, else by the second of its issue. Never
 * by its text, of which one token can have several. A long name is told by its hash: records stay small.
 */
export async function tokenIdFrom({ jti, sid, iat }: TokenNames): Promise<string> {
  const id = isName(jti) ? `j:${jti}` : isName(sid) ? `s:${sid}` : `i:${iat}`
  if (id.length <= LONGEST && id.isWellFormed()) return id
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(id))
  return `h:${base64url.encode(new Uint8Array(digest))}`
}

function isName(claim: unknown): claim is string {
  return typeof claim === 'string' && claim !== ''
}
