import { describe, expect, it } from 'vitest'
import type { Charge } from '../../src/policy/charge.ts'
import { testGateway } from '../support/gateway.ts'
import { MemorySubjects } from '../support/memory-subjects.ts'

const KEY = 'ctll_key-of-alice-0123'
const OTHER = 'ctll_key-of-mallory-4567'

describe('two credentials', () => {
  it.each([
    ['two API keys', { Authorization: `Bearer ${KEY}`, 'X-API-Key': OTHER }],
    ['the same API key twice', { Authorization: `Bearer ${KEY}`, 'X-API-Key': KEY }],
    ['other credentials and an API key', { Authorization: 'Basic YTpi', 'X-API-Key': OTHER }],
    ['two API keys in one header', { 'X-API-Key': `${KEY}, ${OTHER}` }],
  ])('are refused where an API key would do: %s', async (_, headers) => {
    const gateway = await testGateway()

    const answer = await gateway.get('/ollama/api/tags', { headers })

    expect(answer.error.code).toBe('INVALID_TOKEN_FORMAT')
    expect(gateway.received).toEqual([])
  })

  it('are refused where an API key would do: a token and an API key', async () => {
    const gateway = await testGateway()

    const answer = await gateway.get('/ollama/api/tags', {
      token: await gateway.mint(),
      headers: { 'X-API-Key': OTHER },
    })

    expect(answer.error.code).toBe('INVALID_TOKEN_FORMAT')
    expect(gateway.received).toEqual([])
  })

  it.each([
    ['the spelling with underscores', '/ollama/api/tags', { X_API_Key: OTHER }],
    ['another mixed spelling', '/ollama/api/tags', { 'X-API_Key': OTHER }],
    ['a route that takes none', '/tunnels', { 'X-API-Key': OTHER }],
    ['a public route', '/health', { 'X-API-Key': OTHER }],
  ])('are not both forwarded: %s', async (_, path, headers) => {
    const gateway = await testGateway()
    const token = await gateway.mint()

    await gateway.get(path, { token, headers })

    const [request] = gateway.received
    expect(request?.headers.get('Authorization')).toBe(`Bearer ${token}`)
    expect(JSON.stringify([...(request?.headers ?? [])])).not.toContain(OTHER)
  })
})

