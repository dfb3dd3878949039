import { describe, expect, it } from 'vitest'
import { OWN_ROUTES } from '../../src/policy/routes.ts'
import { base64url, operatedGateway, strangers } from '../support/operator.ts'

/** Whatever stands there now, and whatever will. */
const OPERATIONS = OWN_ROUTES.filter(({ access }) => access === 'admin').flatMap(
  ({ path, methods = [] }) => methods.map((method) => [method, path] as const),
)
const READS = OPERATIONS.filter(([method]) => method === 'GET')
const CHANGES = OPERATIONS.filter(([method]) => method !== 'GET')

type Gateway = Awaited<ReturnType<typeof operatedGateway>>

/** The code of a refusal, or that there was none. */
async function heard(
  gateway: Gateway,
  [method, path]: (typeof OPERATIONS)[number],
  headers: Readonly<Record<string, string>>,
) {
  const body = method === 'GET' ? {} : { body: '{"reset":true}' }
  const answer = await gateway.ask(path.replace(/:\w+/g, 'ip:192.0.2.1'), {
    method,
    from: gateway.self.from,
    ...body,
    headers: { 'Content-Type': 'application/json', ...headers },
  })
  return [401, 403].includes(answer.status) ? answer.error.code : 'passes'
}

const roles = (...names: readonly string[]) => ({ roles: names })
const admin = (...permissions: readonly string[]) => ({ roles: ['admin'], claims: { permissions } })

const LACKS = 'INSUFFICIENT_PERMISSIONS'

describe('who may do what in the operators’ API', () => {
  it('there is something to read and something to change', () => {
    expect(READS.map(([, path]) => path)).toEqual(
      expect.arrayContaining([
        '/_gateway/admin/subjects',
        '/_gateway/admin/subjects/:subject',
        '/_gateway/admin/audit',
      ]),
    )
    expect(CHANGES).toContainEqual(['PATCH', '/_gateway/admin/subjects/:subject'])
  })

  it('nothing under /_gateway/admin is open to others than admins', () => {
    const open = OWN_ROUTES.filter(
      ({ path, access }) => path.startsWith('/_gateway/admin') && access !== 'admin',
    )

    expect(open).toEqual([])
  })

  it.each([
    ['a user', {}, 'ADMIN_REQUIRED', 'ADMIN_REQUIRED'],
    [
      'a user whose token lists the permissions, but no role',
      { claims: { permissions: ['manage_subjects', 'view_gateway'] } },
      'ADMIN_REQUIRED',
      'ADMIN_REQUIRED',
    ],
    [
      'a user who calls itself an admin where users may write',
      { claims: { user_metadata: { role: 'super_admin' } } },
      'ADMIN_REQUIRED',
      'ADMIN_REQUIRED',
    ],
    ['an admin without a permission', admin(), LACKS, LACKS],
    ['an admin with the permissions of the API', admin('view_users', 'edit_users'), LACKS, LACKS],
    ['a support_admin', roles('support_admin'), LACKS, LACKS],
    ['a finance_admin', roles('finance_admin'), LACKS, LACKS],
    ['a viewer', admin('view_gateway'), 'passes', LACKS],
    [
      'a support_admin who is a viewer too',
      { ...admin('view_gateway'), ...roles('support_admin') },
      'passes',
      LACKS,
    ],
    [
      'a viewer by scope',
      { roles: ['admin'], claims: { scope: 'openid view_gateway' } },
      'passes',
      LACKS,
    ],
    ['a manager', admin('manage_subjects'), 'passes', 'passes'],
    ['a super_admin', roles('super_admin'), 'passes', 'passes'],
  ])('%s', async (_, of, reads, changes) => {
    const gateway = await operatedGateway()
    const token = await gateway.mint({ subject: gateway.self.subject, ...of })
    const hears = (operation: (typeof OPERATIONS)[number]) =>
      heard(gateway, operation, { Authorization: `Bearer ${token}` })

    expect(await Promise.all(READS.map(hears))).toEqual(READS.map(() => reads))
    expect(await Promise.all(CHANGES.map(hears))).toEqual(CHANGES.map(() => changes))
  })

  it.each([
    ['nobody', {}, 'MISSING_TOKEN'],
    ['an API key', { 'X-API-Key': 'ctll_1234567890' }, 'INVALID_TOKEN_FORMAT'],
    ['an API key as a token', { Authorization: 'Bearer ctll_1234567890' }, 'INVALID_TOKEN_FORMAT'],
    ['a name and a password', { Authorization: 'Basic cm9vdDpyb290' }, 'INVALID_TOKEN_FORMAT'],
  ])('%s may nothing', async (_, headers, code) => {
    const gateway = await operatedGateway()

    const codes = await Promise.all(OPERATIONS.map((each) => heard(gateway, each, headers)))

    expect(codes).toEqual(OPERATIONS.map(() => code))
  })

  it('a viewer is told which permissions would do', async () => {
    const gateway = await operatedGateway()
    const token = await gateway.mint(roles('admin'))

    const read = await gateway.get('/_gateway/admin/audit', { token })
    const change = await gateway.ask('/_gateway/admin/subjects/ip:192.0.2.1', {
      method: 'PATCH',
      token,
    })

    expect(read.error.details).toEqual({ requiredAny: ['view_gateway', 'manage_subjects'] })
    expect(change.error.details).toEqual({ required: ['manage_subjects'] })
  })

  it('an admin who is refused has changed nothing', async () => {
    const gateway = await operatedGateway()
    const { user } = strangers()
    const name = base64url(user)
    const token = await gateway.mint(admin('view_gateway'))

    const { status } = await gateway.ask(`/_gateway/admin/subjects/${name}`, {
      method: 'PATCH',
      token,
      headers: { 'Content-Type': 'application/json' },
      body: '{"blockSeconds":600}',
    })

    expect(status).toBe(403)
    expect(await gateway.read(user)).toMatchObject({ exists: false })
  })
})
