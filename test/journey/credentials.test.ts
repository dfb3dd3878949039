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
