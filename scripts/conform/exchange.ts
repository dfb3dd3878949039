import { type ErrorCode, isErrorCode } from '../../src/contract/catalogue.ts'

export interface Asked {
  readonly method: string
  /** As it stands in the request line: nothing resolves it on its way. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** The member `error` of a JSON body, where it is an object. */
  readonly error?: Readonly<Record<string, unknown>>
  /** Bytes behind the header of an answer that may have none. */
  readonly bytesAfterHead: number
  /** Unix milliseconds of this machine's clock. */
  readonly at: number
}

export interface Exchange {
  /** What it was tried for, in a few words. */
  readonly purpose: string
  readonly asked: Asked
  readonly answer: Answer
}

/** A request to which no answer came. */
export interface Silence {
  readonly purpose: string
  readonly asked: Asked
  readonly reason: string
}

export function isError({ answer }: Exchange): boolean {
  return answer.status >= 400
}

/** An error whose body must be the envelope; the answer to a HEAD has none. */
export function owesEnvelope(exchange: Exchange): boolean {
  return isError(exchange) && exchange.asked.method !== 'HEAD'
}

export function codeOf({ answer: { error } }: Exchange): ErrorCode | undefined {
  return isErrorCode(error?.code) ? error.code : undefined
}

/** RFC 9110, sections 9.3.2, 15.3.5 and 15.4.5. */
export function isBodiless({ asked, answer }: Exchange): boolean {
  return asked.method === 'HEAD' || answer.status === 204 || answer.status === 304
}

export function detailsOf({ answer: { error } }: Exchange): Readonly<Record<string, unknown>> {
  return isRecord(error?.details) ? error.details : {}
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
