import type { Account, Charge, InFlight, Verdict, Window } from '../policy/charge.ts'
import type { ExemptionRule } from '../policy/exemptions.ts'
import type { Principal } from '../policy/principal.ts'
import type { Route } from '../policy/route.ts'
import type { Limits } from '../policy/windows.ts'
import type { Caller } from './identify.ts'

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
