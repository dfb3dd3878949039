import { describe, expect, it } from 'vitest'
import type { AnomalyEvent } from '../../src/watch/anomaly-event.ts'
import { START, testGateway } from '../support/gateway.ts'

const BEGAN: AnomalyEvent = {
  time: START - 60_000,
  kind: 'anomaly.began',
  series: 'errors',
  of: { code: 'SERVICE_UNAVAILABLE' },
  usual: { low: 0, high: 0.011 },
  now: 0.2,
  since: START - 300_000,
}
const ENDED: AnomalyEvent = {
  time: START,
  kind: 'anomaly.ended',
  series: 'latency',
  of: { route: '/tunnels/*' },
  usual: { low: 60, high: 150 },
  now: 90,
  since: START - 900_000,
  ending: 'usual',
}

/** A gateway whose list of events is given, and how much of it was asked for. */
async function gatewayWith(events: readonly AnomalyEvent[] | undefined) {
  const asked: unknown[] = []
  const gateway = await testGateway({
    events: {
      recent: async (...what) => {
        asked.push(what)
        return events
      },
    },
  })
  const get = async (query: string, claims: Parameters<typeof gateway.mint>[0]) =>
    gateway.get(`/_gateway/admin/events${query}`, { token: await gateway.mint(claims) })
  return { get, asked }
}

const ROOT = { roles: ['super_admin'] }

describe('the list of events', () => {
  it('tells what left its usual band and what came back, as the store has them', async () => {
    const { get } = await gatewayWith([ENDED, BEGAN])

    const answer = await get('', ROOT)

    expect(answer.status).toBe(200)
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(JSON.parse(answer.text)).toEqual({
      events: [
        {
          time: '2026-11-22T12:00:00.000Z',
          kind: 'anomaly.ended',
          series: 'latency',
          of: { route: '/tunnels/*' },
          usual: { low: 60, high: 150 },
          now: 90,
          since: '2026-11-22T11:45:00.000Z',
          ending: 'usual',
        },
        {
          time: '2026-11-22T11:59:00.000Z',
          kind: 'anomaly.began',
          series: 'errors',
          of: { code: 'SERVICE_UNAVAILABLE' },
          usual: { low: 0, high: 0.011 },
          now: 0.2,
          since: '2026-11-22T11:55:00.000Z',
        },
      ],
    })
  })

  it.each([
    ['', 100],
    ['?limit=1', 1],
    ['?limit=1000', 1_000],
  ])('is shown as far as it is asked for: "%s"', async (query, most) => {
    const { get, asked } = await gatewayWith([])

    await get(query, ROOT)

    expect(asked).toEqual([[most, START]])
  })

  it.each(['0', '1001', '-1', 'all', ''])('refuses a limit of "%s"', async (limit) => {
    const { get } = await gatewayWith([])

    const answer = await get(`?limit=${limit}`, ROOT)

    expect(answer.error.code).toBe('INVALID_PARAMETER')
    expect(answer.error.details?.parameter).toBe('limit')
  })

  it('is CACHE_UNAVAILABLE while the store is away', async () => {
    const { get } = await gatewayWith(undefined)

    expect((await get('', ROOT)).error.code).toBe('CACHE_UNAVAILABLE')
  })

  it.each([
    ['a user', {}, 'ADMIN_REQUIRED'],
    ['an admin without a permission', { roles: ['support_admin'] }, 'INSUFFICIENT_PERMISSIONS'],
  ])('is not for %s', async (_, claims, code) => {
    const { get } = await gatewayWith([])

    expect((await get('', claims)).error.code).toBe(code)
  })

  it.each(['view_gateway', 'manage_subjects'])('is for an admin with %s', async (permission) => {
    const { get } = await gatewayWith([])

    const answer = await get('', { roles: ['support_admin'], permissions: [permission] })

    expect(answer.status).toBe(200)
  })
})
