import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Principal } from '../policy/principal.ts'
import { endOfSecond } from '../policy/subject-change.ts'
import type { SignOut } from '../policy/subject-record.ts'
import { TEN_YEARS_MS } from '../policy/token-revocation.ts'
import type { Ports } from '../ports.ts'
import { type Admission, subjectOf } from './bill.ts'

/**
 * Revokes the caller's tokens where its route says so, before the upstream is asked: whoever signs out is out here,
 * even if the upstream fails or the client does not wait. Without the store nobody is told to be out.
 */
export async function signOut(
  { route, caller }: Admission,
  { records, now }: Pick<Ports, 'records' | 'now'>,
): Promise<Decision<void, 'CACHE_UNAVAILABLE'>> {
  if (!route.revokes || caller.kind !== 'user') return allow()
  const { principal } = caller
  const what =
    route.revokes === 'all' ? { revokeBefore: endOfSecond(now()) } : endOf(principal, now())
  const done = await records.signOut(subjectOf(principal), what, now())
  return done ? allow() : deny('CACHE_UNAVAILABLE')
}

/** The store keeps whole seconds, and no record for ever. */
function endOf({ tokenId, expiresAt }: Principal, now: number): SignOut {
  const latest = Math.floor((now + TEN_YEARS_MS) / 1000)
  return { revoke: { id: tokenId, expiresAt: Math.min(Math.ceil(expiresAt), latest) } }
}
