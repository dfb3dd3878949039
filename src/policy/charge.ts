import type { LimitCode, Outage } from './limits.ts'

/** One window of one subject: at most `limit` requests in `seconds` from its first request on. */
export interface Window {
  /** Its name in the subject's record. */
  readonly id: string
  readonly seconds: number
  readonly limit: number
  /** What a request over it is answered with. */
  readonly code: LimitCode
  readonly outage: Outage
  /** Counts, and tells the log what it would have refused. */
  readonly shadow?: true
}

/** A subject, and the token that it came with if it is a user. */
export interface TokenHolder {
  /** `ip:<address>`, `user:<issuer>|<sub>` or `key:<sha-256>`. */
  readonly subject: string
  /** When the caller's token was issued, Unix seconds; revocation looks at it. */
  readonly issuedAt?: number
  /** What the caller's token is called where it is revoked by itself. */
  readonly tokenId?: string
}

/** A subject with the windows that this request is counted in. */
export interface Account extends TokenHolder {
  readonly windows: readonly Window[]
  readonly concurrency?: Concurrency
}

/** How many requests of a subject are in flight in this isolate, this one included. */
export interface InFlight {
  readonly inFlight: number
  /** Those of them that have lasted for a second already. */
  readonly lasting: number
}

export interface Concurrency extends InFlight {
  /** How many may be in flight anywhere. */
  readonly most: number
}

/** What one request costs whom: charged to all accounts or to none. */
export interface Charge {
  readonly address: Account
  readonly caller?: Account
  readonly cost: number
  /** What the request itself needs of the store, whatever its limits do. */
  readonly outage?: Outage
  /** Milliseconds. */
  readonly now: number
}

/** The state of one window after a charge. */
export interface Reading {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds since the epoch. */
  readonly resetAt: number
  /** Absent: what is counted are requests in flight, not those of a window. */
  readonly windowSeconds?: number
  /** What that window is called in the subject's record. */
  readonly windowId?: string
}

export type Verdict = VerdictBase &
  (
    | { readonly outcome: 'admitted' }
    | { readonly outcome: 'revoked' }
    /** Too many requests of the caller are in flight already. */
    | { readonly outcome: 'busy'; readonly subject: string }
    /** Over a window, or shut out until an instant; `retryAt` (ms) is when all of it is over. */
    | {
        readonly outcome: 'refused'
        readonly code: LimitCode
        readonly retryAt: number
        readonly blocked: boolean
        /** Whose limit it was. */
        readonly subject: string
      }
  )

interface VerdictBase {
  /** The tightest window, or on a refusal the one that refused longest. */
  readonly reading: Reading
  /** The tightest window of the address alone. */
  readonly addressReading: Reading
  /** The shadow windows that would have refused, by id. */
  readonly shadowed: readonly string[]
  /** An operator has lifted the general windows of the address or of the caller. */
  readonly exempt: boolean
  /** `lease` where the store was paid in advance, `memory` where it refused a moment ago, `isolate` while it is away. */
  readonly source: 'store' | 'lease' | 'memory' | 'isolate'
}

/** Requests in flight end within seconds as a rule, and nobody knows when. */
export const BUSY_RETRY_SECONDS = 1

/** The reading of a subject that has as many requests in flight as it may. */
export function busyReading(most: number, now: number): Reading {
  return { limit: most, remaining: 0, resetAt: now + BUSY_RETRY_SECONDS * 1000 }
}

/** Whether it is of no use while the store is away, or one of its limits must not be guessed. */
export function needsStore({ address, caller, outage: own }: Charge): boolean {
  const windows = [...address.windows, ...(caller?.windows ?? [])]
  return own === 'refuse' || windows.some(({ outage }) => outage === 'refuse')
}
