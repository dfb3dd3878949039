import type { JWSHeaderParameters } from 'jose'
import type { Charge, Verdict } from './policy/charge.ts'
import type { Issuer } from './policy/issuer.ts'

/** Everything that is not the same twice. A step asks for the part it uses. */
export interface Ports {
  readonly subjects: Subjects
  readonly signingKeys: SigningKeys
  readonly upstream: Upstream
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** A correlation id of our own making. */
  readonly newCorrelationId: () => string
  /** Work that may outlive the answer. */
  readonly background: (work: Promise<unknown>) => void
}

/** Counts requests per subject: judges all windows and charges all of them or none. */
export interface Subjects {
  /** Never rejects: with the store away the verdict comes from this isolate's own counts. */
  charge(charge: Charge): Promise<Verdict>
}

export interface SigningKeys {
  /** Keys that the token's header may mean. Empty: the issuer has no such key. */
  find(issuer: Issuer, header: JWSHeaderParameters): Promise<SigningKeyLookup>
}

export type SigningKeyLookup =
  | { readonly kind: 'found'; readonly keys: readonly CryptoKey[] }
  | { readonly kind: 'unknown' }
  /** Neither the issuer nor a copy of its keys could be had. */
  | { readonly kind: 'unavailable' }

export interface Upstream {
  /** Sends the request as it is; the time-out is the time to the answer's header, in milliseconds. */
  send(request: Request, timeoutMs: number): Promise<UpstreamOutcome>
}

export type UpstreamOutcome =
  | { readonly kind: 'answered'; readonly response: Response }
  /** No connection was made, so nothing can have been executed. */
  | { readonly kind: 'unreachable' }
  /** The request may have arrived; its answer did not. */
  | { readonly kind: 'lost' | 'late' }
  /** The request's own body ran past the limit while it was sent. */
  | { readonly kind: 'tooLarge' }

export interface Log {
  /** One record as one line; the fields are documented in docs/access-record.md. */
  write(record: Readonly<Record<string, unknown>>): void
}
