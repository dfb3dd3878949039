import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/policy/limits.ts'
import { METHODS } from '../../src/policy/route.ts'
import { compileRoutes } from '../../src/policy/route-table.ts'
import { DOCUMENT_ROUTES, OWN_ROUTES, ROUTES } from '../../src/policy/routes.ts'
import { EXPECTED_ANSWERS } from '../policy/answers-expected.ts'
import { testGateway } from '../support/gateway.ts'
import { RFC_KEY } from '../support/own-keys.ts'

const PLENTY = 1_000_000
const windows = { '900': PLENTY, minute: PLENTY, hour: PLENTY }
const tier = { minute: PLENTY, hour: PLENTY, month: PLENTY }
const RECORD = { windows: [], limits: {}, revoked: [], exists: false }

// One for all: thousands of requests, none of which changes what the next one is answered.
const gateway = await testGateway({
  settings: {
    GATEWAY_SIGNING_KEY: JSON.stringify(RFC_KEY),
    LIMITS: JSON.stringify({
      ip: windows,
      key: windows,
      tiers: { free: tier, premium: tier, enterprise: tier },
      routes: Object.fromEntries(Object.keys(LIMITS.routes).map((name) => [name, windows])),
    }),
  },
  records: {
    read: async () => RECORD,
    change: async () => RECORD,
    audit: async () => [],
    changed: async () => [],
    signOut: async () => true,
    revocations: async () => new Map(),
  },
  explanations: { find: async () => [] },
  events: { recent: async () => [] },
  readiness: {
    check: async () => ({
      store: { state: 'up', latencyMs: 1 },
      keys: { state: 'up', latencyMs: 1 },
      upstream: { state: 'up', latencyMs: 1 },
    }),
  },
})

const bearer = async (of: Parameters<typeof gateway.mint>[0]) => ({
  Authorization: `Bearer ${await gateway.mint(of)}`,
})
const users = [
  await bearer({ tier: 'free' }),
  await bearer({ tier: 'premium' }),
  await bearer({ tier: 'enterprise' }),
]
const admins = [
  await bearer({ roles: ['support_admin'] }),
  await bearer({ roles: ['finance_admin'] }),
  await bearer({ roles: ['super_admin'] }),
]

/** An API key comes in the one header at one mount, in the other at the other. */
const MOUNTS = [
  { mount: '', key: { 'X-API-Key': 'ctll_0123456789' } },
  { mount: '/api', key: { Authorization: 'Bearer ctll_0123456789' } },
]

const isOwnPage = (path: string) => /^\/(?:_gateway|\.well-known)\//.test(path)

/** Has what the routes ask for that ask for something. */
const BODY = '{"name":"Home","sessionId":"s1"}'

const MARKS: Readonly<Record<string, string>> = {
  '200': '+',
  '401 MISSING_TOKEN': 'T',
  '401 INVALID_TOKEN_FORMAT': 'F',
  '403 ADMIN_REQUIRED': 'A',
  '403 INSUFFICIENT_PERMISSIONS': 'P',
  '403 TIER_FEATURE_UNAVAILABLE': 'U',
}

async function outcome(method: string, path: string, headers: Readonly<Record<string, string>>) {
  const withBody = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
  const answer = await gateway.ask(path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(withBody && { body: isOwnPage(path) ? '{"reset":true}' : BODY }),
  })
  const reached = gateway.received.splice(0).length
  // An answer to HEAD has no body to read the code in.
  const code = gateway.records.splice(0).at(-1)?.code
  const said = code === undefined ? `${answer.status}` : `${answer.status} ${code}`
  const mark = MARKS[said] ?? `(${said})`
  const upstreams = mark === '+' && !isOwnPage(path) ? 1 : 0
  return reached === upstreams ? mark : `${mark} but reached the upstream ${reached} times`
}

/** What the eight callers hear, in the order of the table. */
async function marksOf(method: string, path: string, key: Readonly<Record<string, string>>) {
  const marks: string[] = []
  for (const headers of [{}, key, ...users, ...admins]) {
    marks.push(await outcome(method, path, headers))
  }
  return [marks.slice(0, 2), marks.slice(2, 5), marks.slice(5)].map((of) => of.join('')).join(' ')
}

const expectations = EXPECTED_ANSWERS.flatMap((line) =>
  MOUNTS.slice(0, isOwnPage(line.path) ? 1 : 2).map(({ mount, key }) => ({
    ...line,
    path: mount + line.path,
    key,
  })),
)

describe('every route to every caller', () => {
  it.each(expectations)('$methods $path: $marks', async ({ methods, path, marks, key }) => {
    const answers: Record<string, string> = {}
    for (const method of methods) answers[method] = await marksOf(method, path, key)

    expect(answers).toEqual(Object.fromEntries(methods.map((method) => [method, marks])))
  })

  const paths = [...new Set(expectations.map(({ path }) => path))].map((path) => {
    const listed = expectations.filter((line) => line.path === path)
    return { path, named: listed.flatMap(({ methods }) => methods) }
  })

  it.each(paths)('$path takes no other method than $named', async ({ path, named }) => {
    const others = METHODS.filter((method) => !named.includes(method))
    const answers = await Promise.all(
      others.map((method) => gateway.ask(path, { method, headers: admins[2] ?? {} })),
    )

    expect(answers.map(({ status }) => status)).toEqual(others.map(() => 404))
  })

  it('has an expectation for every method of every row', () => {
    const rows = [...OWN_ROUTES, ...DOCUMENT_ROUTES, ...ROUTES]
    const table = compileRoutes(rows)
    const asked = new Set(
      expectations.flatMap(({ methods, path }) =>
        methods.map((method) => `${method} ${table.find(method, path)?.path}`),
      ),
    )
    const listed = rows.flatMap(({ methods, path }) =>
      (methods ?? METHODS).map((method) => `${method} ${path}`),
    )

    expect(listed.filter((listing) => !asked.has(listing))).toEqual([])
  })
})