describe('an API key', () => {
  it('is forwarded as it came', async () => {
    const gateway = await testGateway()

    await gateway.get('/ollama/api/tags', { headers: { 'X-API-Key': KEY } })
    await gateway.get('/ollama/api/tags', { headers: { Authorization: `Bearer ${KEY}` } })

    const [inItsHeader, asBearer] = gateway.received
    expect(inItsHeader?.headers.get('X-API-Key')).toBe(KEY)
    expect(asBearer?.headers.get('Authorization')).toBe(`Bearer ${KEY}`)
  })

  it('is known to the store by its hash alone', async () => {
    const charges: Charge[] = []
    const counts = new MemorySubjects()
    const gateway = await testGateway({
      subjects: {
        recall: () => undefined,
        isRevoked: () => false,
        charge: (charge) => {
          charges.push(charge)
          return counts.charge(charge)
        },
      },
    })

    await gateway.get('/ollama/x', { headers: { 'X-API-Key': 'ctll_key-secret-0123' } })

    expect(charges.map(({ caller }) => caller?.subject)).toEqual([
      'key:24298e65a753ba560371d62698864adaa61bf9e950ca3e83199d0316e48233b5',
    ])
    expect(JSON.stringify(charges)).not.toContain('secret-0123')
  })

  const inItsHeader = { 'X-API-Key': KEY }
  const asBearer = { Authorization: `Bearer ${KEY}` }

  it.each([
    ['in X-API-Key', inItsHeader],
    ['as Bearer', asBearer],
    ['as bEARER', { Authorization: `bEARER ${KEY}` }],
    ['without a scheme', { Authorization: KEY }],
    ['behind another scheme', { Authorization: `ApiKey ${KEY}` }],
    ['behind a token', { Authorization: `Bearer a.b.c, Bearer ${KEY}` }],
    ['too short to be one', { Authorization: 'Bearer ctll_x' }],
    ['in both', { Authorization: `Bearer ${KEY}`, 'X-API-Key': OTHER }],
  ])('stays here where it opens nothing, on a public route: %s', async (_, headers) => {
    const gateway = await testGateway()

    const answer = await gateway.get('/health', { headers })

    expect(answer.status).toBe(200)
    expect(JSON.stringify([...(gateway.received[0]?.headers ?? [])])).not.toContain('ctll_')
  })

  it('takes no token with it that only spells like one', async () => {
    const gateway = await testGateway()
    const Authorization = 'Bearer eyJhbGciOiJub25lIn0.e30.abc-ctll_0123456789'

    await gateway.get('/health', { headers: { Authorization } })

    expect(gateway.received[0]?.headers.get('Authorization')).toBe(Authorization)
  })

  it('makes nobody known on a public route, and is not counted there', async () => {
    const gateway = await testGateway({ settings: { LIMITS: '{"key":{"minute":1}}' } })
    const ask = (path: string) => gateway.get(path, { headers: inItsHeader })

    const statuses = [await ask('/health'), await ask('/versions'), await ask('/ollama/x')]

    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(gateway.records.map(({ caller }) => caller)).toEqual(['anonymous', 'anonymous', 'key'])
  })

  it('has a limit of its own, whichever header it comes in', async () => {
    const gateway = await testGateway({ settings: { LIMITS: '{"key":{"minute":2}}' } })
    await gateway.get('/ollama/x', { headers: inItsHeader })
    await gateway.get('/ollama/x', { headers: asBearer })

    const third = await gateway.get('/ollama/x', { headers: inItsHeader })
    const other = await gateway.get('/ollama/x', { headers: { 'X-API-Key': OTHER } })

    expect(third.status).toBe(429)
    expect(third.error).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', details: { retryAfter: 60 } })
    expect(other.status).toBe(200)
  })

  it.each([
    ['by its code', { error: 'Invalid or expired', code: 'INVALID_API_KEY' }, 'INVALID_TOKEN'],
    ['by the contract’s code', { code: 'AUTH_REQUIRED', error: 'x' }, 'AUTH_REQUIRED'],
    ['without a code', { error: 'Unauthorized' }, 'AUTH_REQUIRED'],
  ])('that the upstream refuses %s is refused', async (_, body, code) => {
    const gateway = await testGateway({ upstream: () => Response.json(body, { status: 401 }) })

    const answer = await gateway.get('/ollama/x', { headers: { 'X-API-Key': KEY } })

    expect(answer.status).toBe(401)
    expect(answer.error.code).toBe(code)
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      'Bearer realm="cloudtolocalllm", error="invalid_token"',
    )
  })

  it.each([
    ['in X-API-Key', inItsHeader],
    ['as Bearer', asBearer],
  ])('reaches neither the log nor the client: %s', async (_, headers) => {
    const gateway = await testGateway({
      upstream: ({ url }) => {
        if (url.endsWith('/fails')) throw new Error(`no room for ${KEY}`)
        return Response.json({ error: 'no', code: 'INVALID_API_KEY' }, { status: 401 })
      },
    })

    const paths = ['/ollama/x', '/ollama/fails', '/tunnels', '/health', '/nowhere', '/debug-dump']
    const answers = await Promise.all(paths.map((path) => gateway.get(path, { headers })))

    expect(gateway.records.map(({ event }) => event)).toContain('fault')
    expect(gateway.records.length).toBeGreaterThan(paths.length)
    expect(JSON.stringify(gateway.records)).not.toContain(KEY)
    expect(JSON.stringify(answers.map(({ text, headers }) => [text, [...headers]]))).not.toContain(
      KEY,
    )
  })
})

describe('a token in the query', () => {
  async function forwardedQuery(path: string, query: string, settings = {}) {
    const gateway = await testGateway({ settings })
    await gateway.get(`${path}?${query}`, { token: await gateway.mint() })
    return new URL(gateway.received[0]?.url ?? 'none:').search
  }

  it.each([
    ['token=forged', ''],
    ['access_token=forged', ''],
    ['token', ''],
    ['a=1&token=forged&b=2', '?a=1&b=2'],
    ['token=x&token=y&access_token=z&a', '?a'],
    ['t%6Fken=x&a=1', '?a=1'],
    ['access%5ftoken=x&a=1', '?a=1'],
    ['a=1&%74%6f%6b%65%6e=x', '?a=1'],
  ])('of a guarded route goes no further: %s', async (query, left) => {
    expect(await forwardedQuery('/ws', query)).toBe(left)
  })

  it.each([
    'page=2&q=a%20b+c',
    'Token=1',
    'tokens=1',
    'a=token',
    'a=1&&b=%zz&=&c==&d',
    '?token=1',
    'my_token=1&token_type=2',
  ])('leaves every other byte as it came: %s', async (query) => {
    expect(await forwardedQuery('/tunnels', query)).toBe(`?${query}`)
  })

  it('keeps the spelling of what stays beside it', async () => {
    expect(await forwardedQuery('/tunnels', 'a=%7e&token=x&&b=+%zz')).toBe('?a=%7e&&b=+%zz')
  })

  it('is the upstream’s own affair on a public route', async () => {
    expect(await forwardedQuery('/docs/x', 'token=1')).toBe('?token=1')
  })
})
