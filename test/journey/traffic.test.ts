import { describe, expect, it } from 'vitest'
import { TrafficCounts } from '../../src/adapters/metrics/traffic-counts.ts'
import { type Letter, Outbox } from '../../src/adapters/outbox.ts'
import { StoreUse } from '../../src/adapters/store-use.ts'
import { testGateway } from '../support/gateway.ts'
import { watchedGateway } from '../support/watched-gateway.ts'

const LIMITS = JSON.stringify({ ip: { minute: 5 }, tiers: { free: { minute: 2 } } })

describe('what went through the gateway', () => {
  it('is told to an operator minute by minute', async () => {
    const gateway = await watchedGateway({
      upstream: ({ url }) =>
        new URL(url).pathname === '/tunnels/broken'
          ? new Response('no', { status: 503 })
          : Response.json({}),
    })
    const token = await gateway.mint()
    const before = gateway.now()
    await gateway.get('/tunnels', { token })
    await gateway.get('/tunnels', { token })
    gateway.pass(60_000)
    await gateway.get('/tunnels/broken', { token })
    await gateway.get('/nowhere')
    await gateway.flush()

    const told = JSON.parse((await gateway.traffic('?span=hour')).text)

    const iso = (time: number) => new Date(time).toISOString()
    expect(told).toMatchObject({
      span: 'hour',
      stepSeconds: 60,
      from: iso(before - 58 * 60_000),
      to: iso(before + 2 * 60_000),
      isolates: 1,
      totals: { requests: 4, errors: 1, refused: 0, statuses: { '2xx': 2, '4xx': 1, '5xx': 1 } },
    })
    expect(told.points).toHaveLength(60)
    expect(told.points[0]).toEqual({
      time: iso(before - 58 * 60_000),
      requests: 0,
      errors: 0,
      refused: 0,
      statuses: {},
      codes: {},
      latency: null,
      store: null,
      keys: null,
      upstream: null,
      retries: 0,
      breakerOpen: 0,
      fallbackReadings: 0,
      storeRoundTrips: 0,
      storeCommands: 0,
      limits: {},
    })
    expect(told.points[58]).toMatchObject({ requests: 2, statuses: { '2xx': 2 }, codes: {} })
    expect(told.points[58].limits).toEqual({ 'user:60': { admitted: 2, refused: 0 } })
    expect(told.points[59]).toMatchObject({
      time: iso(before + 60_000),
      requests: 2,
      codes: { SERVICE_UNAVAILABLE: 1, NOT_FOUND: 1 },
    })
    expect(told.routes).toMatchObject([
      { route: '/tunnels/*', requests: 3, errors: 1 },
      { route: '-', requests: 1, errors: 0 },
    ])
  })

  it('tells which limits refused whom', async () => {
    const gateway = await watchedGateway({ settings: { LIMITS } })
    const sub = `auth0|${crypto.randomUUID()}`
    const token = await gateway.mint({ subject: sub })
    for (let i = 0; i < 3; i += 1) await gateway.get('/tunnels', { token, from: '192.0.2.1' })
    for (let i = 0; i < 7; i += 1) await gateway.get('/api/health', { from: '192.0.2.2' })
    await gateway.flush()

    const told = JSON.parse((await gateway.traffic()).text)

    expect(told.limits).toEqual([
      { limit: 'ip:60', admitted: 5, refused: 2 },
      { limit: 'user:60', admitted: 2, refused: 1 },
    ])
    expect(told.points.at(-1).limits).toEqual({
      'ip:60': { admitted: 5, refused: 2 },
      'user:60': { admitted: 2, refused: 1 },
    })
    expect(told.limited).toEqual([
      { subject: 'ip:192.0.2.2', refused: 2 },
      {
        subject: expect.stringMatching(`^user:https://.*\\|${sub.replace('|', '\\|')}$`),
        refused: 1,
      },
    ])
    expect(told.totals).toMatchObject({
      refused: 3,
      codes: { RATE_LIMIT_EXCEEDED_IP: 2, RATE_LIMIT_EXCEEDED_USER: 1 },
    })
  })

  it.each(['hour', 'day', 'week', 'quarter'])(
    'tells of each step of a %s what limits decided',
    async (span) => {
      const gateway = await watchedGateway({ settings: { LIMITS } })
      for (let i = 0; i < 7; i += 1) await gateway.get('/api/health', { from: '192.0.2.3' })
      await gateway.flush()

      const { points } = JSON.parse((await gateway.traffic(`?span=${span}`)).text)

      expect(points.at(-1).limits).toEqual({ 'ip:60': { admitted: 5, refused: 2 } })
      expect(points[0].limits).toEqual({})
    },
  )

  it('knows nothing of health checks, which cost the store nothing', async () => {
    const gateway = await watchedGateway()
    await gateway.get('/_gateway/health')
    await gateway.get('/_gateway/health')

    expect(await gateway.flush()).toEqual([])
  })

  it('keeps no request waiting for the store to be told', async () => {
    const told: (readonly Letter[])[] = []
    const outbox = new Outbox(
      (letters) => {
        told.push(letters)
        return new Promise(() => undefined)
      },
      {
        now: () => gateway.now(),
        sleep: async () => gateway.pass(10_000),
        background: () => undefined,
      },
    )
    const counts = new TrafficCounts({ outbox, use: new StoreUse(), isolate: 'one' })
    outbox.add(counts)
    const gateway = await testGateway({ observers: [counts] })

    const first = await gateway.get('/api/health')
    const second = await gateway.get('/api/health')

    expect([first.status, second.status]).toEqual([200, 200])
    expect(told.length).toBeGreaterThan(0)
  })

  it('names a narrower limit by its own name', async () => {
    const limits = JSON.stringify({ routes: { bridgePoll: { minute: 1 } } })
    const routes = JSON.stringify([{ path: '/poll', access: 'user', limit: 'bridgePoll' }])
    const gateway = await watchedGateway({ settings: { LIMITS: limits, ROUTES: routes } })
    const token = await gateway.mint()
    await gateway.get('/poll', { token })
    await gateway.get('/poll', { token })
    await gateway.flush()

    const told = JSON.parse((await gateway.traffic()).text)

    expect(told.limits).toEqual([{ limit: 'bridgePoll:60', admitted: 1, refused: 1 }])
  })

  it('tells for whom requests waited, how often they were tried again and that the breaker was open', async () => {
    let asked = 0
    const gateway = await watchedGateway({
      async upstream() {
        asked += 1
        gateway.pass(100)
        return asked === 1 ? { kind: 'unreachable' } : Response.json({})
      },
    })
    await gateway.get('/api/health')
    await gateway.flush()

    const told = JSON.parse((await gateway.traffic()).text)

    expect(told.totals).toMatchObject({ requests: 1, retries: 1, breakerOpen: 0 })
    // Two tries of 100 ms and the pause between them.
    expect(told.totals.upstream.p50).toBeGreaterThan(160)
    expect(told.totals.latency.p50).toBeGreaterThan(160)
    expect(told.totals.keys).toBeNull()
  })

  it.each(['year', '', 'HOUR', '__proto__'])('refuses a span of "%s"', async (span) => {
    const gateway = await watchedGateway()

    const answer = await gateway.traffic(`?span=${span}`)

    expect(answer.error).toMatchObject({
      code: 'INVALID_PARAMETER',
      details: { parameter: 'span', reason: 'One of hour, day, week, quarter' },
    })
  })

  it('is not to be had while the store is away', async () => {
    const gateway = await testGateway({
      traffic: { read: async () => undefined, total: async () => undefined },
    })

    const token = await gateway.mint({ roles: ['super_admin'] })
    const answer = await gateway.get('/_gateway/admin/traffic', { token })

    expect(answer.error.code).toBe('CACHE_UNAVAILABLE')
  })

  it('may be looked at by whoever views the gateway', async () => {
    const gateway = await watchedGateway()
    const token = await gateway.mint({ roles: ['admin'], permissions: ['view_gateway'] })
    const other = await gateway.mint({ roles: ['admin'], permissions: ['view_users'] })

    const [seen, refused] = [
      await gateway.get('/_gateway/admin/traffic', { token }),
      await gateway.get('/_gateway/admin/traffic', { token: other }),
    ]

    expect(seen.status).toBe(200)
    expect(refused.error.code).toBe('INSUFFICIENT_PERMISSIONS')
  })
})
