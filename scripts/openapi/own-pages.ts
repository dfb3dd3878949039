import type { PageName } from '../../src/policy/route.ts'
import type { Json } from './body-schema.ts'
import { EXPLANATION } from './explanation-schema.ts'

const TEXT = { type: 'string' }
const TIME = { type: 'string', format: 'date-time' }
const TIME_OR_NULL = { type: ['string', 'null'], format: 'date-time' }
const SPAN = { type: 'integer', minimum: 1, maximum: 315_360_000 }
const AMOUNT = { type: 'number', minimum: 0 }
const WHOLE = { type: 'integer', minimum: 0 }
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const listOf = (items: Json) => ({ type: 'array', items })

function exactly(properties: Json, ...optional: readonly string[]): Json {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: 'object', properties, required, additionalProperties: false }
}

const COUNTS = { type: 'object', additionalProperties: WHOLE }
const MILLISECONDS = { type: 'number', minimum: 0 }

/** What happened in a time. */
const FIGURES = {
  requests: WHOLE,
  errors: { ...WHOLE, description: 'Answers of a 5xx status.' },
  refused: { ...WHOLE, description: 'Answers of a rate-limit code.' },
  statuses: { ...COUNTS, description: 'By class, as in `2xx`.' },
  codes: { ...COUNTS, description: 'By error code.' },
  latency: ref('Percentiles'),
  store: ref('Percentiles'),
  keys: ref('Percentiles'),
  upstream: ref('Percentiles'),
  retries: WHOLE,
  breakerOpen: WHOLE,
  fallbackReadings: WHOLE,
  storeRoundTrips: WHOLE,
  storeCommands: WHOLE,
}

/** What can be set for a subject. */
const SETTINGS = {
  limits: { type: 'object', additionalProperties: WHOLE },
  notBefore: TIME_OR_NULL,
  revokedTokens: listOf(exactly({ id: TEXT, expiresAt: TIME })),
  blockedUntil: TIME_OR_NULL,
  exemptUntil: TIME_OR_NULL,
}

/** What the gateway's own pages answer and take. */
export const PAGE_SCHEMAS = {
  Health: exactly({ status: { const: 'ok' }, version: TEXT }, 'version'),
  Dependency: exactly({
    state: { enum: ['up', 'down'] },
    latencyMs: { type: 'number', minimum: 0 },
  }),
  Readiness: exactly({
    status: { enum: ['ready', 'degraded'] },
    dependencies: exactly({
      store: ref('Dependency'),
      keys: ref('Dependency'),
      upstream: ref('Dependency'),
    }),
  }),
  KeySet: exactly({
    keys: listOf(
      exactly({
        kty: { const: 'OKP' },
        crv: { const: 'Ed25519' },
        x: TEXT,
        kid: TEXT,
        alg: { const: 'EdDSA' },
        use: { const: 'sig' },
      }),
    ),
  }),
  SubjectRecord: exactly({
    subject: TEXT,
    exists: { type: 'boolean' },
    windows: listOf(exactly({ id: TEXT, count: WHOLE, resetAt: TIME, resetAtSeconds: WHOLE })),
    ...SETTINGS,
    expiresAt: TIME_OR_NULL,
  }),
  SubjectList: exactly({
    subjects: listOf(exactly({ subject: TEXT, changedAt: TIME, ...SETTINGS })),
  }),
  SubjectChange: {
    ...exactly(
      {
        limits: {
          type: 'object',
          description: 'By window, as a name or in seconds; null gives back what the tier has.',
          additionalProperties: { type: ['integer', 'null'], minimum: 1, maximum: 1_000_000_000 },
        },
        blockedUntil: TIME_OR_NULL,
        blockSeconds: SPAN,
        exemptUntil: TIME_OR_NULL,
        exemptSeconds: SPAN,
        notBefore: { anyOf: [{ const: 'now' }, TIME_OR_NULL] },
        revokeToken: exactly(
          { jti: TEXT, sid: TEXT, iat: { type: 'number' }, exp: { type: 'number' } },
          'jti',
          'sid',
          'iat',
        ),
        reset: { const: true },
      },
      'limits',
      'blockedUntil',
      'blockSeconds',
      'exemptUntil',
      'exemptSeconds',
      'notBefore',
      'revokeToken',
      'reset',
    ),
    minProperties: 1,
  },
  AuditTrail: exactly({
    entries: listOf(
      exactly({
        time: TIME,
        by: TEXT,
        correlationId: TEXT,
        subject: TEXT,
        change: { type: 'object' },
      }),
    ),
  }),
  Percentiles: {
    anyOf: [
      exactly({ p50: MILLISECONDS, p95: MILLISECONDS, p99: MILLISECONDS }),
      { type: 'null', description: 'There were none.' },
    ],
  },
  TrafficPoint: exactly({
    time: TIME,
    ...FIGURES,
    limits: {
      type: 'object',
      description: 'By limit, as in `ip:60`.',
      additionalProperties: exactly({ admitted: WHOLE, refused: WHOLE }),
    },
  }),
  TrafficTotals: exactly(FIGURES),
  Traffic: exactly({
    span: { enum: ['hour', 'day', 'week', 'quarter'] },
    stepSeconds: WHOLE,
    from: TIME,
    to: TIME,
    points: listOf(ref('TrafficPoint')),
    totals: ref('TrafficTotals'),
    routes: listOf(
      exactly({ route: TEXT, requests: WHOLE, errors: WHOLE, latency: ref('Percentiles') }),
    ),
    limits: listOf(exactly({ limit: TEXT, admitted: WHOLE, refused: WHOLE })),
    limited: listOf(exactly({ subject: TEXT, refused: WHOLE })),
    isolates: { ...WHOLE, description: 'How many told of one minute, at most.' },
  }),
  Explanation: EXPLANATION,
  Exchanges: exactly({
    correlationId: TEXT,
    exchanges: { ...listOf(ref('Explanation')), maxItems: 20 },
  }),
  Events: exactly({
    events: listOf(
      exactly(
        {
          time: TIME,
          kind: { enum: ['anomaly.began', 'anomaly.ended'] },
          series: { enum: ['errors', 'latency'] },
          of: {
            oneOf: [exactly({ code: TEXT }), exactly({ route: TEXT })],
            description: 'All requests together are the route `*`.',
          },
          usual: exactly({ low: AMOUNT, high: AMOUNT }),
          now: { ...AMOUNT, description: 'A share from 0 to 1, or of latency milliseconds.' },
          since: TIME,
          ending: {
            enum: ['usual', 'adapted', 'silent'],
            description:
              'Of an end: inside the band again, the band has moved, or too few requests to tell.',
          },
        },
        'ending',
      ),
    ),
  }),
  GatewaySettings: exactly({
    environment: { enum: ['local', 'staging', 'production'] },
    limits: listOf(
      exactly(
        {
          name: TEXT,
          of: { enum: ['ip', 'key', 'user', 'caller'] },
          tier: TEXT,
          window: TEXT,
          seconds: WHOLE,
          limit: WHOLE,
          shadow: { type: 'boolean' },
        },
        'tier',
      ),
    ),
  }),
  RefreshRequest: {
    type: 'object',
    properties: { refreshToken: { type: ['string', 'null'], pattern: '^[!-~]{8,4096}$|^$' } },
  },
  Tokens: exactly(
    {
      accessToken: TEXT,
      tokenType: { const: 'Bearer' },
      expiresIn: { type: 'number' },
      refreshToken: TEXT,
    },
    'expiresIn',
    'refreshToken',
  ),
} as const

