import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import catalogue from '../contract/catalogue.json' with { type: 'json' }
import { openWorld, type World } from './world.ts'

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9'

let world: World
/** With the built-in table of routes, and exchanging refresh tokens itself. */
let api: ServedWorker
/** With limits that a second request is over, or an address's third. */
let narrow: ServedWorker
beforeAll(async () => {
  world = await openWorld()
  const { issuer } = world
  ;[api, narrow] = await Promise.all([
    world.another({
      ROUTES: '',
      TOKEN_ENDPOINT: issuer.tokenEndpoint,
      TOKEN_CLIENT_ID: issuer.clientId,
      TOKEN_CLIENT_SECRET: issuer.clientSecret,
    }),
    world.another({
      LIMITS: JSON.stringify({
        ip: { minute: 2 },
        tiers: { free: { minute: 1 }, premium: { month: 1 } },
        routes: { bridgeRegister: { 900: 1 } },
      }),
    }),
  ])
})
afterAll(() => world.stop())

interface Asked {
  readonly token?: string
  readonly body?: string | object
  readonly headers?: Readonly<Record<string, string>>
}

/** `target` is a method and a path. */
function ask({ url }: ServedWorker, target: string, { token, body, headers }: Asked = {}) {
  const [method = '', path] = target.split(' ')
  return fetch(url + path, {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

type Minted = Parameters<World['issuer']['mint']>[0]

async function askAs(who: Minted, target: string, asked: Asked = {}) {
  return ask(api, target, { token: await world.issuer.mint(who), ...asked })
}

const askAsUser = (target: string, asked?: Asked) => askAs({}, target, asked)

const refresh = (body: object) => ask(api, 'POST /auth/token/refresh', { body })

async function askAnother(
  settings: Readonly<Record<string, string>>,
  target: string,
  asked?: Asked,
) {
  return ask(await world.another(settings), target, asked)
}

/** Alike requests of one address of its own, one after the other; the answer to the last. */
async function askNarrow(times: number, from: string, target: string, who: Minted) {
  const token = await world.issuer.mint({ subject: `auth0|${from}`, ...who })
  const asked = { token, headers: { 'CF-Connecting-IP': from } }
  for (let nth = 1; nth < times; nth += 1) await ask(narrow, target, asked)
  return ask(narrow, target, asked)
}

/** Signed out in one isolate, and shown to another that knows nothing of it. */
async function askSignedOut() {
  const token = await world.issuer.mint({ subject: 'auth0|signed-out' })
  await ask(api, 'POST /auth/logout', { token })
  return ask(world.gateway, 'GET /tunnels', { token })
}

/** `upstream`: the gateway relays what the upstream has answered. */
type Source = 'gateway' | 'upstream'
type Row = readonly [cause: string, code: string, source: Source, provoke: () => Promise<Response>]

const ROWS: readonly Row[] = [
  ['no token is provided', 'MISSING_TOKEN', 'gateway', () => ask(api, 'GET /tunnels')],
  [
    'a token is for another audience',
    'INVALID_TOKEN',
    'gateway',
    () => askAs({ audience: 'https://elsewhere.example.com' }, 'GET /tunnels'),
  ],
  [
    'a token cannot be decoded',
    'INVALID_TOKEN_FORMAT',
    'gateway',
    () => ask(api, 'GET /tunnels', { token: 'no.token' }),
  ],
  [
    'a token has expired',
    'TOKEN_EXPIRED',
    'gateway',
    () => askAs({ issuedAt: 1_750_000_000, expiresInSeconds: 3_600 }, 'GET /tunnels'),
  ],
  [
    'the provider refuses a refresh token',
    'TOKEN_REFRESH_FAILED',
    'gateway',
    () => refresh({ refreshToken: 'rt_that_nobody_issued' }),
  ],
  [
    'the provider fails during a refresh',
    'TOKEN_REFRESH_ERROR',
    'gateway',
    () => refresh({ refreshToken: world.issuer.mintRefreshToken({ fails: 'down' }) }),
  ],
  [
    'the format of a refresh token is invalid',
    'INVALID_REFRESH_TOKEN',
    'gateway',
    () => refresh({ refreshToken: 'with a space' }),
  ],
  ['no refresh token is provided', 'MISSING_REFRESH_TOKEN', 'gateway', () => refresh({})],
  ['a token is signed out', 'AUTH_REQUIRED', 'gateway', askSignedOut],
  [
    'a request comes over plain HTTP',
    'HTTPS_REQUIRED',
    'gateway',
    () => askAnother({ REQUIRE_HTTPS: 'always' }, 'POST /auth/token/refresh'),
  ],
  [
    'an administrator lacks a required permission',
    'INSUFFICIENT_PERMISSIONS',
    'gateway',
    () => askAs({ roles: ['admin'] }, 'GET /_gateway/admin/audit'),
  ],
  [
    'a user asks for what requires an admin role',
    'ADMIN_REQUIRED',
    'gateway',
    () => askAsUser('GET /admin/users'),
  ],
  [
    'a feature is not in the tier of the user',
    'TIER_FEATURE_UNAVAILABLE',
    'gateway',
    () => askAs({ tier: 'free' }, 'GET /tunnel/metrics'),
  ],
  [
    'a user claims an exemption without being eligible',
    'RATE_LIMIT_EXEMPTION_DENIED',
    'gateway',
    () => askAsUser('GET /tunnels', { headers: { 'X-RateLimit-Exempt': 'admin' } }),
  ],
  [
    'a tunnel is created without its required name',
    'MISSING_PARAMETER',
    'gateway',
    () => askAsUser('POST /tunnels', { body: {} }),
  ],
  [
    'the value of a parameter is no page number',
    'INVALID_PARAMETER',
    'gateway',
    () => askAsUser('GET /tunnels?page=first'),
  ],
  [
    'the format of an email is invalid',
    'INVALID_EMAIL',
    'gateway',
    () => askAsUser('PUT /users/profile', { body: { email: 'ada.example.com' } }),
  ],
  [
    'the format of a webhook’s URL is invalid',
    'INVALID_URL',
    'gateway',
    () => askAsUser('POST /tunnel-webhooks', { body: { url: 'nowhere' } }),
  ],
  [
    'a request body is not valid JSON',
    'INVALID_JSON',
    'gateway',
    () => askAsUser('POST /tunnels', { body: '{"name":' }),
  ],
  [
    'the validation of the input finds two faults at once',
    'VALIDATION_ERROR',
    'gateway',
    () => askAsUser('POST /tunnels', { body: { config: { timeout: '30s' } } }),
  ],
  [
    'a session is revoked without its ID',
    'MISSING_SESSION_ID',
    'gateway',
    () => askAsUser('POST /auth/session/revoke', { body: {} }),
  ],
  [
    'a tunnel configuration is invalid',
    'INVALID_TUNNEL_CONFIG',
    'gateway',
    () => askAsUser('PUT /tunnels/tnl-home/config', { body: { timeout: '30s' } }),
  ],
  ['a path does not exist', 'NOT_FOUND', 'gateway', () => askAsUser('GET /no/such/path')],
  [
    'the upstream says that a user does not exist',
    'USER_NOT_FOUND',
    'upstream',
    () => askAsUser('GET /users/auth0-nobody'),
  ],
  [
    'the upstream says that a tunnel does not exist',
    'TUNNEL_NOT_FOUND',
    'upstream',
    () => askAsUser('GET /tunnels/tnl-none'),
  ],
  [
    'the upstream says that a session does not exist',
    'SESSION_NOT_FOUND',
    'upstream',
    () => askAsUser('GET /auth/sessions/current'),
  ],
  [
    'the upstream says that a webhook does not exist',
    'WEBHOOK_NOT_FOUND',
    'upstream',
    () => askAsUser('GET /tunnel-webhooks/whk-none'),
  ],
  [
    'there are too many requests for the limit of a route',
    'RATE_LIMIT_EXCEEDED',
    'gateway',
    () => askNarrow(2, '203.0.113.1', 'POST /demo/limited', { tier: 'enterprise' }),
  ],
  [
    'the rate limit of a user is exceeded',
    'RATE_LIMIT_EXCEEDED_USER',
    'gateway',
    () => askNarrow(2, '203.0.113.2', 'GET /tunnels', { tier: 'free' }),
  ],
  [
    'the rate limit of an IP is exceeded',
    'RATE_LIMIT_EXCEEDED_IP',
    'gateway',
    () => askNarrow(3, '203.0.113.3', 'GET /tunnels', { tier: 'enterprise' }),
  ],
  [
    'the quota of a tier is exceeded',
    'QUOTA_EXCEEDED',
    'gateway',
    () => askNarrow(2, '203.0.113.4', 'GET /tunnels', { tier: 'premium' }),
  ],
  [
    'the upstream answers with an unexpected error',
    'INTERNAL_ERROR',
    'upstream',
    () => ask(world.gateway, 'GET /demo/errors/2'),
  ],
  [
    'a database operation of the upstream fails, and something may have been executed',
    'DATABASE_ERROR',
    'upstream',
    () => ask(world.gateway, 'POST /demo/errors/21'),
  ],
  [
    'the upstream takes a POST and hangs up',
    'SERVICE_ERROR',
    'gateway',
    () => ask(world.gateway, 'POST /demo/errors/23?how=reset'),
  ],
  [
    'the configuration of the gateway cannot be read',
    'CONFIGURATION_ERROR',
    'gateway',
    () => askAnother({ LIMITS: '{' }, 'GET /tunnels'),
  ],
  [
    'the upstream cannot be connected to',
    'SERVICE_UNAVAILABLE',
    'gateway',
    () => askAnother({ UPSTREAM_URL: NOWHERE }, 'GET /demo/echo'),
  ],
  [
    'the database of the upstream is unavailable',
    'DATABASE_UNAVAILABLE',
    'upstream',
    () => ask(world.gateway, 'GET /demo/errors/21'),
  ],
  [
    'the store is unavailable, and the limit of administration must not be guessed',
    'CACHE_UNAVAILABLE',
    'gateway',
    async () => {
      const token = await world.issuer.mint({ roles: ['super_admin'] })
      return askAnother({ UPSTASH_REDIS_REST_URL: NOWHERE }, 'GET /admin/users', { token })
    },
  ],
  [
    'the issuer, whose keys would verify a token, is down',
    'EXTERNAL_SERVICE_UNAVAILABLE',
    'gateway',
    async () => {
      const token = await world.issuer.mint()
      return askAnother({ JWT_JWKS_URL: `${NOWHERE}/keys` }, 'GET /tunnels', { token })
    },
  ],
]

/** Where the contract's tables and its example bodies suggest different things, the examples hold. */
function rowOf(code: string) {
  const row = catalogue.find((row) => row.code === code)
  if (!row) throw new Error(`the contract has no ${code}`)
  const { statusCode, category, message, suggestion, exampleSuggestion } = row
  return { code, statusCode, category, message, suggestion: exampleSuggestion ?? suggestion }
}

describe('the built worker', () => {
  it.each(ROWS)('where %s, answers %s of the %s’s', async (_, code, source, provoke) => {
    const response = await provoke()

    const { error } = await response.json()
    const id = response.headers.get('X-Correlation-ID')
    expect(error).toMatchObject({ ...rowOf(code), correlationId: id })
    expect(id).toMatch(/^req-/)
    expect(response.status).toBe(rowOf(code).statusCode)
    expect(response.headers.get('Link')).toBe(`</_gateway/errors/${code}>; rel="help"`)
    expect(response.headers.get('X-Gateway-Error-Source')).toBe(source)
  })

  it('is asked here for each of the 39 codes of the contract, in its order', () => {
    expect(ROWS).toHaveLength(39)
    expect(ROWS.map(([, code]) => code)).toEqual(catalogue.map(({ code }) => code))
  })
})
