import { CATALOGUE, type ErrorCode, statusOf } from './catalogue.ts'
import { challenge } from './challenge.ts'
import type { Denial } from './decision.ts'
import { preferred } from './media-types.ts'

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

/** RFC 9457. What a client of the contract reads is there as ever. */
export interface Problem extends Envelope {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
}

/** How the client has asked. */
interface Asked {
  readonly origin: string
  readonly accept: string | null
}

const PROBLEM = 'application/problem+json'

/** The one place where an error body is built. A denial may bring its own suggestion from an upstream envelope. */
export function answerTo(denial: Denial, correlationId: string, asked?: Asked): Response {
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
  const help = `/_gateway/errors/${code}`
  const problem = asked && wantsProblem(asked.accept)
  const body = problem ? problemOf(envelope, asked.origin + help) : envelope
  return new Response(JSON.stringify(body), {
    status: statusCode,
    headers: {
      ...headers,
      'Content-Type': problem ? PROBLEM : 'application/json; charset=utf-8',
      Vary: 'Accept',
      Link: `<${help}>; rel="help"`,
      'Cache-Control': 'no-store',
      'X-Gateway-Error-Source': denial.original === undefined ? 'gateway' : 'upstream',
      ...(retryable && { 'Retry-After': String(details?.retryAfter) }),
      ...(statusCode === 401 && { 'WWW-Authenticate': challengeFor(code) }),
    },
  })
}

/** Only where it is named: whoever takes anything gets what the contract promises everybody. */
function wantsProblem(accept: string | null): boolean {
  return (
    accept?.toLowerCase().includes(PROBLEM) === true &&
    preferred(accept, [PROBLEM, 'application/json']) === PROBLEM
  )
}

function problemOf(envelope: Envelope, type: string): Problem {
  const { message, statusCode, suggestion, correlationId } = envelope.error
  return {
    type,
    title: message,
    status: statusCode,
    detail: suggestion,
    // The page shows the id that it is opened with.
    instance: `${type}#${correlationId}`,
    ...envelope,
  }
}

function challengeFor(code: ErrorCode): string {
  return challenge(ABOUT_TOKEN.includes(code) ? 'invalid_token' : undefined)
}
