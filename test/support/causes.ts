import type { Operation } from '../../scripts/openapi/operation.ts'
import { SubjectsWithFallback } from '../../src/adapters/subjects.ts'
import type { ErrorCode } from '../../src/contract/catalogue.ts'
import { LIMITS } from '../../src/policy/limits.ts'
import type { RefreshOutcome } from '../../src/ports.ts'
import { AWAY, type GatewayOptions, testGateway } from './gateway.ts'
import { MemorySubjects } from './memory-subjects.ts'
import { operatedGateway, strangers } from './operator.ts'
import { AUDIENCE } from './tokens.ts'

type Gateway = Awaited<ReturnType<typeof testGateway>>
type Asked = Parameters<Gateway['ask']>[1]

const PLENTY = 1_000_000
const MANY = { '900': PLENTY, minute: PLENTY, hour: PLENTY }
const FEW = { '900': 1, minute: 1, hour: 1 }
const tiers = (month: number) =>
  Object.fromEntries(['free', 'premium', 'enterprise'].map((tier) => [tier, { ...MANY, month }]))
const limits = (own: object, key: object, month: number) =>
  JSON.stringify({
    ip: MANY,
    key,
    tiers: tiers(month),
    routes: Object.fromEntries(Object.keys(LIMITS.routes).map((name) => [name, own])),
  })

const PROVIDER = {
  TOKEN_ENDPOINT: 'https://issuer.test/oauth/token',
  TOKEN_CLIENT_ID: 'gateway',
  TOKEN_CLIENT_SECRET: 'secret',
}

const OPEN = { LIMITS: limits(MANY, MANY, PLENTY) }
const refreshing = (outcome: RefreshOutcome) => ({
  settings: { ...OPEN, ...PROVIDER },
  tokenProvider: { refresh: async () => outcome },
})
const failing = () => Promise.reject(new Error('connect ECONNREFUSED'))
const nothing = () => undefined

const RECORD = { windows: [], limits: {}, revoked: [], exists: false }
const KEPT: NonNullable<GatewayOptions['records']> = {
  read: async () => RECORD,
  change: async () => RECORD,
  audit: async () => [],
  changed: async () => [],
  signOut: async () => true,
  revocations: async () => new Map(),
}

/** The same gateway in worlds that differ in what is wrong with them. */
const WORLDS = {
  well: { settings: OPEN },
  counting: { settings: { LIMITS: limits(FEW, FEW, PLENTY) } },
  frugal: { settings: { LIMITS: limits(MANY, MANY, 1) } },
  storeless: {
    settings: OPEN,
    traffic: { read: async () => undefined, total: async () => undefined },
    subjects: new SubjectsWithFallback(
      { charge: failing, recall: nothing, isRevoked: () => false },
      { write: nothing },
      nothing,
    ),
  },
  keyless: { settings: OPEN, keySet: () => new Response('', { status: 503 }) },
  faulty: {
    settings: OPEN,
    subjects: Object.assign(new MemorySubjects(), { charge: failing }),
  },
  lonely: { settings: OPEN, upstream: () => ({ kind: 'unreachable' }) },
  losing: { settings: OPEN, upstream: () => ({ kind: 'lost' }) },
  down: {
    settings: OPEN,
    assets: { open: async () => undefined },
    readiness: {
      check: async () => ({
        store: { state: 'down', latencyMs: 1 },
        keys: { state: 'down', latencyMs: 1 },
        upstream: { state: 'down', latencyMs: 1 },
      }),
    },
  },
  refused: refreshing({ kind: 'refused', cause: 'invalid_grant' }),
  failed: refreshing({ kind: 'failed', cause: 'late' }),
  unshared: refreshing({ kind: 'unshared' }),
} as const satisfies Readonly<Record<string, GatewayOptions>>

type World = keyof typeof WORLDS

const worlds = new Map<string, Promise<Gateway>>()

/** Where a setting decides whether the gateway answers a refresh itself, this is one where it does as the row says. */
function worldFor(name: World, { route }: Operation): Promise<Gateway> {
  const key = `${name} ${route.page === 'refreshToken'}`
  const options: GatewayOptions = { records: name === 'storeless' ? AWAY : KEPT, ...WORLDS[name] }
  const settings = { ...(route.page === 'refreshToken' && PROVIDER), ...options.settings }
  const gateway = worlds.get(key) ?? testGateway({ ...options, settings })
  worlds.set(key, gateway)
  return gateway
}

