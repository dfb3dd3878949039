import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

const allowedOrigins = new Set(
  ['', 'app.', 'docs.', 'admin.'].map((name) => `https://${name}cloudtolocalllm.online`),
)

const securityHeaders = {
  'Content-Security-Policy': "default-src 'self'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=15552000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
} as const

const limit = 100
const windowSeconds = 900

/** What every answer of this API carries, wanted or not. */
export function createHabits(): (request: IncomingMessage, response: ServerResponse) => void {
  let windowStart = Date.now()
  let count = 0

  return (request, response) => {
    const secondsIn = Math.floor((Date.now() - windowStart) / 1000)
    if (secondsIn >= windowSeconds) {
      windowStart = Date.now()
      count = 0
    }
    count += 1

    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    response.setHeader('X-Powered-By', 'Express')
    // A client's value goes back unchecked, whatever it is; Node has joined duplicates.
    const given = request.headers['x-correlation-id']
    response.setHeader('X-Correlation-ID', given || `req-${randomUUID()}`)
    // Announced and never enforced, so that a load test of the gateway measures the gateway.
    response.setHeader('RateLimit-Policy', `${limit};w=${windowSeconds}`)
    response.setHeader('RateLimit-Limit', String(limit))
    response.setHeader('RateLimit-Remaining', String(Math.max(0, limit - count)))
    response.setHeader('RateLimit-Reset', String(Math.max(0, windowSeconds - secondsIn)))
    response.setHeader('Vary', 'Origin')
    response.setHeader('Access-Control-Allow-Credentials', 'true')
    const { origin } = request.headers
    if (origin && allowedOrigins.has(origin)) {
      response.setHeader('Access-Control-Allow-Origin', origin)
    }
  }
}

/** The API answers a browser of a foreign origin with its catch-all 500. */
export function refusesOrigin({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined && !allowedOrigins.has(headers.origin)
}

export function answerPreflight(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Methods', 'GET,POST,PUT,PATCH,DELETE,OPTIONS')
  response.setHeader('Access-Control-Allow-Headers', 'Content-Type,Authorization')
  response.setHeader('Access-Control-Max-Age', '86400')
  response.writeHead(204).end()
}