interface OwnPage {
  readonly summary: string
  /** The schema of a JSON answer; other answers have a type alone. */
  readonly answer?: keyof typeof PAGE_SCHEMAS
  readonly types?: readonly string[]
  readonly body?: keyof typeof PAGE_SCHEMAS
  /** A body need not be there. */
  readonly optionalBody?: true
}

export const OWN_PAGES: { readonly [Page in PageName]: OwnPage } = {
  health: { summary: 'The worker lives', answer: 'Health' },
  ready: { summary: 'Who of those it leans on is there', answer: 'Readiness' },
  ownKeys: {
    summary: 'What the API checks assertions by; NOT_FOUND without a signing key',
    answer: 'KeySet',
    types: ['application/jwk-set+json'],
  },
  asset: { summary: 'What its pages load', types: ['*/*'] },
  openapi: { summary: 'This document' },
  docs: { summary: 'This document, to be browsed', types: ['text/html'] },
  errorList: {
    summary: 'All codes: the reference, or the same as JSON',
    types: ['text/html', 'application/json'],
  },
  errorCode: {
    summary: 'One code: what it means, how it comes about and what to do',
    types: ['text/html', 'application/json'],
  },
  listSubjects: {
    summary: 'Whom an operator has changed, as far as it still holds, the last changed first',
    answer: 'SubjectList',
  },
  readSubject: { summary: 'What the store keeps about a subject', answer: 'SubjectRecord' },
  changeSubject: {
    summary: 'Change what the store keeps about a subject',
    answer: 'SubjectRecord',
    body: 'SubjectChange',
  },
  metrics: {
    summary: 'The same as counters, for monitoring: OpenMetrics, or the text format of Prometheus',
    types: ['text/plain', 'application/openmetrics-text'],
  },
  traffic: { summary: 'What went through all isolates, step by step', answer: 'Traffic' },
  auditTrail: { summary: 'Who changed which record, the newest first', answer: 'AuditTrail' },
  exchanges: {
    summary: 'How the exchanges of one correlation id came to their errors, the newest first',
    answer: 'Exchanges',
  },
  recentEvents: {
    summary: 'What left its usual band and what came back, the newest first',
    answer: 'Events',
  },
  readSettings: {
    summary: 'Which environment it is, and the limits as they are set',
    answer: 'GatewaySettings',
  },
  console: { summary: 'The operators’ console', types: ['text/html'] },
  refreshToken: {
    summary: 'New tokens for a refresh token from the body or the cookie',
    answer: 'Tokens',
    body: 'RefreshRequest',
    optionalBody: true,
  },
}
