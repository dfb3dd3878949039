import { CATALOGUE, type ErrorCode, statusOf } from './catalogue.ts'
import { challenge } from './challenge.ts'
import type { Denial } from './decision.ts'

/** Sent with a 429 or 503 whose cause does not know when it will be over. */
const RETRY_AFTER_SECONDS = 5

/** Said of an access token that was presented; the other 401s are about no token, or about another kind. */
const ABOUT_TOKEN: readonly ErrorCode[] = [
  'INVALID_TOKEN',
  'INVALID_TOKEN_FORMAT',
  'TOKEN_EXPIRED',
  'AUTH_REQUIRED',
]

export interface Envelope {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly category: string
    readonly statusCode: number
    readonly correlationId: string
    readonly suggestion: string
    readonly details?: Readonly<Record<string, unknown>>
  }
}

/** The one place where an error body is built. A denial may bring its own suggestion from an upstream envelope. */
export function answerTo(denial: Denial, correlationId: string): Response {
  const { code, headers } = denial
  const { category, message, suggestion } = CATALOGUE[code]
  const statusCode = statusOf(code)
  const retryable = statusCode === 429 || statusCode === 503
  const details = retryable
    ? { retryAfter: RETRY_AFTER_SECONDS, ...denial.details }
    : denial.details
  const envelope: Envelope = {
    error: {
      code,
      message,
      category,
      statusCode,
      correlationId,
      suggestion: denial.suggestion ?? suggestion,
      ...(details && Object.keys(details).length > 0 && { details }),
    },
  }
  return new Response(JSON.stringify(envelope), {
    status: statusCode,
    headers: {
      ...headers,
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Gateway-Error-Source': denial.original === undefined ? 'gateway' : 'upstream',
      ...(retryable && { 'Retry-After': String(details?.retryAfter) }),
      ...(statusCode === 401 && { 'WWW-Authenticate': challengeFor(code) }),
    },
  })
}

function challengeFor(code: ErrorCode): string {
  return challenge(ABOUT_TOKEN.includes(code) ? 'invalid_token' : undefined)
}
