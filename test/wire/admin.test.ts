import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.stop())

describe('an operator of the built worker', () => {
  it('shuts a user out within two seconds, whichever isolate serves it', async () => {
    const other = await world.another({})
    const sub = `auth0|${crypto.randomUUID()}`
    const user = { Authorization: `Bearer ${await world.issuer.mint({ subject: sub })}` }
    const root = await world.issuer.mint({ roles: ['super_admin'] })
    const name = Buffer.from(`user:${world.issuer.issuer}|${sub}`).toString('base64url')
    for (let i = 0; i < 20; i += 1) await fetch(`${other.url}/tunnels`, { headers: user })

    const changed = await fetch(`${world.gateway.url}/_gateway/admin/subjects/${name}`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${root}`, 'Content-Type': 'application/json' },
      body: '{"blockSeconds":60}',
    })

    expect(changed.status).toBe(200)
    const ask = async () => (await fetch(`${other.url}/tunnels`, { headers: user })).status
    await expect.poll(ask, { timeout: 2_500, interval: 100 }).toBe(429)
  })

  it('is told that the store is away', async () => {
    const lonely = await world.another({ UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' })
    const root = await world.issuer.mint({ roles: ['super_admin'] })

    const response = await fetch(`${lonely.url}/_gateway/admin/subjects/ip:192.0.2.1`, {
      headers: { Authorization: `Bearer ${root}` },
    })

    expect(response.status).toBe(503)
    expect((await response.json()).error.code).toBe('CACHE_UNAVAILABLE')
  })
})
