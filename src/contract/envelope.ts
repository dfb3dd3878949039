import { CATALOGUE, statusOf } from './catalogue.ts'
import type { Denial } from './decision.ts'

/** Sent with a 429 or 503 whose cause does not know when it will be over. */
const RETRY_AFTER_SECONDS = 5

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

/** RFC 6750, section 3: no `error` attribute where the request carried no credentials at all. */
function challengeFor(code: string): string {
  const realm = 'Bearer realm="cloudtolocalllm"'
  return code === 'MISSING_TOKEN' || code === 'HTTPS_REQUIRED'
    ? realm
    : `${realm}, error="invalid_token"`
}
