import type { Exchange } from '../exchange.ts'
import type { Principal } from '../policy/principal.ts'

/** A remembered token brings the same principal again, and its hash need not be computed anew. */
const hashes = new WeakMap<Principal, string>()

/** Enough to recognise a caller by, not enough to name one. */
export function subjectHashOf({ caller }: Exchange): string | Promise<string> | undefined {
  return caller?.kind === 'user'
    ? (hashes.get(caller.principal) ?? hashOf(caller.principal))
    : undefined
}

async function hashOf(principal: Principal): Promise<string> {
  const bytes = new TextEncoder().encode(`${principal.issuer}|${principal.subject}`)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const hash = digest.slice(0, 8).toHex()
  hashes.set(principal, hash)
  return hash
}
