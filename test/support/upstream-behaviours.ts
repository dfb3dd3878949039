import fc from 'fast-check'
import { failureSentences, secrets } from '../../scripts/upstream/secrets.ts'
import catalogue from '../contract/catalogue.json' with { type: 'json' }

/** A text that no name, code or number can be mistaken for. */
export const MARKER = 'p4ss=w0rd'

/** What a failing upstream says of its inside, and no client may read. */
export const INSIDE = [MARKER, ...Object.values(secrets), ...failureSentences]

export const CODES = [
  ...catalogue.map(({ code }) => code),
  ...['NO_TOKEN', 'AUTH_TOKEN_MISSING', 'MISSING_API_KEY', 'AUTH_TOKEN_INVALID', 'INVALID_API_KEY'],
  ...['AUTH_TOKEN_EXPIRED', 'AUTHENTICATION_REQUIRED', 'SESSION_REVOKED', 'ADMIN_ACCESS_REQUIRED'],
  ...['INSUFFICIENT_ROLE', 'INSUFFICIENT_SCOPES', 'FORBIDDEN', 'FEATURE_UNAVAILABLE'],
  ...['TIER_INSUFFICIENT', 'DIRECT_PROXY_FORBIDDEN', 'INVALID_CONFIG', 'MISSING_X', 'X_REQUIRED'],
  ...['INVALID_X', 'X_NOT_FOUND', 'ADMIN_X_LIMIT_EXCEEDED', 'QUEUE_FULL', 'X_NOT_INITIALIZED'],
  ...['PROXY_002', 'INTERNAL_SERVER_ERROR', 'OK', 'E'],
] as const

const inside = fc.constantFrom(...INSIDE)
const marked = fc.oneof(
  inside,
  fc
    .tuple(fc.string({ maxLength: 20 }), inside, fc.string({ maxLength: 400 }))
    .map((t) => t.join(' ')),
  fc.tuple(inside, inside).map(([a, b]) => `Error: ${a}\n    ${b}`),
)
const code = fc.constantFrom(...CODES)
const state = fc.constantFrom('up', 'down', 'degraded', 'unhealthy', 'healthy', true, false, null)
const seconds = fc.oneof(
  fc.constantFrom(0, -1, 2.5, 17, 9e15, '30', 'soon', '2026-11-22T12:00:00Z', null),
  fc.double(),
)

const anything = fc.oneof(
  { weight: 5, arbitrary: marked },
  { weight: 2, arbitrary: code },
  { weight: 1, arbitrary: seconds },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.array(marked, { maxLength: 3 }) },
)

const dependencies = fc.dictionary(
  fc.oneof(fc.constantFrom('database', 'cache', '__proto__', secrets.originAddress), marked),
  fc.oneof(state, marked, fc.record({ status: fc.oneof(state, marked), message: marked })),
  { maxKeys: 5 },
)

const details = fc.oneof(
  anything,
  fc.dictionary(
    fc.oneof(fc.constantFrom('field', 'retryAfter', 'stack', '__proto__'), marked),
    anything,
  ),
  fc.record({ dependencies, retryAfter: seconds, attempts: fc.nat(), note: marked }),
)

const FIELDS = ['message', 'error', 'suggestion', 'category', 'stack', 'detail', 'title', 'status']
const siblings = Object.fromEntries(FIELDS.map((name) => [name, anything]))
const fields = fc.record(
  { ...siblings, code: fc.oneof(code, anything), details, dependencies, retryAfter: seconds },
  { requiredKeys: [] },
)

const envelope = fc.record({
  error: fc.record(
    {
      code,
      message: marked,
      category: anything,
      statusCode: fc.integer(),
      correlationId: marked,
      suggestion: fc.oneof(marked, anything),
      details,
      stack: marked,
    },
    { requiredKeys: ['code', 'message'] },
  ),
  trace: marked,
})

const json = fc
  .oneof(
    { weight: 3, arbitrary: fields },
    { weight: 3, arbitrary: fc.record({ error: fields, success: fc.constant(false) }) },
    { weight: 4, arbitrary: envelope },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: marked },
  )
  .map((value) => JSON.stringify(value))

const page = marked.map(
  (text) =>
    `<!DOCTYPE html>\n<html><body><pre>${text}<br> &nbsp; ${secrets.ownFrame}</pre></body></html>`,
)

const utf8 = new TextEncoder()

export const errorText = fc.oneof(
  { weight: 6, arbitrary: json },
  { weight: 1, arbitrary: json.map((text) => text.slice(0, text.length / 2)) },
  { weight: 1, arbitrary: page },
  { weight: 1, arbitrary: marked },
  { weight: 1, arbitrary: fc.constant('') },
)

/** In whatever encoding; most in the one that they should be in. */
export const errorBytes = fc.oneof(
  { weight: 8, arbitrary: errorText.map((text) => utf8.encode(text)) },
  { weight: 1, arbitrary: errorText.map((text) => utf8.encode(`\ufeff${text}`)) },
  {
    weight: 1,
    arbitrary: errorText.map((text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0))),
  },
  {
    weight: 1,
    arbitrary: errorText.map((text) =>
      Uint8Array.from([...text].flatMap((sign) => [sign.charCodeAt(0) & 255, 0])),
    ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
)

export const status = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 400, max: 599 }) },
  { weight: 3, arbitrary: fc.constantFrom(400, 401, 403, 404, 408, 410, 429, 500, 502, 503, 504) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 399 }) },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 999 }) },
)

const visible = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map((unit) => String.fromCharCode(unit)),
  maxLength: 40,
})
const fieldValue = fc.oneof(
  visible,
  inside,
  visible.map((text) => text.repeat(60)),
)

/** A time to wait that is 1 or 2 would be waited for, where a request can be sent again. */
const retryAfter = fc.oneof(
  fc.constantFrom('0', '3', '60', '99999999999', '-1', '1e3', 'soon', ''),
  fc.constantFrom('Sat, 21 Nov 2020 12:01:30 GMT', 'Fri, 21 Nov 2036 12:01:30 GMT'),
)

export const contentType = fc.oneof(
  fc.constantFrom(
    'application/json',
    'application/json; charset=utf-8',
    'text/html; charset=utf-8',
  ),
  fc.constantFrom('text/plain', 'text/html; charset=utf-16', 'application/json; charset=utf-16le'),
  fc.constantFrom('application/problem+json', 'image/png', 'text/plain; charset=klingon', ';;', ''),
  fieldValue,
)

/** What an upstream may put beside an error, or anything. */
export const foreignHeaders = fc.record(
  {
    'Content-Type': contentType,
    'Retry-After': retryAfter,
    'X-Correlation-ID': fieldValue,
    'X-RateLimit-Limit': fieldValue,
    'X-RateLimit-Reset': fieldValue,
    'RateLimit-Policy': fieldValue,
    'X-Gateway-Error-Source': fieldValue,
    'WWW-Authenticate': fieldValue,
    'Cache-Control': fieldValue,
    'Access-Control-Allow-Origin': fieldValue,
    'Set-Cookie': fieldValue,
    Server: fieldValue,
    'X-Powered-By': fieldValue,
    Allow: fieldValue,
    'Accept-Patch': fieldValue,
    'Accept-Anything-Else': fieldValue,
    'Content-Range': fieldValue,
    Link: fieldValue,
  },
  { requiredKeys: [] },
)
