import { allow, type Decision, deny } from '../contract/decision.ts'
import { BUSY_RETRY_SECONDS, type Charge, needsStore, type Verdict } from '../policy/charge.ts'
import type { LimitCode } from '../policy/limits.ts'

export type MeterCode = LimitCode | 'AUTH_REQUIRED' | 'CACHE_UNAVAILABLE'

/** How long a client waits before it asks a route again whose counts the store must keep. */
const STORE_RETRY_SECONDS = 5

export const BUSY = deny('RATE_LIMIT_EXCEEDED_USER', {
  retryAfter: BUSY_RETRY_SECONDS,
  reason: 'concurrency',
})

/** The store's verdict in the contract's words. */
export function judge(charge: Charge, verdict: Verdict): Decision<void, MeterCode> {
  if (verdict.source === 'isolate' && needsStore(charge)) {
    return deny('CACHE_UNAVAILABLE', { retryAfter: STORE_RETRY_SECONDS })
  }
  switch (verdict.outcome) {
    case 'admitted':
      return allow()
    case 'revoked':
      return deny('AUTH_REQUIRED', { reason: 'revoked' })
    case 'busy':
      return BUSY
    case 'refused': {
      // Rounded up: one second earlier would be too early.
      const retryAfter = Math.max(1, Math.ceil((verdict.retryAt - charge.now) / 1000))
      return deny(verdict.code, { retryAfter, ...(verdict.blocked && { reason: 'blocked' }) })
    }
  }
}
