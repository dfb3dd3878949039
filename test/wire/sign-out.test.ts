import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  const ROUTES = JSON.stringify([
    { path: '/auth/logout', methods: ['POST'], access: 'user', revokes: 'token' },
    { path: '/tunnels', access: 'user' },
  ])
  world = await openWorld({ ROUTES })
})
afterAll(() => world.stop())

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })

describe('a user of the built worker', () => {
  it('who signs out is out within two seconds in every isolate, and still in elsewhere', async () => {
    const other = await world.another({})
    const subject = `auth0|${crypto.randomUUID()}`
    const [phone, laptop] = await Promise.all([
      world.issuer.mint({ subject }),
      world.issuer.mint({ subject }),
    ])
    for (let i = 0; i < 20; i += 1) {
      await fetch(`${other.url}/tunnels`, bearer(phone))
      await fetch(`${other.url}/tunnels`, bearer(laptop))
    }

    const out = await fetch(`${world.gateway.url}/auth/logout`, {
      method: 'POST',
      ...bearer(phone),
    })

    expect([out.status, await out.text()]).toEqual([204, ''])
    const ask = async () => (await fetch(`${other.url}/tunnels`, bearer(phone))).status
    await expect.poll(ask, { timeout: 2_500, interval: 100 }).toBe(401)
    const refused = await fetch(`${other.url}/tunnels`, bearer(phone))
    expect((await refused.json()).error).toMatchObject({
      code: 'AUTH_REQUIRED',
      details: { reason: 'revoked' },
    })
    expect((await fetch(`${other.url}/tunnels`, bearer(laptop))).status).toBe(200)
  })

  it('is not told to be out while the store is away', async () => {
    const ROUTES = JSON.stringify([{ path: '/auth/logout', access: 'user', revokes: 'token' }])
    const lonely = await world.another({ ROUTES, UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' })

    const out = await fetch(`${lonely.url}/auth/logout`, {
      method: 'POST',
      ...bearer(await world.issuer.mint()),
    })

    expect([out.status, (await out.json()).error.code]).toEqual([503, 'CACHE_UNAVAILABLE'])
  })
})
