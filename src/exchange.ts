import type { Denial } from './contract/decision.ts'
import type { Verdict } from './policy/charge.ts'
import type { ExemptionRule } from './policy/exemptions.ts'
import type { Route } from './policy/route.ts'
import type { Place, SocketEnd, UpstreamOutcome } from './ports.ts'
import type { Caller } from './steps/identify.ts'
import type { StreamEnd } from './steps/stream-end.ts'

/** What became known about one request on its way in, for what its answer passes back through. */
export interface Exchange {
  readonly url: URL
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly correlationId: string
  readonly trace: Trace
  /** The client's address as a subject: IPv4, an IPv6 /64, or `unknown`. */
  readonly address: string
  route?: Route
  caller?: Caller
  /** The rule that lifted general windows; an operator lifts those of the address, too. */
  exemption?: ExemptionRule | 'operator'
  /** It says that an operator has exempted it. */
  claimsOperator?: true
  /** Its place among the caller's requests in flight, until its answer has ended. */
  place?: Place
  /** How long the request was held until its limit had room again. */
  queuedMs?: number
  verdict?: Verdict
  /** What its route or its caller was refused for, until the address had been counted. */
  held?: Denial
  denial?: Denial
  /** What came of asking the upstream. */
  outcome?: UpstreamOutcome
  /** Another upstream was asked in place of the one that was meant. */
  substituted?: boolean
  /** Of a WebSocket, when it is no longer open. */
  ended?: Promise<SocketEnd>
  /** Of a body that is watched, when nothing more of it comes. */
  streamed?: Promise<StreamEnd>
  /** For whom it had to wait, and when. */
  readonly waited: Partial<Record<Waited, Wait>>
}

/** What a request may have to wait for on its way in. */
export type Waited = 'identity' | 'place' | 'store' | 'body' | 'upstream'

/** Milliseconds, both; `since` from the epoch. */
export interface Wait {
  readonly since: number
  readonly ms: number
}

/** What the client was told, and when: an exchange as it is seen from outside. */
export interface Answered {
  readonly environment: string
  readonly method: string
  readonly status: number
  /** From the request to the header of its answer. */
  readonly durationMs: number
}

/** W3C Trace Context, as the upstream is sent it: the span it names is the gateway's call to the upstream. */
export interface Trace {
  readonly traceparent: string
  /** The caller's span. Absent: the trace begins here, and a `tracestate` that came along is none of it. */
  readonly parentId?: string | undefined
}

export function waitSince(since: number, { now }: { readonly now: () => number }): Wait {
  return { since, ms: now() - since }
}
