import type { ErrorCode } from './catalogue.ts'

/** What a client may read about its denial; `retryAfter` is in seconds. */
export type Details = Readonly<Record<string, unknown>> & { readonly retryAfter?: number }

export interface Allowed<T> {
  readonly allowed: true
  readonly value: T
}

export interface Denial<C extends ErrorCode = ErrorCode> {
  readonly allowed: false
  readonly code: C
  readonly details?: Details
  /** Replaces the catalogue's: an upstream that speaks our envelope may say more. */
  readonly suggestion?: string
  /** What exactly failed: for the access record, never for the client. */
  readonly cause?: string
  /** What the upstream said, where it was the upstream that spoke: for the log, redacted, never for the client. */
  readonly original?: string
  /** Response headers that belong to this denial alone, such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The outcome of a step. The second argument names the codes the step can answer with. */
export type Decision<T = void, C extends ErrorCode = ErrorCode> = Allowed<T> | Denial<C>

export function allow(): Allowed<void>
export function allow<T>(value: T): Allowed<T>
export function allow<T>(value?: T): Allowed<T | undefined> {
  return { allowed: true, value }
}

export function deny<C extends ErrorCode>(
  code: C,
  details?: Details,
  headers?: Readonly<Record<string, string>>,
): Denial<C> {
  return { allowed: false, code, ...(details && { details }), ...(headers && { headers }) }
}
