import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

describe('the correlation id', () => {
  it.each([
    ['X-Correlation-ID', 'order-12345678'],
    ['X-Request-ID', 'A1.b2:c3_d4-e5'],
    ['X-Correlation-ID', 'x'.repeat(128)],
    ['X-Correlation-ID', 'monkeyJoe.2026'],
  ])('of the client is kept: %s: %s', async (name, id) => {
    const gateway = await testGateway()

    const answer = await gateway.get('/nowhere', { headers: { [name]: id } })

    expect(answer.headers.get('X-Correlation-ID')).toBe(id)
    expect(answer.error.correlationId).toBe(id)
  })

  it.each([
    ['shorter than eight characters', 'short'],
    ['longer than 128', 'x'.repeat(129)],
    ['with markup', '<script>alert(1)</script>'],
    ['two joined by a comma', 'order-12345678, order-87654321'],
    ['that begins with a dash', '-order-12345678'],
    ['five kilobytes long', 'x'.repeat(5_120)],
    [
      'that is a token',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.zStWbqGdDZ9YbhEAfIZ1T4tN0RR7c1Kc1JBZ2mFo5jY',
    ],
    ['that is an API key', 'ctll_0123456789abcdef'],
    [
      'with a token behind a word',
      'Bearer:eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.zStWbqGdDZ9YbhEAfIZ1T4tN0RR7c1Kc1JBZ2mFo5jY',
    ],
    ['with an API key behind a word', 'key:ctll_0123456789abcdef'],
    ['that begins like a token over and over', 'eyJ'.repeat(20_000)],
  ])('is ours in place of one %s', async (_, id) => {
    const gateway = await testGateway()

    const answer = await gateway.get('/nowhere', { headers: { 'X-Correlation-ID': id } })

    expect(answer.headers.get('X-Correlation-ID')).toMatch(/^req-[0-9a-z]{8}-[a-z2-7]{16}$/)
  })

  it('is the same in the answer, the envelope, the upstream’s request and the log', async () => {
    const gateway = await testGateway({
      upstream: () =>
        new Response('{}', { status: 500, headers: { 'X-Correlation-ID': 'req-of-the-upstream' } }),
    })

    const answer = await gateway.get('/health')

    const id = answer.headers.get('X-Correlation-ID')
    expect(answer.error.correlationId).toBe(id)
    expect(gateway.received[0]?.headers.get('X-Correlation-ID')).toBe(id)
    expect(gateway.records).toContainEqual(expect.objectContaining({ correlationId: id }))
  })

  it('is another one for each request', async () => {
    const gateway = await testGateway()
    const answers = await Promise.all(Array.from({ length: 50 }, () => gateway.get('/nowhere')))

    expect(new Set(answers.map(({ headers }) => headers.get('X-Correlation-ID'))).size).toBe(50)
  })
})

describe('the access record', () => {
  const exchanges = (records: Record<string, unknown>[]) =>
    records.filter(({ event }) => event === 'exchange')

  it('tells what became of an exchange', async () => {
    const gateway = await testGateway()
    await gateway.get('/api/tunnels/42?secret=1', {
      token: await gateway.mint({ tier: 'premium' }),
    })

    expect(exchanges(gateway.records)).toEqual([
      expect.objectContaining({
        method: 'GET',
        route: '/api/tunnels/*',
        status: 200,
        caller: 'user',
        tier: 'premium',
        subject: expect.stringMatching(/^[0-9a-f]{16}$/),
        address: '203.0.113.0/24',
        limit: 500,
        remaining: 499,
        counted: 'store',
        upstreamStatus: 200,
        environment: 'production',
        durationMs: 0,
      }),
    ])
  })

  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['nonsense', 'unknown'],
  ])('knows of the address %s only %s', async (from, told) => {
    const gateway = await testGateway()
    await gateway.get('/health', { from })

    expect(exchanges(gateway.records)).toEqual([expect.objectContaining({ address: told })])
  })

  it('names the code of a denial and what exactly failed', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint({ claims: { aud: 'https://other.test' } })
    await gateway.get('/tunnels', { token })

    expect(exchanges(gateway.records)).toEqual([
      expect.objectContaining({ status: 401, code: 'INVALID_TOKEN', cause: 'aud' }),
    ])
  })

  it('is one for each exchange, a preflight included', async () => {
    const gateway = await testGateway()
    await gateway.get('/health')
    await gateway.ask('/health', {
      method: 'OPTIONS',
      headers: { Origin: 'https://x.test', 'Access-Control-Request-Method': 'GET' },
    })

    expect(exchanges(gateway.records)).toHaveLength(2)
  })

  it('holds no token, no key, no query value, no path value and no subject', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint({ subject: 'auth0|very-private' })
    await gateway.get('/tunnels/path-secret?access_token=query-secret', { token })
    await gateway.get('/ollama/x', { headers: { 'X-API-Key': 'ctll_key-secret-0123' } })

    const log = JSON.stringify(gateway.records)
    expect(log).not.toContain(token)
    expect(log).not.toMatch(/very-private|secret|203\.0\.113\.7/)
  })
})
