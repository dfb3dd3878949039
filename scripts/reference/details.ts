import type { ErrorCode } from '../../src/contract/catalogue.ts'

/** What kind of JSON a member of `details` is. */
export type Kind = 'number' | 'string' | 'strings' | 'object' | 'objects'

/** A member that `details` may have. */
export interface Detail {
  readonly name: string
  readonly kind: Kind
  readonly says: string
  /** As it stands in the reference's example. Absent: it is not in it. */
  readonly example?: unknown
}

const REASON: Detail = {
  name: 'reason',
  kind: 'string',
  says: 'what is asked for in its place, for people to read',
}
const RETRY_AFTER: Detail = {
  name: 'retryAfter',
  kind: 'number',
  says: 'the seconds to wait, as in `Retry-After`',
}
const MISSING_FIELDS: Detail = { name: 'missingFields', kind: 'strings', says: 'the fields' }
const FIELD: Detail = {
  name: 'field',
  kind: 'string',
  says: 'where in the body, with dots between names; `body` for the whole of it',
}
const BLOCKED = '`blocked`: an operator has shut the caller out'

/** What the gateway itself puts into `details`, per code; each is left out where there is nothing to say. */
export const DETAILS: Readonly<Record<ErrorCode, readonly Detail[]>> = {
  MISSING_TOKEN: [],
  INVALID_TOKEN: [],
  INVALID_TOKEN_FORMAT: [],
  TOKEN_EXPIRED: [],
  TOKEN_REFRESH_FAILED: [],
  TOKEN_REFRESH_ERROR: [],
  INVALID_REFRESH_TOKEN: [],
  MISSING_REFRESH_TOKEN: [],
  AUTH_REQUIRED: [
    {
      name: 'reason',
      kind: 'string',
      says: '`revoked`: the token, or all of its user until some moment',
      example: 'revoked',
    },
  ],
  HTTPS_REQUIRED: [],
  INSUFFICIENT_PERMISSIONS: [
    {
      name: 'required',
      kind: 'strings',
      says: 'permissions of which all are needed',
      example: ['view_users'],
    },
    { name: 'requiredAny', kind: 'strings', says: 'permissions of which one is enough' },
  ],
  ADMIN_REQUIRED: [
    {
      name: 'requiredRole',
      kind: 'string',
      says: '`admin`, which stands for every administrator’s role',
      example: 'admin',
    },
  ],
  TIER_FEATURE_UNAVAILABLE: [
    {
      name: 'feature',
      kind: 'string',
      says: 'what the route belongs to',
      example: 'containerOrchestration',
    },
    { name: 'userTier', kind: 'string', says: 'what the user has', example: 'free' },
    {
      name: 'requiredTier',
      kind: 'string',
      says: 'the lowest tier that includes it',
      example: 'premium',
    },
    {
      name: 'upgradeUrl',
      kind: 'string',
      says: 'where a tier is changed',
      example: 'https://app.cloudtolocalllm.online/upgrade',
    },
  ],
  RATE_LIMIT_EXEMPTION_DENIED: [],
  MISSING_PARAMETER: [{ ...MISSING_FIELDS, example: ['name'] }],
  INVALID_PARAMETER: [
    {
      name: 'parameter',
      kind: 'string',
      says: 'its name; `path` for a segment of the path, `subject` for whom an operator names',
      example: 'page',
    },
    { ...REASON, example: 'must be a whole number of at most 12 digits, not negative' },
  ],
  INVALID_EMAIL: [
    { ...FIELD, example: 'recipientEmail' },
    {
      ...REASON,
      example: 'must be an address such as ada@example.com, of at most 255 characters',
    },
  ],
  INVALID_URL: [
    { ...FIELD, example: 'webhookUrl' },
    { ...REASON, example: 'must be an http(s) URL of a public host' },
  ],
  INVALID_JSON: [
    {
      ...REASON,
      says: 'whether it ends too early, goes on wrongly or is not UTF-8',
      example: 'The text ends too early',
    },
    {
      name: 'position',
      kind: 'number',
      says: 'how many characters stand before the place',
      example: 17,
    },
    { name: 'line', kind: 'number', says: 'its line, from 1', example: 2 },
    { name: 'column', kind: 'number', says: 'its column, from 1', example: 5 },
  ],
  VALIDATION_ERROR: [
    {
      ...REASON,
      says: 'what is wrong, for people to read',
      example: 'The request body is too large',
    },
    {
      name: 'maxBytes',
      kind: 'number',
      says: 'the most that a body may have',
      example: 10_485_760,
    },
    { name: 'timeoutMs', kind: 'number', says: 'how long a body may take to come in' },
    { name: 'supportedTypes', kind: 'strings', says: 'the content types that are read' },
    { name: 'supportedEncodings', kind: 'strings', says: 'the content encodings that are read' },
    { name: 'contentEncoding', kind: 'string', says: 'the one that was sent' },
    { name: 'supportedCharsets', kind: 'strings', says: 'the charsets that are read' },
    { name: 'charset', kind: 'string', says: 'the one that was sent' },
    FIELD,
    {
      name: 'errors',
      kind: 'objects',
      says: 'several faults at once, each with `code`, `field` and `reason`; at most 20',
    },
    { name: 'problems', kind: 'strings', says: 'what is wrong with an operator’s change' },
  ],
  MISSING_SESSION_ID: [{ ...MISSING_FIELDS, example: ['sessionId'] }],
  INVALID_TUNNEL_CONFIG: [
    { ...FIELD, example: 'config.maxConnections' },
    { ...REASON, example: 'must be a number' },
  ],
  NOT_FOUND: [
    {
      name: 'allowedMethods',
      kind: 'strings',
      says: 'the methods that the path takes, as in `Allow`',
      example: ['GET', 'HEAD'],
    },
  ],
  USER_NOT_FOUND: [],
  TUNNEL_NOT_FOUND: [],
  SESSION_NOT_FOUND: [],
  WEBHOOK_NOT_FOUND: [],
  RATE_LIMIT_EXCEEDED: [
    { ...RETRY_AFTER, example: 42 },
    { name: 'reason', kind: 'string', says: BLOCKED },
  ],
  RATE_LIMIT_EXCEEDED_USER: [
    { ...RETRY_AFTER, example: 42 },
    {
      name: 'reason',
      kind: 'string',
      says: `${BLOCKED}; \`concurrency\`: too many of the user’s requests are in flight`,
    },
  ],
  RATE_LIMIT_EXCEEDED_IP: [
    { ...RETRY_AFTER, example: 42 },
    { name: 'reason', kind: 'string', says: BLOCKED },
  ],
  QUOTA_EXCEEDED: [{ ...RETRY_AFTER, example: 1_209_600 }],
  INTERNAL_ERROR: [],
  DATABASE_ERROR: [],
  SERVICE_ERROR: [],
  CONFIGURATION_ERROR: [],
  SERVICE_UNAVAILABLE: [
    { ...RETRY_AFTER, example: 1 },
    {
      name: 'dependencies',
      kind: 'object',
      says: 'of `/_gateway/ready`: `store`, `keys` and `upstream`, each with `state` and `latencyMs`',
    },
  ],
  DATABASE_UNAVAILABLE: [RETRY_AFTER],
  CACHE_UNAVAILABLE: [{ ...RETRY_AFTER, example: 5 }],
  EXTERNAL_SERVICE_UNAVAILABLE: [{ ...RETRY_AFTER, example: 5 }],
}

/** What `details` may have of any code where an upstream's answer has brought it. */
export const UPSTREAM_DETAILS: readonly Detail[] = [
  { name: 'upstreamStatus', kind: 'number', says: 'the status of its answer' },
  { name: 'upstreamCode', kind: 'string', says: 'the code in its body' },
  {
    name: 'reason',
    kind: 'string',
    says: 'of a 4xx, its own sentence, in at most 300 characters',
  },
  {
    name: 'dependencies',
    kind: 'object',
    says: 'of a 5xx, what its health document says of each: `up`, `degraded` or `down`',
  },
]
