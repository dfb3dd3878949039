import { describe, expect, it } from 'vitest'
import { places } from '../../scripts/openapi/rows.ts'
import { BoundedMap } from '../../src/adapters/bounded-map.ts'
import { bareFrame } from '../../src/config.ts'
import type { ErrorCode } from '../../src/contract/catalogue.ts'
import { createMisconfiguredGateway } from '../../src/gateway.ts'
import type { Verdict } from '../../src/policy/charge.ts'
import { type Explanation, explanationOf } from '../../src/watch/explanation.ts'
import catalogue from '../contract/catalogue.json' with { type: 'json' }
import { CAUSES } from '../support/causes.ts'
import { type GatewayOptions, START, testGateway } from '../support/gateway.ts'
import { OTHER_KEY, RFC_KEY } from '../support/own-keys.ts'

type Explained = { readonly explanation: Explanation | undefined }
type Provoke = () => Promise<Explained>

const operations = places().flatMap(({ answering }) =>
  answering.flatMap(({ method, routes }) => routes.map((route) => ({ route, method }))),
)

/** What provokes the code on that row, as the document declares it. */
const onRow =
  (code: ErrorCode, method: string, path: string, page?: string): Provoke =>
  () => {
    const operation = operations.find(
      (one) => one.method === method && one.route.path === path && one.route.page === page,
    )
    const cause = CAUSES[code]
    if (!operation || !cause) throw new Error(`nothing provokes ${code} on ${method} ${path}`)
    return cause(operation)
  }

type Asked = Parameters<Awaited<ReturnType<typeof testGateway>>['ask']>[1]

/** The last of so many alike requests of a free user. */
const inWorld =
  (options: GatewayOptions, path = '/tunnels', asked: Asked = {}, times = 1): Provoke =>
  async () => {
    const world = await testGateway(options)
    const token = await world.mint({ tier: 'free' })
    for (let nth = 1; nth < times; nth += 1) await world.ask(path, { token, ...asked })
    return world.ask(path, { token, ...asked })
  }

const answering = (status: number, path = '/tunnels/t1', body: object = {}, asked: Asked = {}) =>
  inWorld({ upstream: () => Response.json(body, { status }) }, path, asked)
const limited = (limits: object) => ({ settings: { LIMITS: JSON.stringify(limits) } })
const POST = { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }

const READING = {
  limit: 100,
  remaining: 0,
  resetAt: START + 60_000,
  windowSeconds: 60,
  windowId: '60',
}

/** A store that says the same of everybody. */
function judging(verdict: object, remembered = false): GatewayOptions {
  const said = {
    outcome: 'refused',
    code: 'RATE_LIMIT_EXCEEDED_USER',
    retryAt: START + 60_000,
    subject: 'user:https://issuer.test/|auth0|ada',
    blocked: false,
    reading: READING,
    addressReading: READING,
    shadowed: [],
    exempt: false,
    source: remembered ? 'memory' : 'store',
    ...verdict,
  } as Verdict
  const recall = () => (remembered ? said : undefined)
  return { subjects: { recall, isRevoked: () => false, charge: async () => said } }
}

async function withoutSettings(): Promise<Explained> {
  let explanation: Explanation | undefined
  const gateway = createMisconfiguredGateway(bareFrame(), {
    lastReadings: new BoundedMap(1),
    log: { write: () => undefined },
    now: () => START,
    random: (length) => new Uint8Array(length),
    background: () => undefined,
    observers: [
      {
        observe(exchange, answered) {
          explanation = exchange.denial && explanationOf(exchange, exchange.denial, answered)
        },
      },
    ],
  })
  await gateway.request('https://gateway.test/tunnels')
  return { explanation }
}

const cutAtOnce = () =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.error(new Error('Network connection lost')),
    }),
  )

const brokenOff = () =>
  new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error('Network connection lost')),
  })

