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

  it('asks an admin route for a token first', async () => {
    const gateway = await testGateway()

    expect((await gateway.get('/debug-dump')).error.code).toBe('MISSING_TOKEN')
  })
})

describe('permissions', () => {
  it.each([
    ['none of two', [], 403],
    ['the first of two', ['edit_users'], 403],
    ['the second of two', ['suspend_users'], 403],
    ['a third', ['view_users', 'view_alerts'], 403],
    ['both', ['suspend_users', 'view_users', 'edit_users'], 200],
  ])('are demanded all: a token with %s', async (_, permissions, status) => {
    const gateway = await testGateway()
    const token = await gateway.mint({ roles: ['admin'], permissions })

    const answer = await gateway.ask('/admin/bulk-operations', { method: 'POST', token })

    expect(answer.status).toBe(status)
  })

  it.each([
    ['neither', ['view_users'], 403],
    ['the first', ['view_alerts'], 200],
    ['the second', ['manage_alerts'], 200],
    ['both', ['view_alerts', 'manage_alerts'], 200],
  ])('are demanded any: a token with %s', async (_, permissions, status) => {
    const gateway = await testGateway()
    const token = await gateway.mint({ roles: ['admin'], permissions })

    const answer = await gateway.get('/alert-configuration', { token })

    expect(answer.status).toBe(status)
  })

  it.each([
    ['all, but none of the others', ['a', 'b'], 403],
    ['one of the others alone', ['c'], 403],
    ['all, and one of the others', ['a', 'b', 'd'], 200],
  ])('are demanded both ways in a row of ROUTES: %s', async (_, permissions, status) => {
    const row = { path: '/x', access: 'user', permissions: ['a', 'b'], anyPermission: ['c', 'd'] }
    const gateway = await testGateway({ settings: { ROUTES: JSON.stringify([row]) } })

    const answer = await gateway.get('/x', { token: await gateway.mint({ permissions }) })

    expect(answer.status).toBe(status)
  })
})

describe('a refusal', () => {
  it.each([
    [
      'that the route is for administrators',
      'POST',
      '/admin/users',
      { tier: 'premium' },
      { requiredRole: 'admin' },
    ],
    [
      'every permission that is required, held or not',
      'POST',
      '/admin/bulk-operations',
      { roles: ['admin'], permissions: ['edit_users'] },
      { required: ['edit_users', 'suspend_users'] },
    ],
    [
      'the permissions of which one is required',
      'GET',
      '/alert-configuration',
      { roles: ['support_admin'] },
      { requiredAny: ['view_alerts', 'manage_alerts'] },
    ],
    [
      'the feature, the tier that has it, and the tier that the caller has',
      'POST',
      '/tunnel/metrics',
      { tier: 'free' },
      {
        feature: 'containerOrchestration',
        userTier: 'free',
        requiredTier: 'premium',
        upgradeUrl: 'https://app.cloudtolocalllm.online/upgrade',
      },
    ],
    [
      'that a lower tier has it',
      'POST',
      '/direct-proxy/x',
      { tier: 'enterprise' },
      {
        feature: 'directTunnelOnly',
        userTier: 'enterprise',
        requiredTier: 'free',
        upgradeUrl: 'https://app.cloudtolocalllm.online/upgrade',
      },
    ],
  ] as const)('names %s', async (_, method, path, token, details) => {
    const gateway = await testGateway()

    const answer = await gateway.ask(path, { method, token: await gateway.mint(token) })

    expect(answer.status).toBe(403)
    expect(answer.error.details).toEqual(details)
  })

  const realm = 'Bearer realm="cloudtolocalllm"'

  it.each([
    [
      'permissions',
      'POST',
      '/admin/bulk-operations',
      { roles: ['admin'] },
      `${realm}, error="insufficient_scope", scope="edit_users suspend_users"`,
    ],
    [
      'alternatives, which no scope can say',
      'GET',
      '/alert-configuration',
      { roles: ['admin'] },
      `${realm}, error="insufficient_scope"`,
    ],
    ['a role, which is no scope', 'POST', '/admin/users', {}, null],
    ['a feature, which is no scope', 'POST', '/tunnel/metrics', { tier: 'free' }, null],
  ] as const)('challenges for a token with %s', async (_, method, path, token, challenge) => {
    const gateway = await testGateway()

    const answer = await gateway.ask(path, { method, token: await gateway.mint(token) })

    expect(answer.status).toBe(403)
    expect(answer.headers.get('WWW-Authenticate')).toBe(challenge)
  })

  it('of the upstream challenges nobody: what it lacks may not be a scope', async () => {
    const gateway = await testGateway({
      upstream: () => Response.json({ error: 'Access denied' }, { status: 403 }),
    })

    const answer = await gateway.get('/tunnels/t1', { token: await gateway.mint() })

    expect(answer.error.code).toBe('INSUFFICIENT_PERMISSIONS')
    expect(answer.headers.get('WWW-Authenticate')).toBeNull()
  })
})
