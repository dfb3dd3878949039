import { describe, expect, it } from 'vitest'
import { configFrom } from '../../src/config.ts'

const REQUIRED = {
  UPSTREAM_URL: 'https://api.example.com',
  UPSTASH_REDIS_REST_URL: 'https://store.example.com',
  UPSTASH_REDIS_REST_TOKEN: 'very-secret',
  JWT_ISSUER: 'https://issuer.example.com/',
  JWT_AUDIENCE: 'https://api.example.com',
}

/** As long as it must be. */
const SECRET = 'x'.repeat(32)

function problemsOf(env: object): readonly string[] {
  const outcome = configFrom(env)
  return outcome.valid ? [] : outcome.problems
}

function configOf(env: object) {
  const outcome = configFrom({ ...REQUIRED, ...env })
  if (!outcome.valid) throw new Error(outcome.problems.join('\n'))
  return outcome.config
}

describe('settings', () => {
  it('are enough with an upstream, a store and an issuer', () => {
    expect(configOf({})).toMatchObject({
      environment: 'local',
      httpsRule: 'auto',
      maxBodyBytes: 10_485_760,
      upstreamTimeoutMs: 30_000,
      store: { timeoutMs: 1_000 },
    })
  })

  it('list everything that is missing, at once', () => {
    expect(problemsOf({})).toEqual([
      'UPSTREAM_URL is required',
      'UPSTASH_REDIS_REST_URL is required',
      'UPSTASH_REDIS_REST_TOKEN is required',
      'JWT_ISSUERS or JWT_ISSUER is required',
    ])
  })

  it('count as missing where they are empty', () => {
    expect(problemsOf({ ...REQUIRED, UPSTREAM_URL: ' ' })).toEqual(['UPSTREAM_URL is required'])
  })

  const origins = 'must list origins such as https://app.example.com, with commas between them'
  const base = 'must be an http(s) URL without credentials, query or fragment'
  const HS256 = 'HS256 is for an issuer with a secret, which takes no other algorithm'
  const window = 'unknown window; use second, minute, hour, day, month or a number of seconds'

  it.each([
    ['UPSTREAM_URL', 'ftp://x', `UPSTREAM_URL: ${base}`],
    ['UPSTREAM_FALLBACK_URL', 'second.example.com', `UPSTREAM_FALLBACK_URL: ${base}`],
    ['UPSTREAM_URL', 'api.example.com', `UPSTREAM_URL: ${base}`],
    ['UPSTREAM_URL', 'https://u:p@x.com', `UPSTREAM_URL: ${base}`],
    [
      'JWT_ISSUER',
      'http://issuer.example.com/',
      'JWT_ISSUER: must be https; plain http is for loopback addresses only',
    ],
    ['JWT_ISSUER', 'issuer.example.com', `JWT_ISSUER: ${base}`],
    ['JWT_JWKS_URL', 'ftp://issuer.example.com/keys', `JWT_JWKS_URL: ${base}`],
    ['JWT_ISSUER', 'http://u:p@issuer.example.com/', `JWT_ISSUER: ${base}`],
    ['JWT_AUDIENCE', '', 'JWT_AUDIENCE is required beside JWT_ISSUER'],
    ['JWT_AUDIENCE', 'a,', 'JWT_AUDIENCE: must list audiences with commas between them'],
    ['JWT_AUDIENCE', ',', 'JWT_AUDIENCE: must list audiences with commas between them'],
    ['JWT_ISSUERS', '[]', 'JWT_ISSUERS: must list at least one issuer'],
    ['JWT_ISSUERS', 'x', 'JWT_ISSUERS: is not JSON'],
    ['JWT_ISSUERS', '[{"issuer":"https://i.test"}]', 'JWT_ISSUERS.0.audience is required'],
    ['KEYS_SECRET', 'x'.repeat(31), 'KEYS_SECRET: must have at least 32 characters'],
    [
      'JWT_ISSUERS',
      `[{"issuer":"https://i.test","audience":"x","secret":"${'é'.repeat(15)}!"}]`,
      'JWT_ISSUERS.0.secret: must be at least 32 bytes long',
    ],
    [
      'JWT_ISSUERS',
      `[{"issuer":"https://i.test","audience":"x","secret":"${SECRET}","jwksUrl":"https://i.test/k"}]`,
      'JWT_ISSUERS.0: secret and jwksUrl exclude each other',
    ],
    [
      'JWT_ISSUERS',
      `[{"issuer":"https://i.test","audience":"x","secret":"${SECRET}","algorithms":["HS256","RS256"]}]`,
      `JWT_ISSUERS.0: ${HS256}`,
    ],
    [
      'JWT_ISSUERS',
      '[{"issuer":"https://i.test","audience":"x","algorithms":["RS256","HS256"]}]',
      `JWT_ISSUERS.0: ${HS256}`,
    ],
    [
      'JWT_ISSUERS',
      '[{"issuer":"https://i.test","audience":"x","algorithms":["HS512"]}]',
      'JWT_ISSUERS.0.algorithms.0: must be',
    ],
    [
      'JWT_ISSUERS',
      '[{"issuer":"https://i.test","audience":"x","algorithms":["none"]}]',
      'JWT_ISSUERS.0.algorithms.0: must be',
    ],
    ['CORS_ORIGINS', '*', `CORS_ORIGINS: ${origins}`],
    ['CORS_ORIGINS', 'https://a.test/', `CORS_ORIGINS: ${origins}`],
    ['LIMITS', '{', 'LIMITS: is not JSON'],
    ['LIMITS', '{"ip":{"fortnight":1}}', `LIMITS.ip.fortnight: ${window}`],
    ['LIMITS', '{"ip":{"minute":-5}}', 'LIMITS.ip.minute: must be at least 1'],
    ['LIMITS', '{"ip":{"minute":0}}', 'LIMITS.ip.minute: must be at least 1'],
    ['LIMITS', '{"tiers":{"gold":{}}}', 'LIMITS.tiers.gold: unknown name'],
    ['LIMITS', '{"user":{}}', 'LIMITS.user: unknown name'],
    ['LIMITS', '{"routes":{"nothing":{}}}', 'LIMITS.routes.nothing: unknown name'],
    [
      'LIMITS',
      '{"ip":{"minute":null,"hour":null}}',
      'LIMITS: ip needs at least one window that is not in the shadow: the headers of every answer show it',
    ],
    ['LIMITS', '{"ip":{"1":1,"2":1,"3":1,"4":1,"5":1}}', 'LIMITS: a subject has at most 6 windows'],
    ['ROUTES', '{}', 'ROUTES: must be Array'],
    [
      'ROUTES',
      '[{"path":"x","access":"user"}]',
      'ROUTES.0.path: must be a path such as /users/:id or /files/*',
    ],
    ['ROUTES', '[{"path":"/x"}]', 'ROUTES.0.access is required'],
    [
      'ROUTES',
      '[{"path":"/_gateway/x","access":"user"}]',
      "ROUTES.0.path: /_gateway is the gateway's own",
    ],
    [
      'ROUTES',
      '[{"path":"/.well-known/gateway-jwks.json","access":"user"}]',
      "ROUTES.0.path: /.well-known/gateway-jwks.json is the gateway's own",
    ],
    ['ROUTES', '[{"path":"/x","access":"user","limit":"none"}]', 'ROUTES.0.limit'],
    [
      'ROUTES',
      '[{"path":"/x","access":"user","body":"xml"}]',
      'ROUTES.0.body: must be ("json" | "tunnel" | "tunnelChange" | "tunnelConfig" | "email" | "webhook" | "session")',
    ],
    [
      'ROUTES',
      '[{"path":"/x","access":"user","parameters":true}]',
      'ROUTES.0.parameters: must be "checked"',
    ],
    [
      'ROUTES',
      '[{"path":"/x","access":"user","feature":"none"}]',
      'ROUTES.0.feature: no tier includes this feature',
    ],
    [
      'ROUTES',
      '[{"path":"/x","access":"public","permissions":["a"]}]',
      'ROUTES.0: a public route can demand neither a feature nor permissions',
    ],
    [
      'ROUTES',
      '[{"path":"/x","access":"public","anyPermission":["a"]}]',
      'ROUTES.0: a public route can demand neither a feature nor permissions',
    ],
    [
      'ROUTES',
      '[{"path":"/x","access":"userOrKey","anyPermission":["a"]}]',
      'ROUTES.0: a userOrKey route can demand neither a feature nor permissions: of a key the gateway knows none',
    ],
    [
      'ROUTES',
      '[{"path":"/x","access":"user","anyPermission":[]}]',
      'ROUTES.0.anyPermission: must name at least one',
    ],
    [
      'ROUTES',
      '[{"path":"/x","access":"user","permissions":[]}]',
      'ROUTES.0.permissions: must name at least one',
    ],
    ['ROUTES', '[{"path":"/x","access":"user","permissions":"a"}]', 'ROUTES.0.permissions'],
    [
      'ROUTES',
      '[{"path":"/x","access":"userOrKey","permissions":["a"]}]',
      'ROUTES.0: a userOrKey route can demand neither a feature nor permissions: of a key the gateway knows none',
    ],
    [
      'ROUTES',
      '[{"path":"/x","access":"userOrKey","feature":"apiAccess"}]',
      'ROUTES.0: a userOrKey route can demand neither a feature nor permissions: of a key the gateway knows none',
    ],
    ...['public', 'userOrKey'].map((access) => [
      'ROUTES',
      JSON.stringify([{ path: '/x', access, revokes: 'token' }]),
      'ROUTES.0: only a route for verified tokens can revoke them',
    ]),
    ['ROUTES', '[{"path":"/x","access":"user","revokes":true}]', 'ROUTES.0.revokes'],
    ['ROUTES', '[{"path":"/x","access":"user","metods":["GET"]}]', 'ROUTES.0.metods: unknown name'],
    [
      'ROUTES',
      '[{"path":"/x","access":"public","credential":"password"}]',
      'ROUTES.0.credential: must be "refreshToken"',
    ],
    ['MAX_BODY_BYTES', '10MB', 'MAX_BODY_BYTES: must be a whole number of at least 1'],
    ['STORE_TIMEOUT_MS', '0', 'STORE_TIMEOUT_MS: must be a whole number of at least 1'],
    ['REQUIRE_HTTPS', 'yes', 'REQUIRE_HTTPS: must be ("auto" | "always" | "never")'],
    ['GATEWAY_ENV', 'prod', 'GATEWAY_ENV: must be ("local" | "staging" | "production")'],
  ])('%s = %s is a problem in plain words', (name, value, problem) => {
    const { JWT_ISSUER: _, JWT_AUDIENCE: __, ...others } = REQUIRED
    const env = name === 'JWT_ISSUERS' ? others : REQUIRED

    expect(problemsOf({ ...env, [name]: value })).toEqual([expect.stringContaining(problem)])
  })

  it.each(['', 'a b', 'a"b', 'a\\b', 'ä'])('name no permission %j', (name) => {
    const ROUTES = JSON.stringify([{ path: '/x', access: 'user', permissions: ['a', name] }])

    expect(problemsOf({ ...REQUIRED, ROUTES })).toEqual([
      'ROUTES.0.permissions.1: must be ASCII without spaces, quotes and backslashes',
    ])
  })

  it.each(['view_users', 'read:own', 'https://x.test/scope~#[]'])('may name %j', (name) => {
    const row = { path: '/x', access: 'user', permissions: [name], anyPermission: [name, 'b'] }

    expect(configOf({ ROUTES: JSON.stringify([row]) }).routes.find('GET', '/x')).toEqual(row)
  })

  it('never repeat a value among their problems', () => {
    const problems = problemsOf({
      UPSTREAM_URL: 'hunter2',
      UPSTASH_REDIS_REST_URL: 'https://user:hunter2@x.test',
      JWT_ISSUERS: '[{"issuer":"hunter2","audience":"hunter2","secret":"hunter2"}]',
      LIMITS: 'hunter2',
    })

    expect(problems.length).toBeGreaterThan(4)
    expect(problems.join('\n')).not.toContain('hunter2')
  })

  it('may name several issuers, each with its own rules', () => {
    const { JWT_ISSUER: _, JWT_AUDIENCE: __, ...others } = REQUIRED
    const outcome = configFrom({
      ...others,
      JWT_ISSUERS: JSON.stringify([
        { issuer: 'https://a.test/', audience: 'x', algorithms: ['RS256'] },
        { issuer: 'https://b.test', audience: ['y', 'z'], claims: { tier: 'plan' } },
      ]),
    })

    expect(outcome.valid && outcome.config.issuers).toMatchObject([
      { issuer: 'https://a.test/', audience: ['x'], algorithms: ['RS256'] },
      { issuer: 'https://b.test', audience: ['y', 'z'], claims: { tier: ['plan'] } },
    ])
  })

  it.each([
    ['as its only algorithm', ''],
    ['said in so many words', ',"algorithms":["HS256"]'],
  ])('may name an issuer with a secret, HS256 %s', (_, algorithms) => {
    const { JWT_ISSUER: _issuer, JWT_AUDIENCE: _audience, ...others } = REQUIRED
    const JWT_ISSUERS = `[{"issuer":"https://a.test","audience":"x","secret":"${SECRET}"${algorithms}}]`
    const outcome = configFrom({ ...others, JWT_ISSUERS })

    expect(outcome.valid && outcome.config.issuers).toMatchObject([
      { issuer: 'https://a.test', secret: SECRET, algorithms: ['HS256'] },
    ])
  })

  it('take no shared secret’s algorithm from an issuer that names none of its own', () => {
    const [issuer] = configOf({}).issuers

    expect(issuer?.algorithms).toEqual([
      'RS256',
      'RS384',
      'RS512',
      'PS256',
      'PS384',
      'PS512',
      'ES256',
      'ES384',
      'EdDSA',
      'Ed25519',
    ])
  })

  it('may name several audiences of a single issuer', () => {
    const { issuers } = configOf({ JWT_AUDIENCE: 'a, b' })

    expect(issuers).toMatchObject([{ audience: ['a', 'b'] }])
  })

  it('cannot name one issuer in two ways', () => {
    const { JWT_ISSUER: _, JWT_AUDIENCE: __, ...others } = REQUIRED
    const JWT_ISSUERS = '[{"issuer":"https://a.test","audience":"x"}]'
    const single = {
      JWT_ISSUER: 'https://b.test',
      JWT_AUDIENCE: 'y',
      JWT_JWKS_URL: 'https://b.test/keys',
    }

    expect(problemsOf({ ...others, JWT_ISSUERS })).toEqual([])
    expect(problemsOf({ ...others, JWT_ISSUERS, ...single })).toEqual([
      'JWT_ISSUERS and JWT_ISSUER exclude each other',
      'JWT_ISSUERS and JWT_AUDIENCE exclude each other',
      'JWT_ISSUERS and JWT_JWKS_URL exclude each other',
    ])
  })

  it.each([
    ['a table of wrangler.toml', { ip: { minute: 7 } }],
    ['text', '{"ip":{"minute":7}}'],
    ['a window in seconds', '{"ip":{"60":7}}'],
  ])('read LIMITS from %s', (_, LIMITS) => {
    const { ip } = configOf({ LIMITS }).limits

    expect(ip.map(({ seconds, limit }) => [seconds, limit])).toEqual([
      [60, 7],
      [3_600, 50_000],
    ])
  })

  it('remove a window with null and add one in seconds, kept by length', () => {
    const { free } = configOf({ LIMITS: '{"tiers":{"free":{"hour":null,"4":20}}}' }).limits.tiers

    expect(free.map(({ seconds, limit, code }) => [seconds, limit, code])).toEqual([
      [4, 20, 'RATE_LIMIT_EXCEEDED_USER'],
      [60, 100, 'RATE_LIMIT_EXCEEDED_USER'],
      [2_592_000, 10_000, 'QUOTA_EXCEEDED'],
    ])
  })

  it('put another API behind the gateway with ROUTES', () => {
    const { routes } = configOf({
      ROUTES: '[{"path":"/things/:id","access":"user","methods":["GET"]}]',
    })

    expect(routes.find('GET', '/things/7')?.access).toBe('user')
    expect(routes.find('GET', '/tunnels')).toBeUndefined()
    expect(routes.find('GET', '/_gateway/health')?.page).toBe('health')
  })
})

