import { describe, expect, it } from 'vitest'
import { AWAY, testGateway } from '../support/gateway.ts'

const LIMITS = {
  settings: {
    LIMITS: JSON.stringify({
      ip: { minute: 6 },
      tiers: { free: { minute: 1 } },
      routes: { adminRead: { minute: 2 } },
    }),
  },
}

describe('exemptions', () => {
  it.each([
    ['health', 'GET', '/health', {}],
    ['health', 'GET', '/api/db/health', {}],
    ['auth', 'POST', '/auth/logout', {}],
    ['admin', 'GET', '/admin/users', { roles: ['super_admin'] }],
  ])('%s lifts the caller’s general windows: %s %s', async (rule, method, path, claims) => {
    const records = { ...AWAY, signOut: async () => true }
    const gateway = await testGateway({ ...LIMITS, records })
    const token = await gateway.mint(claims)
    await gateway.get('/tunnels', { token })

    const answer = await gateway.ask(path, { method, token })

    expect(answer.status).toBe(200)
    expect(answer.headers.get('X-RateLimit-Exempt')).toBe('true')
    expect(answer.headers.get('X-RateLimit-Exempt-Rule')).toBe(rule)
    expect(answer.headers.get('X-RateLimit-Limit')).not.toBeNull()
  })

  it('never lift the windows of the address', async () => {
    const gateway = await testGateway(LIMITS)
    const token = await gateway.mint()
    for (let i = 0; i < 6; i += 1) await gateway.get('/health', { token })

    expect((await gateway.get('/health', { token })).error.code).toBe('RATE_LIMIT_EXCEEDED_IP')
  })

  it('never lift a route’s own limit', async () => {
    const gateway = await testGateway(LIMITS)
    const token = await gateway.mint({ roles: ['super_admin'] })
    for (let i = 0; i < 2; i += 1) await gateway.get('/admin/users', { token })

    const answer = await gateway.get('/admin/users', { token })

    expect(answer.error.code).toBe('RATE_LIMIT_EXCEEDED')
    expect(answer.headers.get('X-RateLimit-Exempt')).toBe('true')
  })

  it('may be claimed by whoever qualifies', async () => {
    const gateway = await testGateway(LIMITS)

    const answer = await gateway.get('/health', { headers: { 'X-RateLimit-Exempt': 'health' } })

    expect(answer.status).toBe(200)
    expect(gateway.received[0]?.headers.get('X-RateLimit-Exempt')).toBeNull()
  })

  it.each([
    ['health', '/tunnels'],
    ['admin', '/tunnels'],
    ['admin', '/health'],
    ['internal', '/tunnels'],
    ['operator', '/tunnels'],
    ['operator', '/health'],
    ['', '/tunnels'],
  ])('are denied to a claim of "%s" at %s', async (rule, path) => {
    const gateway = await testGateway(LIMITS)
    const token = await gateway.mint()

    const answer = await gateway.get(path, { token, headers: { 'X-RateLimit-Exempt': rule } })

    expect(answer.status).toBe(403)
    expect(answer.error).toMatchObject({
      code: 'RATE_LIMIT_EXEMPTION_DENIED',
      suggestion: 'Contact support',
    })
    expect(gateway.received).toEqual([])
  })

  it('denied cost the caller nothing', async () => {
    const gateway = await testGateway(LIMITS)
    const token = await gateway.mint()
    await gateway.get('/tunnels', { token, headers: { 'X-RateLimit-Exempt': 'admin' } })

    expect((await gateway.get('/tunnels', { token })).status).toBe(200)
  })
})