const KEYED = { token: undefined, headers: { 'X-API-Key': 'ctll_0123456789abcdef' } }
const IN_A_MINUTE = '2026-11-22T12:01:00.000Z'

/** What decided, for each code of the contract in its order; more than once where several steps can say it. */
const ROWS: readonly (readonly [code: string, decidedBy: object, provoke: Provoke])[] = [
  [
    'MISSING_TOKEN',
    { step: 'identify', rule: 'access', access: 'user' },
    onRow('MISSING_TOKEN', 'GET', '/tunnels/*'),
  ],
  [
    'INVALID_TOKEN',
    { step: 'identify', claim: 'aud' },
    onRow('INVALID_TOKEN', 'GET', '/tunnels/*'),
  ],
  [
    'INVALID_TOKEN',
    { step: 'identify', rule: 'signature' },
    async () => {
      const world = await testGateway()
      const token = await world.mint()
      return world.get('/tunnels', { token: `${token.slice(0, -8)}AAAAAAAA` })
    },
  ],
  [
    'INVALID_TOKEN_FORMAT',
    { step: 'identify', rule: 'parts' },
    onRow('INVALID_TOKEN_FORMAT', 'GET', '/tunnels/*'),
  ],
  [
    'TOKEN_EXPIRED',
    { step: 'identify', claim: 'exp' },
    onRow('TOKEN_EXPIRED', 'GET', '/tunnels/*'),
  ],
  [
    'TOKEN_REFRESH_FAILED',
    { step: 'page', rule: 'refreshToken', cause: 'invalid_grant' },
    onRow('TOKEN_REFRESH_FAILED', 'POST', '/auth/token/refresh', 'refreshToken'),
  ],
  [
    'TOKEN_REFRESH_FAILED',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 401 },
    answering(401, '/auth/token/refresh', {}, POST),
  ],
  [
    'TOKEN_REFRESH_ERROR',
    { step: 'page', rule: 'refreshToken', cause: 'late' },
    onRow('TOKEN_REFRESH_ERROR', 'POST', '/auth/token/refresh', 'refreshToken'),
  ],
  [
    'TOKEN_REFRESH_ERROR',
    { step: 'forward', rule: 'upstream late' },
    inWorld({ upstream: () => ({ kind: 'late' }) }, '/auth/token/refresh', POST),
  ],
  [
    'INVALID_REFRESH_TOKEN',
    { step: 'page', rule: 'refreshToken' },
    onRow('INVALID_REFRESH_TOKEN', 'POST', '/auth/token/refresh', 'refreshToken'),
  ],
  [
    'MISSING_REFRESH_TOKEN',
    { step: 'page', rule: 'refreshToken' },
    onRow('MISSING_REFRESH_TOKEN', 'POST', '/auth/token/refresh', 'refreshToken'),
  ],
  ['AUTH_REQUIRED', { step: 'meter', claim: 'revoked' }, inWorld(judging({ outcome: 'revoked' }))],
  [
    'AUTH_REQUIRED',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 401 },
    answering(401, '/tunnels/t1', { code: 'SESSION_REVOKED' }),
  ],
  [
    'HTTPS_REQUIRED',
    { step: 'https', rule: 'https' },
    onRow('HTTPS_REQUIRED', 'GET', '/tunnels/*'),
  ],
  [
    'INSUFFICIENT_PERMISSIONS',
    { step: 'authorize', permission: ['view_users'] },
    onRow('INSUFFICIENT_PERMISSIONS', 'GET', '/admin/users/*'),
  ],
  [
    'INSUFFICIENT_PERMISSIONS',
    { step: 'authorize', anyPermission: ['view_alerts', 'manage_alerts'] },
    onRow('INSUFFICIENT_PERMISSIONS', 'GET', '/alert-configuration/*'),
  ],
  [
    'INSUFFICIENT_PERMISSIONS',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 403 },
    answering(403),
  ],
  [
    'ADMIN_REQUIRED',
    { step: 'authorize', rule: 'access', access: 'admin' },
    onRow('ADMIN_REQUIRED', 'GET', '/admin/users/*'),
  ],
  [
    'TIER_FEATURE_UNAVAILABLE',
    { step: 'authorize', feature: 'containerOrchestration', tier: 'premium' },
    onRow('TIER_FEATURE_UNAVAILABLE', 'GET', '/tunnel/metrics'),
  ],
  [
    'RATE_LIMIT_EXEMPTION_DENIED',
    { step: 'exempt', rule: 'exemption' },
    onRow('RATE_LIMIT_EXEMPTION_DENIED', 'GET', '/tunnels/*'),
  ],
  [
    'RATE_LIMIT_EXEMPTION_DENIED',
    { step: 'qualify', rule: 'exemption' },
    inWorld({}, '/tunnels', { headers: { 'X-RateLimit-Exempt': 'operator' } }),
  ],
  [
    'MISSING_PARAMETER',
    { step: 'validate', rule: 'MISSING_PARAMETER', fields: ['name'] },
    onRow('MISSING_PARAMETER', 'POST', '/tunnels'),
  ],
  [
    'INVALID_PARAMETER',
    { step: 'validate', rule: expect.stringContaining('whole number'), fields: ['page'] },
    onRow('INVALID_PARAMETER', 'GET', '/tunnels/*'),
  ],
  [
    'INVALID_PARAMETER',
    { step: 'page', rule: 'auditTrail', parameter: 'limit' },
    onRow('INVALID_PARAMETER', 'GET', '/_gateway/admin/audit', 'auditTrail'),
  ],
  [
    'INVALID_EMAIL',
    { step: 'validate', rule: expect.stringContaining('address'), fields: ['email'] },
    onRow('INVALID_EMAIL', 'PUT', '/users/profile'),
  ],
  [
    'INVALID_URL',
    { step: 'validate', rule: expect.stringContaining('public host'), fields: ['url'] },
    onRow('INVALID_URL', 'POST', '/tunnel-webhooks/*'),
  ],
  [
    'INVALID_JSON',
    { step: 'validate', rule: 'The text ends too early' },
    onRow('INVALID_JSON', 'POST', '/tunnels'),
  ],
  [
    'VALIDATION_ERROR',
    { step: 'match', rule: expect.stringContaining('encoded slash') },
    onRow('VALIDATION_ERROR', 'GET', '/tunnels/*'),
  ],
  [
    'VALIDATION_ERROR',
    {
      step: 'validate',
      rule: 'VALIDATION_ERROR',
      fields: ['name', 'config.timeout'],
    },
    inWorld({}, '/tunnels', { ...POST, body: '{"config":{"timeout":"30s"}}' }),
  ],
  [
    'VALIDATION_ERROR',
    { step: 'forward', rule: 'The request body breaks off' },
    inWorld(
      {
        // What it is sent has to be read for its end to be met.
        upstream: async (request) => {
          await Promise.race([request.text(), new Promise((resolve) => setTimeout(resolve, 500))])
          return { kind: 'lost' }
        },
      },
      '/webhooks/stripe',
      { method: 'POST', body: brokenOff() },
    ),
  ],
  [
    'VALIDATION_ERROR',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 422 },
    answering(422),
  ],
  [
    'MISSING_SESSION_ID',
    { step: 'validate', rule: 'MISSING_SESSION_ID', fields: ['sessionId'] },
    onRow('MISSING_SESSION_ID', 'POST', '/auth/session/revoke'),
  ],
  [
    'INVALID_TUNNEL_CONFIG',
    { step: 'validate', rule: 'must be a number', fields: ['timeout'] },
    onRow('INVALID_TUNNEL_CONFIG', 'PUT', '/tunnels/:id/config'),
  ],
  ['NOT_FOUND', { step: 'match', rule: 'path' }, inWorld({}, '/nowhere')],
  ['NOT_FOUND', { step: 'match', rule: 'method' }, inWorld({}, '/docs/x', { method: 'POST' })],
  [
    'NOT_FOUND',
    { step: 'page', rule: 'asset' },
    onRow('NOT_FOUND', 'GET', '/_gateway/assets/:file', 'asset'),
  ],
  [
    'NOT_FOUND',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 404 },
    answering(404, '/auth/me'),
  ],
  [
    'USER_NOT_FOUND',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 404 },
    answering(404, '/users/u1'),
  ],
  [
    'TUNNEL_NOT_FOUND',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 404 },
    answering(404, '/tunnels/t1'),
  ],
  [
    'SESSION_NOT_FOUND',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 404 },
    answering(404, '/auth/sessions/current'),
  ],
  [
    'WEBHOOK_NOT_FOUND',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 404 },
    answering(404, '/tunnel-webhooks/w1'),
  ],
  [
    'RATE_LIMIT_EXCEEDED',
    { step: 'meter', limit: 'apiKeys:3600', until: expect.any(String) },
    onRow('RATE_LIMIT_EXCEEDED', 'POST', '/api-keys'),
  ],
  [
    'RATE_LIMIT_EXCEEDED',
    { step: 'meter', limit: 'key:60', until: IN_A_MINUTE },
    inWorld(limited({ key: { minute: 1 } }), '/ollama/api/tags', KEYED, 2),
  ],
  [
    'RATE_LIMIT_EXCEEDED',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 429 },
    answering(429),
  ],
  [
    'RATE_LIMIT_EXCEEDED_USER',
    { step: 'meter', limit: 'user:60', until: IN_A_MINUTE },
    inWorld(limited({ tiers: { free: { minute: 1 } } }), '/tunnels', {}, 2),
  ],
  [
    'RATE_LIMIT_EXCEEDED_USER',
    { step: 'meter', rule: 'blocked', subject: 'user', until: IN_A_MINUTE },
    inWorld(judging({ blocked: true })),
  ],
  [
    'RATE_LIMIT_EXCEEDED_USER',
    { step: 'meter', limit: 'concurrency' },
    inWorld(judging({ outcome: 'busy' })),
  ],
  [
    'RATE_LIMIT_EXCEEDED_IP',
    { step: 'meter', limit: 'ip:60', until: IN_A_MINUTE },
    inWorld(limited({ ip: { minute: 1 } }), '/tunnels', {}, 2),
  ],
  [
    'RATE_LIMIT_EXCEEDED_IP',
    { step: 'recall', limit: 'ip:60', until: IN_A_MINUTE },
    inWorld(judging({ code: 'RATE_LIMIT_EXCEEDED_IP', subject: 'ip:203.0.113.7' }, true)),
  ],
  [
    'QUOTA_EXCEEDED',
    { step: 'meter', limit: 'user:2592000', until: '2026-12-22T12:00:00.000Z' },
    inWorld(limited({ tiers: { free: { month: 1 } } }), '/tunnels', {}, 2),
  ],
  ['INTERNAL_ERROR', { step: 'fault' }, onRow('INTERNAL_ERROR', 'GET', '/tunnels/*')],
  [
    'INTERNAL_ERROR',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 500 },
    answering(500),
  ],
  [
    'DATABASE_ERROR',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 500 },
    answering(500, '/tunnels/t1', { code: 'DATABASE_ERROR' }),
  ],
  [
    'SERVICE_ERROR',
    { step: 'forward', rule: 'upstream lost' },
    onRow('SERVICE_ERROR', 'POST', '/tunnels'),
  ],
  ['CONFIGURATION_ERROR', { step: 'settings', rule: 'settings' }, withoutSettings],
  [
    'CONFIGURATION_ERROR',
    { step: 'loop', rule: 'loop' },
    inWorld({}, '/tunnels', {
      headers: { Via: Array(4).fill('1.1 cloudtolocalllm-gateway').join(', ') },
    }),
  ],
  [
    'CONFIGURATION_ERROR',
    { step: 'vouch', rule: 'signing key' },
    inWorld({
      settings: { GATEWAY_SIGNING_KEY: JSON.stringify({ ...RFC_KEY, x: OTHER_KEY.x }) },
    }),
  ],
  [
    'SERVICE_UNAVAILABLE',
    { step: 'forward', rule: 'upstream unreachable' },
    onRow('SERVICE_UNAVAILABLE', 'GET', '/tunnels/*'),
  ],
  [
    'SERVICE_UNAVAILABLE',
    { step: 'page', rule: 'ready' },
    onRow('SERVICE_UNAVAILABLE', 'GET', '/_gateway/ready', 'ready'),
  ],
  [
    'SERVICE_UNAVAILABLE',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 503 },
    answering(503),
  ],
  [
    'DATABASE_UNAVAILABLE',
    { step: 'normalize', rule: 'upstream answer', upstreamStatus: 503 },
    answering(503, '/tunnels/t1', { code: 'DATABASE_UNAVAILABLE' }),
  ],
  [
    'CACHE_UNAVAILABLE',
    { step: 'meter', rule: 'store away', limit: 'adminRead' },
    onRow('CACHE_UNAVAILABLE', 'GET', '/admin/users/*'),
  ],
  ['CACHE_UNAVAILABLE', { step: 'signOut', rule: 'store away' }, inWorld({}, '/auth/logout', POST)],
  [
    'CACHE_UNAVAILABLE',
    { step: 'page', rule: 'auditTrail' },
    async () => {
      const world = await testGateway()
      const token = await world.mint({ roles: ['super_admin'] })
      return world.get('/_gateway/admin/audit', { token })
    },
  ],
  [
    'EXTERNAL_SERVICE_UNAVAILABLE',
    { step: 'identify', rule: 'signing keys away' },
    onRow('EXTERNAL_SERVICE_UNAVAILABLE', 'GET', '/tunnels/*'),
  ],
  [
    'EXTERNAL_SERVICE_UNAVAILABLE',
    { step: 'forward', rule: 'upstream lost' },
    inWorld({ upstream: () => ({ kind: 'lost' }) }),
  ],
  [
    'EXTERNAL_SERVICE_UNAVAILABLE',
    { step: 'begin', rule: 'upstream cut' },
    inWorld({ upstream: cutAtOnce }),
  ],
]

