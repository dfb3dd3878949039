import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'
import { AUDIENCE, ISSUER } from '../support/tokens.ts'

const part = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

describe('who is asking', () => {
  it.each([
    ['no Authorization header', {}, 'MISSING_TOKEN'],
    ['an empty one', { Authorization: '' }, 'MISSING_TOKEN'],
    ['a token in the query alone', {}, 'MISSING_TOKEN'],
    ['Basic credentials', { Authorization: 'Basic YTpi' }, 'INVALID_TOKEN_FORMAT'],
    ['Bearer without a token', { Authorization: 'Bearer' }, 'INVALID_TOKEN_FORMAT'],
    ['a word', { Authorization: 'Bearer garbage' }, 'INVALID_TOKEN_FORMAT'],
    ['two parts', { Authorization: 'Bearer a.b' }, 'INVALID_TOKEN_FORMAT'],
    ['five parts', { Authorization: 'Bearer a.b.c.d.e' }, 'INVALID_TOKEN_FORMAT'],
    ['parts that are no JSON', { Authorization: 'Bearer YWJj.YWJj.YWJj' }, 'INVALID_TOKEN_FORMAT'],
    [
      'a JSON array for a header',
      { Authorization: `Bearer ${part([])}.${part({})}.YWJj` },
      'INVALID_TOKEN_FORMAT',
    ],
    [
      'two spaces',
      { Authorization: `Bearer  ${part({})}.${part({})}.YWJj` },
      'INVALID_TOKEN_FORMAT',
    ],
    ['two tokens', { Authorization: 'Bearer a.b.c, Bearer a.b.c' }, 'INVALID_TOKEN_FORMAT'],
    [
      'more than 16 KB',
      { Authorization: `Bearer ${part({ x: 'x'.repeat(16_384) })}.${part({})}.YWJj` },
      'INVALID_TOKEN_FORMAT',
    ],
    [
      'base64url with spare bits',
      { Authorization: `Bearer ${part({ alg: 'ES256' })}.${part({})}.YWK` },
      'INVALID_TOKEN_FORMAT',
    ],
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

    const answer = await gateway.get('/tunnels?access_token=a.b.c', { headers: { ...headers } })

    expect(answer.status).toBe(401)
    expect(answer.error.code).toBe(code)
    expect(gateway.received).toEqual([])
  })

  const hour = 3_600
  const now = Date.parse('2026-11-22T12:00:00Z') / 1000

  it.each([
    ['another issuer', { iss: 'https://evil.test/' }],
    ['the issuer without its slash', { iss: ISSUER.slice(0, -1) }],
    ['another audience', { aud: 'https://other.test' }],
    ['no audience', { aud: undefined }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['no expiry', { exp: undefined }],
    ['an expiry that is text', { exp: '9999999999' }],
    ['a negative expiry', { exp: -1 }],
    ['no issue date', { iat: undefined }],
    ['an issue date to come', { iat: now + 6 }],
    ['a beginning to come', { nbf: now + 6 }],
    ['an expiry past and another audience', { exp: now - 1, aud: 'https://other.test' }],
    ['an expiry past and an issue date to come', { exp: now - 1, iat: now + 60 }],
  ])('a token with %s is INVALID_TOKEN', async (_, claims) => {
    const gateway = await testGateway()

    const answer = await gateway.get('/tunnels', { token: await gateway.mint({ claims }) })

    expect(answer.error.code).toBe('INVALID_TOKEN')
  })

  it.each([
    ['alg none', { alg: 'none' }],
    ['HS256', { alg: 'HS256' }],
    ['a type that is no access token', { typ: 'dpop+jwt' }],
    ['an unknown critical header', { crit: ['x'], x: 1 }],
    ['a key of the client in its header', { jwk: { kty: 'oct', k: 'AA' }, kid: 'other' }],
    ['a key id that is a number', { kid: 7 }],
    ['a key id nobody has', { kid: '../../etc/passwd' }],
  ])('a token with %s is INVALID_TOKEN', async (_, header) => {
    const gateway = await testGateway()
    const [, payload, signature] = (await gateway.mint()).split('.')
    const token = `${part({ alg: 'ES256', kid: 'key-1', ...header })}.${payload}.${signature}`

    const answer = await gateway.get('/tunnels', { token })

    expect(answer.error.code).toBe('INVALID_TOKEN')
  })

  it('a token with an endless expiry is INVALID_TOKEN', async () => {
    const gateway = await testGateway()
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'x', iat: now }
    const token = await gateway.sign(JSON.stringify(claims).replace('}', ',"exp":1e400}'))

    const answer = await gateway.get('/tunnels', { token })

    expect(answer.error.code).toBe('INVALID_TOKEN')
  })

  it('a token whose subject is no well-formed text is INVALID_TOKEN', async () => {
    const gateway = await testGateway()
    const claims = { iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 60 }
    const token = await gateway.sign(JSON.stringify(claims).replace('}', ',"sub":"\\ud800"}'))

    const answer = await gateway.get('/tunnels', { token })

    expect(answer.error.code).toBe('INVALID_TOKEN')
  })

  it('a changed payload is INVALID_TOKEN', async () => {
    const gateway = await testGateway()
    const [header, , signature] = (await gateway.mint({ tier: 'free' })).split('.')
    const payload = part({
      iss: ISSUER,
      sub: 'x',
      'https://cloudtolocalllm.com/tier': 'enterprise',
    })

    const answer = await gateway.get('/tunnels', { token: `${header}.${payload}.${signature}` })

    expect(answer.error.code).toBe('INVALID_TOKEN')
  })

  it('an unsigned token is INVALID_TOKEN', async () => {
    const gateway = await testGateway()
    const [, payload] = (await gateway.mint()).split('.')

    const answer = await gateway.get('/tunnels', { token: `${part({ alg: 'none' })}.${payload}.` })

    expect(answer.error.code).toBe('INVALID_TOKEN')
  })

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

  it.each([
    [
      'an audience in a list',
      { aud: ['https://other.test', 'https://api.cloudtolocalllm.online'] },
      {},
    ],
    ['clocks five seconds apart', { iat: now + 5, nbf: now + 5 }, {}],
    ['a fraction in its expiry', { exp: now + 0.5 }, {}],
    ['the type of RFC 9068', {}, { typ: 'at+jwt' }],
    ['no type', {}, { typ: undefined }],
    ['no key id', {}, { kid: undefined }],
  ])('accepts %s', async (_, claims, header) => {
    const gateway = await testGateway()

    const answer = await gateway.get('/tunnels', { token: await gateway.mint({ claims, header }) })

    expect(answer.status).toBe(200)
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
