import type { Account, Charge, Window } from '../../src/policy/charge.ts'
import type { LimitCode } from '../../src/policy/limits.ts'

export function windowOf(
  seconds: number,
  limit: number,
  code: LimitCode = 'RATE_LIMIT_EXCEEDED_USER',
): Window {
  return { id: String(seconds), seconds, limit, code, outage: 'admit' }
}

export function addressWith(...limits: [seconds: number, limit: number][]): Account {
  const windows = limits.map(([seconds, limit]) =>
    windowOf(seconds, limit, 'RATE_LIMIT_EXCEEDED_IP'),
  )
  return { subject: `ip:${crypto.randomUUID()}`, windows }
}

export function callerWith(...limits: [seconds: number, limit: number][]): Account {
  const windows = limits.map(([seconds, limit]) =>
    windowOf(seconds, limit, seconds >= 2_592_000 ? 'QUOTA_EXCEEDED' : 'RATE_LIMIT_EXCEEDED_USER'),
  )
  return { subject: `user:https://issuer.test/|${crypto.randomUUID()}`, windows, issuedAt: 0 }
}

export function chargeOf(
  address: Account,
  caller: Account | undefined,
  now: number,
  cost = 1,
): Charge {
  return { address, ...(caller && { caller }), cost, now }
}