describe('what decided', () => {
  it.each(ROWS)('%s: %j', async (code, decidedBy, provoke) => {
    const { explanation } = await provoke()

    expect(explanation?.code).toBe(code)
    expect(explanation?.decidedBy).toEqual(decidedBy)
  })

  it('is asked here for each of the 39 codes of the contract', () => {
    expect([...new Set(ROWS.map(([code]) => code))]).toEqual(catalogue.map(({ code }) => code))
  })
})

const LATER = ['loop', 'validate', 'vouch', 'forward', 'normalize', 'begin']

/** Each outcome with its steps, and those in the journey's order. */
const STEPS: readonly (readonly [what: string, steps: object, provoke: Provoke])[] = [
  [
    'plain HTTP is refused at once',
    {
      refused: ['https'],
      'not reached': [...['match', 'recall', 'identify', 'authorize', 'exempt', 'meter'], ...LATER],
    },
    onRow('HTTPS_REQUIRED', 'GET', '/tunnels/*'),
  ],
  [
    'an unlisted path is counted before it is refused',
    {
      passed: ['https', 'recall', 'meter'],
      refused: ['match'],
      'not reached': ['identify', 'authorize', 'exempt', ...LATER],
    },
    inWorld({}, '/nowhere'),
  ],
  [
    'an unlisted path of an address that was refused a moment ago is refused twice',
    {
      passed: ['https'],
      refused: ['match', 'recall'],
      'not reached': ['identify', 'authorize', 'exempt', 'meter', ...LATER],
    },
    inWorld(judging({ code: 'RATE_LIMIT_EXCEEDED_IP' }, true), '/nowhere'),
  ],
  [
    'a bad token is counted before it is refused',
    {
      passed: ['https', 'match', 'recall', 'meter'],
      refused: ['identify'],
      'not reached': ['authorize', 'exempt', ...LATER],
    },
    onRow('TOKEN_EXPIRED', 'GET', '/tunnels/*'),
  ],
  [
    'a bad token of an address over its limit is refused for both, and hears of the limit',
    {
      passed: ['https', 'match', 'recall'],
      refused: ['identify', 'meter'],
      'not reached': ['authorize', 'exempt', ...LATER],
    },
    inWorld(limited({ ip: { minute: 1 } }), '/tunnels', { token: 'no.token' }, 2),
  ],
  [
    'a user without the right of an address over its limit is refused for both',
    {
      passed: ['https', 'match', 'recall', 'identify'],
      refused: ['authorize', 'meter'],
      'not reached': ['exempt', ...LATER],
    },
    inWorld(limited({ ip: { minute: 1 } }), '/admin/users', {}, 2),
  ],
  [
    'a body is judged once all before it is well',
    {
      passed: ['https', 'match', 'recall', 'identify', 'authorize', 'exempt', 'meter', 'loop'],
      refused: ['validate'],
      'not reached': ['vouch', 'forward', 'normalize', 'begin'],
    },
    onRow('INVALID_JSON', 'POST', '/tunnels'),
  ],
  [
    'signing out is a step of the routes that do it',
    {
      passed: [
        ...['https', 'match', 'recall', 'identify', 'authorize', 'exempt', 'meter'],
        ...['loop', 'validate'],
      ],
      refused: ['signOut'],
      'not reached': ['vouch', 'forward', 'normalize', 'begin'],
    },
    inWorld({}, '/auth/logout', POST),
  ],
  [
    'an upstream that gave no answer left nothing to judge',
    {
      passed: [
        ...['https', 'match', 'recall', 'identify', 'authorize', 'exempt', 'meter'],
        ...['loop', 'validate', 'vouch'],
      ],
      refused: ['forward'],
      'not reached': ['normalize', 'begin'],
    },
    onRow('SERVICE_UNAVAILABLE', 'GET', '/tunnels/*'),
  ],
  [
    'a claim of what only the store knows is judged after the count',
    {
      passed: ['https', 'match', 'recall', 'identify', 'authorize', 'exempt', 'meter'],
      refused: ['qualify'],
      'not reached': LATER,
    },
    inWorld({}, '/tunnels', { headers: { 'X-RateLimit-Exempt': 'operator' } }),
  ],
  [
    'a page stands in place of the upstream',
    {
      passed: ['https', 'match', 'recall', 'identify', 'authorize', 'exempt', 'meter'],
      refused: ['page'],
    },
    onRow('SERVICE_UNAVAILABLE', 'GET', '/_gateway/ready', 'ready'),
  ],
  [
    'after a fault, what left its mark was passed, and of the rest nothing is known',
    {
      passed: ['https', 'match', 'recall', 'identify'],
      unknown: ['authorize', 'exempt', 'meter', ...LATER],
    },
    onRow('INTERNAL_ERROR', 'GET', '/tunnels/*'),
  ],
  [
    'without settings nothing is asked',
    {
      'not reached': [
        ...['https', 'match', 'recall', 'identify', 'authorize', 'exempt', 'meter'],
        ...LATER,
      ],
    },
    withoutSettings,
  ],
]

