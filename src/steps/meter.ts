import { allow, type Decision, deny } from '../contract/decision.ts'
import {
  type Account,
  BUSY_RETRY_SECONDS,
  busyReading,
  type Charge,
  type InFlight,
  needsStore,
  type TokenHolder,
  type Verdict,
  type Window,
} from '../policy/charge.ts'
import type { ExemptionRule } from '../policy/exemptions.ts'
import type { LimitCode } from '../policy/limits.ts'
import type { Principal } from '../policy/principal.ts'
import type { Route } from '../policy/route.ts'
import type { Limits } from '../policy/windows.ts'
import type { Caller } from './identify.ts'

export type MeterCode = LimitCode | 'AUTH_REQUIRED' | 'CACHE_UNAVAILABLE'

/** How long a client waits before it asks a route again whose counts the store must keep. */
const STORE_RETRY_SECONDS = 5

/** A request that may go on, if there is room for it. */
export interface Admission {
  readonly route: Route
  readonly caller: Caller
  readonly exemption: ExemptionRule | undefined
}

/**
 * What a request costs and whom. A request that is to be denied for its route or its token costs its address alone:
 * a flood of them is limited, and nobody else pays.
 */
export function chargeFor(
  address: string,
  admitted: Admission | undefined,
  limits: Limits,
  now: number,
  inFlight?: InFlight,
): Charge {
  if (!admitted) return { address: { subject: `ip:${address}`, windows: limits.ip }, cost: 1, now }
  const { route, caller, exemption } = admitted
  const own = route.limit ? limits.routes[route.limit] : undefined
  const general = accountOf(caller, limits, inFlight)
  // Still an account: its record is where a revocation stands.
  const account = general && exemption ? { ...general, windows: NO_WINDOWS } : general
  const narrows = own && own.per === 'caller' && account ? 'caller' : 'address'
  const narrowed = (windows: readonly Window[]) => (own ? [...windows, ...own.windows] : windows)
  return {
    address: {
      subject: `ip:${address}`,
      windows: narrows === 'address' ? narrowed(limits.ip) : limits.ip,
    },
    ...(account && {
      caller: narrows === 'caller' ? { ...account, windows: narrowed(account.windows) } : account,
    }),
    cost: route.cost ?? 1,
    ...(route.revokes && { outage: 'refuse' }),
    now,
  }
}

/**
 * What a request is still to be charged for once its revoked token is taken for none: the address has paid, but not in
 * the windows that the caller was to be counted in.
 */
export function owedBy(anonymous: Charge, paid: Charge): Charge | undefined {
  const { address } = anonymous
  const windows = address.windows.filter((window) => !paid.address.windows.includes(window))
  return windows.length > 0 ? { ...anonymous, address: { ...address, windows } } : undefined
}

/** The address's part of a verdict on a revoked token, where it owes nothing more. */
export function paidBy(verdict: Verdict): Verdict {
  return { ...verdict, outcome: 'admitted', reading: verdict.addressReading }
}

const NO_WINDOWS: readonly Window[] = []

function accountOf(
  caller: Caller,
  limits: Limits,
  inFlight: InFlight | undefined,
): Account | undefined {
  switch (caller.kind) {
    case 'anonymous':
      return undefined
    case 'key':
      return { subject: `key:${caller.hash}`, windows: limits.key }
    case 'user': {
      const { tier, issuedAt, tokenId } = caller.principal
      return {
        subject: subjectOf(caller.principal),
        windows: limits.tiers[tier],
        issuedAt,
        tokenId,
        ...(inFlight && {
          concurrency: {
            inFlight: inFlight.inFlight,
            lasting: inFlight.lasting,
            most: limits.concurrency[tier],
          },
        }),
      }
    }
  }
}

/** Under which name a user is counted. */
export function subjectOf({ issuer, subject }: Principal): string {
  return `user:${issuer}|${subject}`
}

/** A wait at whose end there will be room for so many of the subject's requests. */
interface Hold {
  readonly subject: string
  readonly waitMs: number
  readonly most: number
}

/** After this time another isolate's word about requests that had just come is forgotten. */
const ELSEWHERE_MS = 550

/**
 * The wait of a request that its user's minute refuses, where the tier waits so long; or that other isolates' requests
 * leave no room for: they may have ended meanwhile.
 */
export function holdFor(
  admitted: Admission | undefined,
  { cost, now }: Charge,
  verdict: Verdict,
  { queueSeconds, concurrency }: Limits,
): Hold | undefined {
  if (admitted?.caller.kind !== 'user') return undefined
  const { principal } = admitted.caller
  const subject = subjectOf(principal)
  if (verdict.outcome === 'busy') {
    return { subject, waitMs: ELSEWHERE_MS, most: concurrency[principal.tier] }
  }
  if (verdict.outcome !== 'refused' || verdict.blocked) return undefined
  if (verdict.code !== 'RATE_LIMIT_EXCEEDED_USER') return undefined
  const waitMs = verdict.retryAt - now
  if (waitMs > queueSeconds[principal.tier] * 1000) return undefined
  return { subject, waitMs, most: Math.floor(verdict.reading.limit / cost) }
}

/**
 * How many requests of a user may be in flight; nobody else's are bounded. Nor is signing in and out: whoever holds all
 * places, with a stolen token perhaps, must not be able to keep the user from ending it.
 */
export function boundOf(
  admitted: Admission | undefined,
  { concurrency }: Limits,
): (TokenHolder & { readonly most: number }) | undefined {
  if (admitted?.caller.kind !== 'user' || admitted.exemption === 'auth') return undefined
  const { principal } = admitted.caller
  const { tier, issuedAt, tokenId } = principal
  return { subject: subjectOf(principal), issuedAt, tokenId, most: concurrency[tier] }
}

export const BUSY = deny('RATE_LIMIT_EXCEEDED_USER', {
  retryAfter: BUSY_RETRY_SECONDS,
  reason: 'concurrency',
})

/** What is said where this isolate alone serves as many requests of the user as may be: nobody else need be asked. */
export function busyVerdict(most: number, now: number): Verdict {
  const reading = busyReading(most, now)
  return { outcome: 'busy', reading, addressReading: reading, shadowed: [], source: 'memory' }
}

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
