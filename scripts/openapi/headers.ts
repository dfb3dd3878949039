import { REQUEST_HEADERS, RESPONSE_HEADERS } from '../../src/frame/cors.ts'
import type { Json } from './body-schema.ts'

const WHOLE = { type: 'integer', minimum: 0 }
const TEXT = { type: 'string' }
const TRUE = { const: 'true' }

interface Header {
  readonly description: string
  readonly schema: Json
  /** The statuses whose answers have it, all or some; absent: any. */
  readonly on?: readonly number[]
  /** Of errors alone. */
  readonly onErrors?: true
  readonly required?: true
}

/** What the gateway writes on its answers, less what only browsers read for their users' safety. */
export const HEADERS: Readonly<Record<string, Header>> = {
  'X-Correlation-ID': {
    description: "The name of this exchange in the logs: the client's own, or one made for it.",
    schema: TEXT,
    required: true,
  },
  'X-RateLimit-Limit': {
    description:
      'How many requests the window takes that has the smallest share left, or that refused.',
    schema: WHOLE,
    required: true,
  },
  'X-RateLimit-Remaining': {
    description: 'How many of them are left.',
    schema: WHOLE,
    required: true,
  },
  'X-RateLimit-Reset': {
    description: 'When that window ends, in Unix seconds.',
    schema: WHOLE,
    required: true,
  },
  RateLimit: {
    description:
      'The same window: its name, what remains (`r`) and the seconds until it ends (`t`).',
    schema: TEXT,
    required: true,
  },
  'RateLimit-Policy': {
    description: 'The same window: its name, its limit (`q`) and its length in seconds (`w`).',
    schema: TEXT,
    required: true,
  },
  'X-RateLimit-Queued': {
    description: 'For how many milliseconds the request was held until its limit had room again.',
    schema: WHOLE,
  },
  'X-RateLimit-Exempt': {
    description: 'General windows of the caller, or of its address, could not refuse this request.',
    schema: TRUE,
  },
  'X-RateLimit-Exempt-Rule': {
    description: 'The rule that freed it from them.',
    schema: { enum: ['health', 'auth', 'admin', 'operator'] },
  },
  'X-Gateway-Error-Source': {
    description: 'Who failed or refused.',
    schema: { enum: ['gateway', 'upstream'] },
    onErrors: true,
    required: true,
  },
  'Cache-Control': {
    description: 'No error is kept.',
    schema: TEXT,
    onErrors: true,
    required: true,
  },
  Link: {
    description: 'With `rel="help"`: the page of this code.',
    schema: TEXT,
    onErrors: true,
    required: true,
  },
  'Retry-After': {
    description: 'The seconds to wait, the same number as `details.retryAfter`.',
    schema: { type: 'integer', minimum: 0 },
    on: [429, 503],
    required: true,
  },
  'WWW-Authenticate': {
    description: 'How to authenticate, and for want of a permission what is wanted (RFC 6750).',
    schema: TEXT,
    on: [401, 403],
  },
  Allow: {
    description:
      "The methods that are taken there, where it is the method that is not; of an API's 4xx it is kept, with `Accept-…` and `Content-Range`.",
    schema: TEXT,
    on: [400, 401, 403, 404, 429],
  },
  'Server-Timing': {
    description:
      'For whom the request waited, in milliseconds: what the API tells, and of the gateway what operators alone are told.',
    schema: TEXT,
  },
  Vary: { description: 'What else the answer depends on.', schema: TEXT, required: true },
  'Access-Control-Allow-Origin': {
    description: 'The origin of the page that asks, where `CORS_ORIGINS` allows it.',
    schema: TEXT,
  },
  'Access-Control-Allow-Credentials': {
    description: 'That page may send credentials.',
    schema: TRUE,
  },
  'Access-Control-Expose-Headers': {
    description: 'What that page may read.',
    schema: { const: RESPONSE_HEADERS },
  },
}

/** The headers of an answer with this status, as references. */
export function headersOn(status?: number): Json {
  const names = Object.entries(HEADERS)
    .filter(
      ([, { on, onErrors }]) =>
        (on ? status !== undefined && on.includes(status) : true) &&
        (!onErrors || status !== undefined),
    )
    .map(([name]) => name)
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

export const HEADER_COMPONENTS: Json = Object.fromEntries(
  Object.entries(HEADERS).map(([name, { description, schema, required }]) => [
    name,
    { description, ...(required && { required }), schema },
  ]),
)

/** What a page of an allowed origin may send. */
export const ALLOWED_REQUEST_HEADERS = REQUEST_HEADERS
