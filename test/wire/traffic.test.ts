import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startCountedStore } from '../../scripts/bench/counted-store.ts'
import { serveBundle } from '../../scripts/serve.ts'
import { findRedisServer } from '../../scripts/store/redis/find.ts'
import { openWorld, type World } from './world.ts'

/** An isolate tells at the latest ten seconds after it has something to tell. */
const TOLD_WITHIN = { timeout: 15_000, interval: 500 }

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.stop())

async function trafficAt(url: string) {
  const token = await world.issuer.mint({ roles: ['super_admin'] })
  const response = await fetch(`${url}/_gateway/admin/traffic?span=hour`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  return response.json()
}

describe('what went through the built worker', () => {
  it('is known to every isolate within ten seconds and a little', async () => {
    const other = await world.another({})
    const { url } = world.gateway
    const token = await world.issuer.mint({ subject: 'auth0|watched' })
    for (let i = 0; i < 3; i += 1) {
      await fetch(`${url}/tunnels`, { headers: { Authorization: `Bearer ${token}` } })
    }
    await fetch(`${url}/tunnels`)
    await fetch(`${url}/not-there`)

    const codes = async () => (await trafficAt(other.url)).totals.codes
    await expect.poll(codes, TOLD_WITHIN).toMatchObject({ MISSING_TOKEN: 1, NOT_FOUND: 1 })

    const told = await trafficAt(other.url)
    expect(told.points).toHaveLength(60)
    expect(told.routes).toContainEqual(
      expect.objectContaining({ route: '/tunnels', requests: 4, errors: 0 }),
    )
    expect(told.totals.latency.p50).toBeLessThanOrEqual(told.totals.latency.p99)
    expect(told.totals.upstream.p50).toBeGreaterThanOrEqual(0)
    expect(told.totals.storeRoundTrips).toBeGreaterThan(0)
  })

  it.skipIf(!findRedisServer())('names the very commands that the store was asked', async () => {
    await using store = Object.assign(await startCountedStore(), {
      async [Symbol.asyncDispose]() {
        await store.stop()
      },
    })
    const { upstream, issuer } = world
    const worker = await serveBundle(inject('bundle'), {
      UPSTREAM_URL: upstream.url,
      UPSTASH_REDIS_REST_URL: store.url,
      UPSTASH_REDIS_REST_TOKEN: store.token,
      JWT_ISSUER: issuer.issuer,
      JWT_AUDIENCE: issuer.audience,
      LIMITS: JSON.stringify({ tiers: { free: { minute: 3 } } }),
      ROUTES: JSON.stringify([{ path: '/tunnels', access: 'user' }]),
    })
    try {
      const token = await issuer.mint({ subject: 'auth0|counted' })
      const before = await store.counts()
      for (let i = 0; i < 5; i += 1) {
        await fetch(`${worker.url}/tunnels`, { headers: { Authorization: `Bearer ${token}` } })
      }
      await fetch(`${worker.url}/not-there`)
      const asked = await store.counts()
      const roundTrips = async () => (await store.counts()).roundTrips
      await expect.poll(roundTrips, TOLD_WITHIN).toBe(asked.roundTrips + 1)

      const { totals } = await trafficAt(worker.url)

      // A script is one command and as many as are in it; the letter came after what it tells of.
      expect(asked.commands - before.commands).toBeGreaterThan(10)
      expect(totals).toMatchObject({
        storeRoundTrips: asked.roundTrips - before.roundTrips,
        storeCommands: asked.commands - before.commands,
      })
    } finally {
      await worker.stop()
    }
  })

  it('is added up when the cron trigger comes, and outlives its letters then', async () => {
    const apart = await world.another({})
    await fetch(`${apart.url}/ollama/of-this-minute`)
    const asked = async () =>
      (await trafficAt(apart.url)).routes.filter(
        ({ route }: { route: string }) => route === '/ollama/*',
      )
    await expect.poll(asked, TOLD_WITHIN).toHaveLength(1)
    const minute = Math.floor(Date.now() / 60_000)

    await apart.trigger((minute + 2) * 60_000)

    for (const raw of [minute - 1, minute]) {
      await fetch(`${world.store.url}/del/gateway:1:metrics:raw:${raw}`, {
        headers: { Authorization: 'Bearer wire-store-token' },
      })
    }
    expect(await asked()).toMatchObject([{ route: '/ollama/*', requests: 1 }])
  })

  it.each([
    ['the store is away', { UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' }, 'metrics.unfolded'],
    ['its settings cannot be read', { LIMITS: 'x' }, 'configuration.invalid'],
  ])('is not added up while %s, and the log says so', async (_, settings, event) => {
    const lonely = await world.another(settings)

    await lonely.trigger(Date.now())

    await expect.poll(lonely.log).toContain(`"event":"${event}"`)
  })

  it('is not to be had while the store is away, and nobody waits for that', async () => {
    const lonely = await world.another({ UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' })

    const { error } = await trafficAt(lonely.url)

    expect(error.code).toBe('CACHE_UNAVAILABLE')
  })
})