describe('the steps', () => {
  it.each(STEPS)('%s', async (_, steps, provoke) => {
    const { explanation } = await provoke()

    const taken = Map.groupBy(explanation?.steps ?? [], ({ outcome }) => outcome)
    const named = [...taken].map(([outcome, some]) => [outcome, some.map(({ step }) => step)])
    expect(Object.fromEntries(named)).toEqual(steps)
  })
})

describe('an explanation', () => {
  it('tells all that became known, and no more of whom and what than the access record', async () => {
    const seen = Response.json(
      { error: 'pool exhausted', password: 'hunter2', contact: 'ops@example.com' },
      { status: 500 },
    )
    const world = await testGateway({ upstream: () => seen.clone() })
    const token = await world.mint({ subject: 'auth0|ada', tier: 'premium' })

    const { explanation } = await world.ask('/tunnels/t1?page=2', {
      token,
      headers: {
        'X-Correlation-ID': 'explained-1',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    })

    expect(JSON.parse(JSON.stringify(explanation))).toEqual({
      time: '2026-11-22T12:00:00.000Z',
      correlationId: 'explained-1',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      environment: 'production',
      method: 'GET',
      route: '/tunnels/*',
      status: 500,
      code: 'INTERNAL_ERROR',
      decidedBy: { step: 'normalize', rule: 'upstream answer', upstreamStatus: 500 },
      steps: [
        { step: 'https', outcome: 'passed' },
        { step: 'match', outcome: 'passed' },
        { step: 'recall', outcome: 'passed' },
        { step: 'identify', outcome: 'passed', ms: 0 },
        { step: 'authorize', outcome: 'passed' },
        { step: 'exempt', outcome: 'passed' },
        { step: 'meter', outcome: 'passed', ms: 0 },
        { step: 'loop', outcome: 'passed' },
        { step: 'validate', outcome: 'passed', ms: 0 },
        { step: 'vouch', outcome: 'passed' },
        { step: 'forward', outcome: 'passed', ms: 0 },
        { step: 'normalize', outcome: 'refused' },
        { step: 'begin', outcome: 'not reached' },
      ],
      readings: {
        limit: 500,
        remaining: 499,
        windowSeconds: 60,
        resetAt: '2026-11-22T12:01:00.000Z',
        source: 'store',
        address: {
          limit: 1000,
          remaining: 999,
          windowSeconds: 60,
          resetAt: '2026-11-22T12:01:00.000Z',
        },
      },
      caller: { kind: 'user', tier: 'premium' },
      address: '203.0.113.0/24',
      upstream: {
        status: 500,
        original: '{"error":"pool exhausted","password":"[redacted]","contact":"[redacted]"}',
        retries: 0,
      },
      timings: {
        identity: { since: 0, ms: 0 },
        place: { since: 0, ms: 0 },
        store: { since: 0, ms: 0 },
        body: { since: 0, ms: 0 },
        upstream: { since: 0, ms: 0 },
      },
      durationMs: 0,
    })
  })

  it('tells the retries, what came of them, and how long it all took', async () => {
    const world = await testGateway({
      upstream: () => {
        world.pass(20)
        return { kind: 'unreachable' }
      },
    })

    const { explanation } = await world.get('/health')

    expect(explanation).toMatchObject({
      exemption: 'health',
      caller: { kind: 'anonymous' },
      cause: 'upstream unreachable',
      upstream: { failure: 'unreachable', retries: 2 },
      durationMs: explanation?.timings.upstream?.ms,
    })
    expect(explanation?.durationMs).toBeGreaterThanOrEqual(60)
  })

  it('tells how long a request was held before it was refused', async () => {
    const waits = judging({ outcome: 'busy' })

    const { explanation } = await inWorld(waits)()

    expect(explanation?.queuedMs).toBe(550)
  })

  it('names no parameter that the client has made up', async () => {
    const { explanation } = await inWorld({}, '/tunnels?hunterTwoId=%22&page=x')()

    expect(explanation?.decidedBy).toMatchObject({ fields: ['query', 'page'] })
    expect(JSON.stringify(explanation)).not.toContain('hunter')
  })
})
