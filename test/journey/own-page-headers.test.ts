import { describe, expect, it } from 'vitest'
import { OWN_KEYS_PATH } from '../../src/policy/routes.ts'
import { type GatewayOptions, testGateway } from '../support/gateway.ts'

const PUBLIC = [
  '/_gateway/health',
  '/_gateway/ready',
  '/_gateway/errors',
  '/_gateway/errors/NOT_FOUND',
  '/_gateway/assets/console.js',
  '/_gateway/assets/console.css',
  '/_gateway/assets/icon.svg',
  '/_gateway/console',
  '/_gateway/openapi.json',
  '/_gateway/docs',
  OWN_KEYS_PATH,
] as const

const PRIVATE = [
  '/_gateway/admin/subjects',
  '/_gateway/admin/subjects/ip:203.0.113.9',
  '/_gateway/admin/audit',
  '/_gateway/admin/traffic',
  '/_gateway/admin/exchanges/web-42-checkout',
  '/_gateway/admin/events',
  '/_gateway/admin/settings',
  '/_gateway/metrics',
] as const

const up = { state: 'up', latencyMs: 1 } as const
const record = { limits: {}, revoked: [], windows: [], exists: false }

/** Everybody is there and says something. */
const ANSWERING: GatewayOptions = {
  records: {
    read: async () => record,
    change: async () => record,
    audit: async () => [],
    changed: async () => [],
    signOut: async () => true,
    revocations: async () => new Map(),
  },
  explanations: { find: async () => [] },
  events: { recent: async () => [] },
  readiness: { check: async () => ({ store: up, keys: up, upstream: up }) },
}

/** From a page's own host alone, if from anywhere: no host, no wildcard, nothing that stands in the page. */
function isStrict(policy: string): boolean {
  const directives = policy.split('; ')
  const wanted = ["default-src 'none'", "frame-ancestors 'none'"]
  const allowed = /^[a-z-]+ (?:'none'|'self'|'self' data:|'script')$/
  return (
    wanted.every((directive) => directives.includes(directive)) &&
    directives.every((directive) => allowed.test(directive)) &&
    !/(?:script|style|default)-src[^;]*data:/.test(policy)
  )
}

const framed = (headers: Headers) => ({
  csp: isStrict(headers.get('Content-Security-Policy') ?? '*'),
  type: headers.get('X-Content-Type-Options'),
  frame: headers.get('X-Frame-Options'),
  referrer: headers.get('Referrer-Policy'),
  opener: headers.get('Cross-Origin-Opener-Policy'),
  transport: headers.get('Strict-Transport-Security'),
})

const FRAMED = {
  csp: true,
  type: 'nosniff',
  frame: 'DENY',
  referrer: 'no-referrer',
  opener: 'same-origin',
  transport: 'max-age=31536000; includeSubDomains',
}

describe('every page of the gateway’s own', () => {
  it.each(PUBLIC)('that is public is under a strict policy: %s', async (path) => {
    const gateway = await testGateway(ANSWERING)

    const page = await gateway.get(path, { headers: { Accept: 'text/html' } })
    const other = await gateway.get(path, { headers: { Accept: 'application/json' } })
    const unknown = await gateway.get(`${path}/nothing`)

    expect([page, other, unknown].map(({ headers }) => framed(headers))).toEqual(
      Array(3).fill(FRAMED),
    )
    expect(page.status).toBe(path === OWN_KEYS_PATH ? 404 : 200)
  })

  it.each(PRIVATE)('that is private is kept by no cache, whoever asks: %s', async (path) => {
    const gateway = await testGateway(ANSWERING)
    const asking = [
      await gateway.mint({ roles: ['super_admin'] }),
      await gateway.mint({ roles: ['support_admin'] }),
      await gateway.mint({}),
      undefined,
      'ctll_0123456789abcdef',
    ]

    const answers = await Promise.all(asking.map((token) => gateway.get(path, { token })))

    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 401, 401])
    expect(answers.map(({ headers }) => framed(headers))).toEqual(Array(5).fill(FRAMED))
    expect(answers.map(({ headers }) => headers.get('Cache-Control'))).toEqual(
      Array(5).fill('no-store'),
    )
    expect(answers.map(({ headers }) => headers.get('Server-Timing') !== null)).toEqual([
      true,
      ...Array(4).fill(false),
    ])
  })

  it.each(PRIVATE)(
    'that is private opens to no token elsewhere than in its field: %s',
    async (path) => {
      const gateway = await testGateway(ANSWERING)
      const token = await gateway.mint({ roles: ['super_admin'] })
      const places = [
        [path, { Cookie: `token=${token}; access_token=${token}; __Host-refresh=${token}` }],
        [path, { 'X-API-Key': token }],
        [path, { 'User-Agent': token, Referer: `https://x.test/?access_token=${token}` }],
        [path, { traceparent: token, tracestate: `a=${token}`, baggage: `token=${token}` }],
        [path, { 'X-Correlation-ID': token, 'X-Forwarded-Authorization': `Bearer ${token}` }],
        [`${path}?access_token=${token}`, {}],
        [path, { Authorization: `Basic ${btoa(`admin:${token}`)}` }],
        [path, { Authorization: `Bearer ${token}, Bearer ${token}` }],
      ] as const

      const answers = await Promise.all(
        places.map(([address, headers]) => gateway.get(address, { headers })),
      )

      expect(answers.filter(({ status }) => status !== 401 && status !== 400)).toEqual([])
      expect(JSON.stringify(gateway.records) + answers.map(({ text }) => text)).not.toContain(
        token.split('.')[2],
      )
    },
  )
})

describe('what the platform alone may begin', () => {
  it.each([
    '/cdn-cgi/handler/scheduled',
    '/cdn-cgi/local/scheduled',
    '/__scheduled',
    '/_gateway/scheduled',
  ])('is no page: %s', async (path) => {
    const gateway = await testGateway()
    const token = await gateway.mint({ roles: ['super_admin'] })

    expect((await gateway.get(path, { token })).error.code).toBe('NOT_FOUND')
    expect((await gateway.ask(path, { token, method: 'POST' })).error.code).toBe('NOT_FOUND')
  })
})
