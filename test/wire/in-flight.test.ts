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

  /** Streams, which end when the user leaves. */
  function open(url: string, count: number) {
    const { signal } = leaving
    return Promise.all(
      Array.from({ length: count }, () => fetch(`${url}${LONG}`, { headers, signal })),
    )
  }
  return {
    open,
    leave: () => leaving.abort(),
    /** The status of one more, which is not read. */
    async statusOfOneMore(url: string) {
      const answer = await fetch(`${url}${LONG}`, { headers })
      await answer.body?.cancel()
      return answer.status
    },
  }
}

describe('requests in flight', () => {
  it('are ten of a free user, and the eleventh is told to wait', async () => {
    const user = await freeUser()
    const streams = await user.open(world.gateway.url, 10)

    const [refused] = await user.open(world.gateway.url, 1)

    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]))
    expect(refused?.status).toBe(429)
    expect(await refused?.json()).toMatchObject({
      error: { details: { retryAfter: 1, reason: 'concurrency' } },
    })
    user.leave()
  })

  it('end when the client goes', async () => {
    const user = await freeUser()
    await user.open(world.gateway.url, 10)
    user.leave()

    const ask = () => user.statusOfOneMore(world.gateway.url)
    await expect.poll(ask, { timeout: 5_000, interval: 100 }).toBe(200)
  })

  it('of an isolate that was killed are forgotten within seconds', async () => {
    const dying = await world.another({ ROUTES })
    const user = await freeUser()
    const streams = await user.open(dying.url, 9)
    // Those that last are told to the others with the next request that asks the store: after any lease has ended.
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    streams.push(...(await user.open(dying.url, 1)))
    streams.push(...(await user.open(world.gateway.url, 1)))
    const meanwhile = await user.statusOfOneMore(world.gateway.url)

    process.kill(dying.pid, 'SIGKILL')

    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]))
    expect(meanwhile).toBe(429)
    const ask = () => user.statusOfOneMore(world.gateway.url)
    await expect.poll(ask, { timeout: 4_000, interval: 200 }).toBe(200)
    user.leave()
  })
})
