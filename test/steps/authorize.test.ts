import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/policy/route.ts'
import { authorize } from '../../src/steps/authorize.ts'

const KEY = { kind: 'key', hash: 'any' } as const
const open: Route = { path: '/x', access: 'userOrKey' }

describe('an API key, of which the gateway knows nothing', () => {
  it('may use a route that demands nothing more', () => {
    expect(authorize(KEY, open)).toEqual({ allowed: true })
  })

  it.each([
    ['a permission', { ...open, permissions: ['view_users'] }],
    ['one of some permissions', { ...open, anyPermission: ['view_users', 'edit_users'] }],
    ['a feature', { ...open, feature: 'apiAccess' }],
  ])('holds no right to one that demands %s', (_, route) => {
    expect(authorize(KEY, route)).toMatchObject({
      allowed: false,
      code: 'INSUFFICIENT_PERMISSIONS',
    })
  })

  it('is no administrator', () => {
    expect(authorize(KEY, { ...open, access: 'admin' })).toMatchObject({
      allowed: false,
      code: 'ADMIN_REQUIRED',
    })
  })
})