const NAMED: Readonly<Record<string, string>> = {
  ':subject': 'ip:203.0.113.9',
  ':exchange': 'req-explained',
}

/** A path that the row answers. */
export function pathOf({ path }: Operation['route']): string {
  return path.replace(/:\w+/g, (name) => NAMED[name] ?? 't1').replace('/*', '/x')
}

/** Sound for every rule. */
const BODY = JSON.stringify({ name: 'Home', sessionId: 's1', refreshToken: 'a-refresh-token' })

let strangersSoFar = 0

/** What a caller would send whom the row admits, changed in what is wrong with it. */
async function ask(
  world: Gateway,
  { route, method }: Operation,
  { path = pathOf(route), ...wrong }: Asked & { readonly path?: string } = {},
) {
  strangersSoFar += 1
  const carries = method !== 'GET'
  const token = 'token' in wrong ? wrong.token : await admitted(world, route)
  return world.ask(path, {
    method,
    ...(carries && { body: BODY }),
    from: `2001:db8:1:${strangersSoFar.toString(16)}::1`,
    ...wrong,
    token,
    headers: { ...(carries && { 'Content-Type': 'application/json' }), ...wrong.headers },
  })
}

function admitted(
  world: Gateway,
  { feature }: Operation['route'],
  subject = `auth0|${strangersSoFar}`,
): Promise<string> {
  const tier = feature === 'directTunnelOnly' ? 'free' : 'premium'
  return world.mint({ subject, tier, roles: ['super_admin'] })
}

type Answer = Awaited<ReturnType<typeof ask>>
type Cause = (operation: Operation) => Promise<Answer>

const inWorld =
  (name: World, wrong: Parameters<typeof ask>[2] = {}): Cause =>
  async (operation) =>
    ask(await worldFor(name, operation), operation, wrong)

/** The second of two alike. */
const twice =
  (name: World, wrong: (nth: number) => Asked): Cause =>
  async (operation) => {
    const world = await worldFor(name, operation)
    const nth = strangersSoFar
    const token = await admitted(world, operation.route, `auth0|twice-${nth}`)
    const asked = { token, from: `2001:db8:2:${nth.toString(16)}::1`, ...wrong(nth) }
    await ask(world, operation, asked)
    return ask(world, operation, asked)
  }

const withClaims =
  (of: Parameters<Gateway['mint']>[0]): Cause =>
  async (operation) => {
    const world = await worldFor('well', operation)
    return ask(world, operation, { token: await world.mint(of) })
  }

const withBody = (body: object | string): Cause =>
  inWorld('well', { body: typeof body === 'string' ? body : JSON.stringify(body) })

/** An operator has shut one user and one address out, and revoked another user's tokens. */
let operated: ReturnType<typeof shutOut> | undefined
async function shutOut() {
  const world = await operatedGateway(
    { ...OPEN, ...PROVIDER },
    { tokenProvider: WORLDS.refused.tokenProvider },
  )
  const blocked = strangers()
  const revoked = strangers()
  await world.change(blocked.user, { blockSeconds: 600 })
  await world.change(`ip:${blocked.from}`, { blockSeconds: 600 })
  await world.change(revoked.user, { notBefore: 'now' })
  return { world, blocked, revoked }
}

const afterOperator =
  (who: (world: Awaited<ReturnType<typeof shutOut>>) => { from?: string; sub?: string }): Cause =>
  async (operation) => {
    operated ??= shutOut()
    const { world } = await operated
    const { from, sub } = who(await operated)
    const token = await admitted(world, operation.route, sub)
    return ask(world, operation, { token, ...(from !== undefined && { from }) })
  }

const oneOf =
  (...causes: readonly [(operation: Operation) => boolean, Cause][]): Cause =>
  (operation) => {
    const [, cause] = causes.find(([fits]) => fits(operation)) ?? []
    if (!cause) throw new Error(`no cause is known for ${operation.route.path}`)
    return cause(operation)
  }

const otherwise = () => true
const onPage =
  (...pages: readonly string[]) =>
  ({ route: { page } }: Operation) =>
    page !== undefined && pages.includes(page)
const guarded = ({ route }: Operation) => route.access !== 'public'
const taking =
  (rule: string) =>
  ({ route }: Operation) =>
    route.body === rule

const strangePath =
  (change: (path: string) => string, name: World = 'well'): Cause =>
  async (operation) =>
    ask(await worldFor(name, operation), operation, { path: change(pathOf(operation.route)) })

