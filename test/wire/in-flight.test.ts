import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, type World } from './world.ts'

const LONG = '/ollama/events?count=1000'
const ROUTES = JSON.stringify([{ path: '/ollama/*', access: 'user' }])

let world: World
beforeAll(async () => {
  world = await openWorld({ ROUTES })
})
afterAll(() => world.stop())

/** A user of the free tier, ten of whose requests may be in flight. */
async function freeUser() {
  const token = await world.issuer.mint({ subject: `auth0|${crypto.randomUUID()}`, tier: 'free' })
  const headers = { Authorization: `Bearer ${token}` }
  const leaving = new AbortController()

  function open(url: string, signal?: AbortSignal) {
    return fetch(`${url}${LONG}`, { headers, ...(signal && { signal }) })
  }
  return {
    open,
    /** Ten streams, which end when the user leaves. */
    openTen: (url: string) =>
      Promise.all(Array.from({ length: 10 }, () => open(url, leaving.signal))),
    leave: () => leaving.abort(),
    /** The status of one more, which is not read. */
    async statusOfOneMore(url: string) {
      const answer = await open(url)
      await answer.body?.cancel()
      return answer.status
    },
  }
}

describe('requests in flight', () => {
  it('are ten of a free user, and the eleventh is told to wait', async () => {
    const user = await freeUser()
    const streams = await user.openTen(world.gateway.url)

    const refused = await user.open(world.gateway.url)

    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]))
    expect(refused.status).toBe(429)
    expect((await refused.json()).error.details).toEqual({ retryAfter: 1, reason: 'concurrency' })
    user.leave()
  })

  it('end when the client goes', async () => {
    const user = await freeUser()
    await user.openTen(world.gateway.url)
    user.leave()

    const ask = () => user.statusOfOneMore(world.gateway.url)
    await expect.poll(ask, { timeout: 5_000, interval: 100 }).toBe(200)
  })

  it('of an isolate that was killed are forgotten within seconds', async () => {
    const dying = await world.another({ ROUTES })
    const user = await freeUser()
    const streams = await user.openTen(dying.url)
    const meanwhile = await user.statusOfOneMore(world.gateway.url)

    process.kill(dying.pid, 'SIGKILL')

    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]))
    expect(meanwhile).toBe(429)
    const ask = () => user.statusOfOneMore(world.gateway.url)
    await expect.poll(ask, { timeout: 4_000, interval: 200 }).toBe(200)
  })
})
