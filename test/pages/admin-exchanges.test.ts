import { describe, expect, it } from 'vitest'
import type { KeptExplanation } from '../../src/ports.ts'
import { type GatewayOptions, testGateway } from '../support/gateway.ts'

const KEPT = [
  { id: 'ex-mws5bb2o-02', correlationId: 'web-42-checkout', code: 'SERVICE_UNAVAILABLE' },
  { id: 'ex-mws5bb2n-01', correlationId: 'web-42-checkout', code: 'MISSING_TOKEN' },
]

async function lookUp(
  id: string,
  find: NonNullable<GatewayOptions['explanations']>['find'],
  claims: object = { roles: ['super_admin'] },
) {
  const gateway = await testGateway({ explanations: { find } })
  const token = await gateway.mint(claims)
  return gateway.get(`/_gateway/admin/exchanges/${id}`, { token })
}

const knowing = (kept: readonly KeptExplanation[]) => async () => kept

describe('the look-up of an exchange', () => {
  it('shows all that is kept of a correlation id', async () => {
    const asked: string[] = []

    const answer = await lookUp('web-42-checkout', async (id) => {
      asked.push(id)
      return KEPT
    })

    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toEqual({ correlationId: 'web-42-checkout', exchanges: KEPT })
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(asked).toEqual(['web-42-checkout'])
  })

  it('takes an id as it is and percent-encoded', async () => {
    const asked: string[] = []

    for (const spelled of ['web:42:checkout', 'web%3A42%3Acheckout']) {
      await lookUp(spelled, async (id) => {
        asked.push(id)
        return []
      })
    }

    expect(asked).toEqual(['web:42:checkout', 'web:42:checkout'])
  })

  it('names the correlation id of an exchange that was asked for by its own', async () => {
    const answer = await lookUp('ex-mws5bb2n-01', knowing(KEPT.slice(1)))

    expect(JSON.parse(answer.text)).toEqual({
      correlationId: 'web-42-checkout',
      exchanges: KEPT.slice(1),
    })
  })

  it('shows an empty list of what nothing is kept of, which is most', async () => {
    const answer = await lookUp('web-42-checkout', knowing([]))

    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toEqual({ correlationId: 'web-42-checkout', exchanges: [] })
  })

  it('says that the store is away', async () => {
    const answer = await lookUp('web-42-checkout', async () => undefined)

    expect([answer.status, answer.error.code]).toEqual([503, 'CACHE_UNAVAILABLE'])
  })

  it.each([
    ['too short', 'web-42'],
    ['too long', 'w'.repeat(129)],
    ['with a space', 'web-42%20checkout'],
    ['that begins with a dash', '-web-42-checkout'],
    ['that looks like a pattern', 'web-42-*'],
  ])('refuses an id %s', async (_, id) => {
    const answer = await lookUp(id, () => Promise.reject(new Error('nobody is to be asked')))

    expect([answer.status, answer.error.code]).toEqual([400, 'INVALID_PARAMETER'])
    expect(answer.error.details?.parameter).toBe('exchange')
  })

  it.each([
    ['a user', { tier: 'enterprise' }, 'ADMIN_REQUIRED'],
    ['an admin without the right', { roles: ['admin'] }, 'INSUFFICIENT_PERMISSIONS'],
  ])('is not for %s', async (_, claims, code) => {
    const answer = await lookUp('web-42-checkout', knowing(KEPT), claims)

    expect(answer.error.code).toBe(code)
    expect(answer.text).not.toContain('ex-mws5')
  })

  it.each(['view_gateway', 'manage_subjects'])('is for an admin who may %s', async (right) => {
    const answer = await lookUp('web-42-checkout', knowing(KEPT), {
      roles: ['admin'],
      permissions: [right],
    })

    expect(answer.status).toBe(200)
  })
})