const lostAnswer: Cause = async (operation) => {
  const world = await worldFor('losing', operation)
  // The failures before it count no more.
  world.pass(11_000)
  return ask(world, operation)
}

/** How each code that the gateway says of its own accord comes about. */
export const CAUSES: Readonly<Partial<Record<ErrorCode, Cause>>> = {
  HTTPS_REQUIRED: strangePath((path) => `http://gateway.test${path}`),
  VALIDATION_ERROR: strangePath((path) => `${path}%2f`),
  MISSING_TOKEN: inWorld('well', { token: undefined }),
  INVALID_TOKEN_FORMAT: inWorld('well', { token: 'no.token' }),
  INVALID_TOKEN: withClaims({ claims: { aud: `${AUDIENCE}/other` } }),
  TOKEN_EXPIRED: withClaims({ claims: { exp: 1 } }),
  ADMIN_REQUIRED: withClaims({ tier: 'premium' }),
  INSUFFICIENT_PERMISSIONS: withClaims({ tier: 'premium', roles: ['admin'] }),
  TIER_FEATURE_UNAVAILABLE: oneOf(
    [({ route }) => route.feature === 'directTunnelOnly', withClaims({ tier: 'premium' })],
    [otherwise, withClaims({ tier: 'free' })],
  ),
  RATE_LIMIT_EXEMPTION_DENIED: inWorld('well', { headers: { 'X-RateLimit-Exempt': 'none' } }),
  RATE_LIMIT_EXCEEDED_IP: afterOperator(({ blocked }) => ({ from: blocked.from })),
  RATE_LIMIT_EXCEEDED_USER: afterOperator(({ blocked }) => ({ sub: blocked.sub })),
  RATE_LIMIT_EXCEEDED: oneOf(
    [({ route }) => Boolean(route.limit), twice('counting', () => ({}))],
    [
      otherwise,
      twice('counting', (nth) => ({
        token: undefined,
        headers: { 'X-API-Key': `ctll_${String(nth).padStart(8, '0')}` },
      })),
    ],
  ),
  QUOTA_EXCEEDED: twice('frugal', () => ({})),
  AUTH_REQUIRED: afterOperator(({ revoked }) => ({ sub: revoked.sub })),
  CACHE_UNAVAILABLE: inWorld('storeless'),
  INVALID_JSON: withBody('{'),
  INVALID_PARAMETER: oneOf(
    [onPage('readSubject', 'changeSubject'), strangePath((path) => path.replace('ip:', 'x:'))],
    [onPage('exchanges'), strangePath((path) => path.replace('req-explained', 'short'))],
    [
      onPage('auditTrail', 'listSubjects', 'recentEvents'),
      strangePath((path) => `${path}?limit=x`),
    ],
    [onPage('traffic'), strangePath((path) => `${path}?span=x`)],
    [otherwise, strangePath((path) => `${path}?page=x`)],
  ),
  MISSING_PARAMETER: withBody({}),
  MISSING_SESSION_ID: withBody({}),
  INVALID_EMAIL: withBody({ email: 'nobody' }),
  INVALID_URL: withBody({ url: 'nowhere' }),
  INVALID_TUNNEL_CONFIG: oneOf(
    [taking('tunnelConfig'), withBody({ timeout: '30s' })],
    [otherwise, withBody({ name: 'Home', config: { timeout: '30s' } })],
  ),
  NOT_FOUND: oneOf(
    [onPage('asset'), strangePath(() => '/_gateway/assets/none.css')],
    [otherwise, inWorld('down')],
  ),
  SERVICE_UNAVAILABLE: oneOf([onPage('ready'), inWorld('down')], [otherwise, inWorld('lonely')]),
  EXTERNAL_SERVICE_UNAVAILABLE: oneOf([guarded, inWorld('keyless')], [otherwise, lostAnswer]),
  SERVICE_ERROR: lostAnswer,
  INTERNAL_ERROR: inWorld('faulty'),
  MISSING_REFRESH_TOKEN: withBody({}),
  INVALID_REFRESH_TOKEN: withBody({ refreshToken: 'short' }),
  TOKEN_REFRESH_FAILED: inWorld('refused'),
  TOKEN_REFRESH_ERROR: oneOf([onPage('refreshToken'), inWorld('failed')], [otherwise, lostAnswer]),
}
