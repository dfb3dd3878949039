import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

describe('who is asking', () => {
  it.each([
    ['no Authorization header', {}, 'MISSING_TOKEN'],
    ['an empty one', { Authorization: '' }, 'MISSING_TOKEN'],
    [
      'an API key where none is taken',
      { Authorization: 'Bearer ctll_0123456789' },
      'INVALID_TOKEN_FORMAT',
    ],
    [
      'an API key in its header where none is taken',
      { 'X-API-Key': 'ctll_0123456789' },
      'INVALID_TOKEN_FORMAT',
    ],
  ] as const)('%s is answered %s', async (_, headers, code) => {
    const gateway = await testGateway()

    const answer = await gateway.get('/tunnels', { headers: { ...headers } })

    expect(answer.status).toBe(401)
    expect(answer.error.code).toBe(code)
    expect(gateway.received).toEqual([])
  })

  it.each<[string, (token: string) => readonly [string, Readonly<Record<string, string>>]]>([
    ['access_token in the query', (token) => [`?access_token=${token}`, {}]],
    ['token in the query', (token) => [`?token=${token}`, {}]],
    ['a cookie', (token) => ['', { Cookie: `access_token=${token}` }]],
    ['another header', (token) => ['', { 'X-Access-Token': token }]],
  ])('a good token as %s of a plain request is none', async (_, placed) => {
    const gateway = await testGateway()
    const [query, headers] = placed(await gateway.mint())

    const answer = await gateway.get(`/tunnels${query}`, { headers })

    expect(answer.error.code).toBe('MISSING_TOKEN')
    expect(gateway.received).toEqual([])
  })

  const hour = 3_600
  const now = Date.parse('2026-11-22T12:00:00Z') / 1000

  it.each([
    ['a second before exp', hour - 1, 200],
    ['from the very second of exp', hour, 401],
  ])('judges a token %s', async (_, seconds, status) => {
    const gateway = await testGateway()
    const token = await gateway.mint()
    gateway.pass(seconds * 1000)

    const answer = await gateway.get('/tunnels', { token })

    expect(answer.status).toBe(status)
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      status === 401 ? 'Bearer realm="cloudtolocalllm", error="invalid_token"' : null,
    )
  })

  it('answers TOKEN_EXPIRED with the way to a new token', async () => {
    const gateway = await testGateway()

    const answer = await gateway.get('/tunnels', {
      token: await gateway.mint({ claims: { exp: now - 1 } }),
    })

    expect(answer.error).toMatchObject({
      code: 'TOKEN_EXPIRED',
      suggestion: 'Refresh token using /auth/token/refresh',
    })
  })

  it('accepts the scheme in any case and forwards it as Bearer', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint()

    await gateway.get('/tunnels', { headers: { Authorization: `bEaReR ${token}` } })

    expect(gateway.received[0]?.headers.get('Authorization')).toBe(`Bearer ${token}`)
  })

  it.each([
    ['no token', undefined],
    ['garbage', 'garbage'],
    ['an expired token', { exp: now - 1 }],
  ])('lets %s through on a public route', async (_, given) => {
    const gateway = await testGateway()
    const token = typeof given === 'object' ? await gateway.mint({ claims: given }) : given

    const answer = await gateway.ask('/auth/token/refresh', { method: 'POST', token })

    expect(answer.status).toBe(200)
    expect(gateway.received[0]?.headers.has('X-User-Id')).toBe(false)
  })

  it('makes the user known on a public route too', async () => {
    const gateway = await testGateway()

    await gateway.get('/health', { token: await gateway.mint({ tier: 'premium' }) })

    expect(gateway.received[0]?.headers.get('X-User-Tier')).toBe('premium')
  })

  it.each([
    ['as Bearer', { Authorization: 'Bearer ctll_0123456789' }],
    ['in X-API-Key', { 'X-API-Key': 'ctll_0123456789' }],
  ])(
    'takes an API key %s where the route does, and leaves it to the upstream',
    async (_, headers) => {
      const gateway = await testGateway()

      const answer = await gateway.get('/ollama/api/tags', { headers })

      expect(answer.status).toBe(200)
      expect(answer.headers.get('X-RateLimit-Limit')).toBe('1000')
      expect(gateway.received).toHaveLength(1)
    },
  )
})
