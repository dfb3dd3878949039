import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

describe('may they', () => {
  it.each([
    ['a user', {}, '/admin/users', 403, 'ADMIN_REQUIRED'],
    [
      'a user who says so in user_metadata',
      { claims: { user_metadata: { role: 'admin' } } },
      '/admin/users',
      403,
      'ADMIN_REQUIRED',
    ],
    [
      'an admin without the permission',
      { roles: ['admin'] },
      '/admin/users',
      403,
      'INSUFFICIENT_PERMISSIONS',
    ],
    [
      'an admin with it in permissions',
      { roles: ['admin'], permissions: ['view_users'] },
      '/admin/users',
      200,
      undefined,
    ],
    [
      'an admin with it in scope',
      { roles: ['admin'], claims: { scope: 'openid view_users' } },
      '/admin/users',
      200,
      undefined,
    ],
    ['a support_admin', { roles: ['support_admin'] }, '/admin/users', 200, undefined],
    ['a finance_admin', { roles: ['finance_admin'] }, '/admin/users', 200, undefined],
    [
      'a support_admin at the reports',
      { roles: ['support_admin'] },
      '/admin/reports/revenue',
      403,
      'INSUFFICIENT_PERMISSIONS',
    ],
    [
      'a finance_admin at the reports',
      { roles: ['finance_admin'] },
      '/admin/reports/revenue',
      200,
      undefined,
    ],
    ['a super_admin', { roles: ['super_admin'] }, '/admin/reports/revenue', 200, undefined],
    [
      'an admin by app_metadata',
      { claims: { 'https://cloudtolocalllm.com/app_metadata': { role: 'super_admin' } } },
      '/admin/users',
      200,
      undefined,
    ],
    ['the free tier at what only it has', { tier: 'free' }, '/direct-proxy/x', 200, undefined],
    [
      'the premium tier at what only free has',
      { tier: 'premium' },
      '/direct-proxy/x',
      403,
      'TIER_FEATURE_UNAVAILABLE',
    ],
    [
      'the free tier at what is paid for',
      { tier: 'free' },
      '/tunnel/metrics',
      403,
      'TIER_FEATURE_UNAVAILABLE',
    ],
    ['the enterprise tier', { tier: 'enterprise' }, '/tunnel/metrics', 200, undefined],
    [
      'a tier nobody knows',
      { claims: { 'https://cloudtolocalllm.com/tier': 'gold' } },
      '/tunnel/metrics',
      403,
      'TIER_FEATURE_UNAVAILABLE',
    ],
    [
      'a tier in app_metadata',
      { claims: { app_metadata: { plan: 'premium' } } },
      '/tunnel/metrics',
      200,
      undefined,
    ],
  ] as const)('%s', async (_, token, path, status, code) => {
    const gateway = await testGateway()

    const answer = await gateway.get(path, { token: await gateway.mint(token) })

    expect(answer.status).toBe(status)
    expect(code && answer.error.code).toBe(code)
    expect(gateway.received).toHaveLength(status === 200 ? 1 : 0)
  })

  it('tells a refused caller which permission is missing', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint({ roles: ['support_admin'] })

    const answer = await gateway.get('/admin/subscriptions', { token })

    expect(answer.error.details).toEqual({ required: ['view_subscriptions'] })
  })

  it('tells a refused caller which tier has the feature', async () => {
    const gateway = await testGateway()

    const answer = await gateway.get('/tunnel/metrics', {
      token: await gateway.mint({ tier: 'free' }),
    })

    expect(answer.error.details).toEqual({
      feature: 'advancedNetworking',
      tier: 'free',
      availableIn: ['premium', 'enterprise'],
    })
  })

  it('asks an admin route for a token first', async () => {
    const gateway = await testGateway()

    expect((await gateway.get('/debug-dump')).error.code).toBe('MISSING_TOKEN')
  })
})
