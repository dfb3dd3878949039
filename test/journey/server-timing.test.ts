import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'
import { operatedGateway, strangers } from '../support/operator.ts'
import type { TokenOptions } from '../support/tokens.ts'

const OPERATOR = { roles: ['admin'], permissions: ['view_gateway'] }

/** A gateway whose upstream takes 20 ms, and tells of a part of them itself. */
async function timed(
  options: Parameters<typeof testGateway>[0] = {},
): ReturnType<typeof testGateway> {
  const gateway = await testGateway({
    upstream: () => {
      gateway.pass(20)
      return Response.json({}, { headers: { 'Server-Timing': 'db;dur=7' } })
    },
    ...options,
  })
  return gateway
}

describe('Server-Timing', () => {
  it('tells an operator for whom the request waited, after what the upstream tells', async () => {
    const gateway = await timed()

    const { headers } = await gateway.get('/tunnels', { token: await gateway.mint(OPERATOR) })

    expect(headers.get('Server-Timing')).toBe(
      'db;dur=7, identity;dur=0, place;dur=0, store;dur=0, body;dur=0, upstream;dur=20, total;dur=20',
    )
  })

  it('tells it on errors too', async () => {
    const gateway = await timed({ upstream: () => new Response('{}', { status: 500 }) })

    const { status, headers } = await gateway.get('/tunnels', {
      token: await gateway.mint(OPERATOR),
    })

    expect(status).toBe(500)
    expect(headers.get('Server-Timing')).toMatch(/^identity;dur=0, .*total;dur=0$/)
  })

  it.each<[string, TokenOptions]>([
    ['may change subjects', { roles: ['admin'], permissions: ['manage_subjects'] }],
    ['is a super_admin', { roles: ['super_admin'] }],
  ])('tells one who %s', async (_, options) => {
    const gateway = await timed()

    const { headers } = await gateway.get('/tunnels', { token: await gateway.mint(options) })

    expect(headers.get('Server-Timing')).toContain('total;dur=20')
  })

  it.each<[string, TokenOptions | undefined]>([
    ['nobody in particular', undefined],
    ['a user', { tier: 'enterprise' }],
    ['a user with the permission and no such role', { permissions: ['view_gateway'] }],
    ['an admin without the permission', { roles: ['support_admin'] }],
  ])('tells %s what the upstream tells, and no more', async (_, options) => {
    const gateway = await timed()
    const token = options && (await gateway.mint(options))

    const { headers } = await gateway.get('/health', { token })

    expect(headers.get('Server-Timing')).toBe('db;dur=7')
  })

  it.each(['/tunnels', '/health'])(
    'tells nothing to whoever holds an operator’s revoked token: %s',
    async (path) => {
      const gateway = await operatedGateway()
      const { sub, from } = strangers()
      const token = await gateway.mint({ ...OPERATOR, subject: sub })
      await gateway.ask('/auth/logout', { method: 'POST', token, from })

      const { headers } = await gateway.get(path, { token, from })

      expect(headers.get('Server-Timing')).toBeNull()
    },
  )
})