describe('the webhook for alerts', () => {
  it.each([
    'https://hooks.example.com/services/T0/B0/hunter2',
    'https://hooks.example.com/?sig=hunter2',
    'http://127.0.0.1:9000/hook',
  ])('may be %s', (url) => {
    expect(configOf({ ALERT_WEBHOOK_URL: url }).alertWebhook).toBe(url)
  })

  it('is told nothing unless it is set', () => {
    expect(configOf({}).alertWebhook).toBeUndefined()
  })

  it.each([
    'http://hooks.example.com/hunter2',
    'https://me:hunter2@hooks.example.com/',
    'https://hooks.example.com/#hunter2',
    'ftp://hooks.example.com/hunter2',
    'hunter2',
  ])('is safe to send to: "%s" is refused, and not repeated', (url) => {
    expect(problemsOf({ ...REQUIRED, ALERT_WEBHOOK_URL: url })).toEqual([
      'ALERT_WEBHOOK_URL: must be an http(s) URL without credentials or fragment; plain http is for loopback addresses only',
    ])
  })
})

describe('the token endpoint', () => {
  const ENDPOINT = {
    TOKEN_ENDPOINT: 'https://issuer.example.com/oauth/token',
    TOKEN_CLIENT_ID: 'gateway',
    TOKEN_CLIENT_SECRET: 'hunter2',
  }
  const { JWT_ISSUER: _, JWT_AUDIENCE: __, ...WITHOUT_ISSUER } = REQUIRED

  it('is absent unless it is set, and a refresh is forwarded then', () => {
    const { tokenEndpoint, routes } = configOf({})

    expect(tokenEndpoint).toBeUndefined()
    expect(routes.find('POST', '/auth/token/refresh')).toMatchObject({
      access: 'public',
      limit: 'token',
      credential: 'refreshToken',
    })
    expect(routes.find('POST', '/auth/token/refresh')?.page).toBeUndefined()
  })

  it('makes the gateway answer refreshes itself, under the same limit', () => {
    const { tokenEndpoint, routes } = configOf(ENDPOINT)

    expect(tokenEndpoint).toEqual({
      url: 'https://issuer.example.com/oauth/token',
      clientId: 'gateway',
      clientSecret: 'hunter2',
      audience: 'https://api.example.com',
    })
    expect(
      ['/auth/token/refresh', '/api/auth/token/refresh'].map((path) => {
        const route = routes.find('POST', path)
        return [route?.page, route?.access, route?.limit]
      }),
    ).toEqual([
      ['refreshToken', 'public', 'token'],
      ['refreshToken', 'public', 'token'],
    ])
  })

  const refused =
    'TOKEN_ENDPOINT: must be an http(s) URL without credentials or fragment; plain http is for loopback addresses only'

  it.each([
    ['TOKEN_ENDPOINT', '', ['TOKEN_ENDPOINT is required beside TOKEN_CLIENT_ID']],
    ['TOKEN_CLIENT_ID', '', ['TOKEN_CLIENT_ID is required beside TOKEN_ENDPOINT']],
    ['TOKEN_CLIENT_SECRET', ' ', ['TOKEN_CLIENT_SECRET is required beside TOKEN_ENDPOINT']],
    ['TOKEN_ENDPOINT', 'http://issuer.example.com/oauth/token', [refused]],
    ['TOKEN_ENDPOINT', 'https://hunter2:hunter2@issuer.example.com/', [refused]],
    ['TOKEN_ENDPOINT', 'https://issuer.example.com/#hunter2', [refused]],
    ['TOKEN_ENDPOINT', 'ftp://issuer.example.com/', [refused]],
    ['TOKEN_ENDPOINT', 'hunter2', [refused]],
  ])('is set whole and safe, or not at all: %s = "%s"', (name, value, problems) => {
    const found = problemsOf({ ...REQUIRED, ...ENDPOINT, [name]: value })

    expect(found).toEqual(problems)
    expect(found.join()).not.toContain('hunter2')
  })

  it('lists both that are missing', () => {
    expect(problemsOf({ ...REQUIRED, TOKEN_CLIENT_SECRET: 'hunter2' })).toEqual([
      'TOKEN_ENDPOINT is required beside TOKEN_CLIENT_SECRET',
      'TOKEN_CLIENT_ID is required beside TOKEN_CLIENT_SECRET',
    ])
  })

  it.each(['http://127.0.0.1:8789/oauth/token', 'https://login.test/token?policy=sign-in'])(
    'may be %s',
    (TOKEN_ENDPOINT) => {
      expect(configOf({ ...ENDPOINT, TOKEN_ENDPOINT }).tokenEndpoint?.url).toBe(TOKEN_ENDPOINT)
    },
  )

  const own = { issuer: 'https://issuer.example.com/', audience: 'own' }
  const other = { issuer: 'https://other.test/', audience: 'other' }

  it.each([
    ['the only one there is', [other], 'other'],
    ['that of the issuer at its own address', [other, own], 'own'],
    [
      'the one that all issuers share',
      [
        { ...other, audience: ['a'] },
        { ...other, issuer: 'https://third.test/', audience: 'a' },
      ],
      'a',
    ],
    ['none where an issuer has several', [{ ...own, audience: ['a', 'b'] }], undefined],
    [
      'none where other issuers differ',
      [other, { ...other, issuer: 'https://third.test/', audience: 'b' }],
      undefined,
    ],
  ])('is asked for an audience: %s', (_, issuers, audience) => {
    const outcome = configFrom({
      ...WITHOUT_ISSUER,
      ...ENDPOINT,
      JWT_ISSUERS: JSON.stringify(issuers),
    })

    expect(outcome.valid && outcome.config.tokenEndpoint?.audience).toBe(audience)
  })
})
