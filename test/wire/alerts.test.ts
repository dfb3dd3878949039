import { afterEach, describe, expect, it } from 'vitest'
import { toldMinutes } from './told-minutes.ts'
import { type Received, startReceiver } from './webhook-receiver.ts'
import { openWorld } from './world.ts'

const GOOD = { '2xx': 600 }
const BAD = { '2xx': 500, INTERNAL_ERROR: 100 }

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A gateway with a webhook, and minutes that isolates have told of, one after another, some hours ago. */
async function watchedWorld() {
  const receiver = await startReceiver()
  ends.push(() => receiver.stop())
  const world = await openWorld({ ALERT_WEBHOOK_URL: receiver.url, GATEWAY_ENV: 'staging' })
  ends.push(() => world.stop())
  const { gateway, issuer } = world
  return {
    world,
    receiver,
    ...toldMinutes(world),
    async listed() {
      const token = await issuer.mint({ roles: ['super_admin'] })
      const answer = await fetch(`${gateway.url}/_gateway/admin/events`, {
        headers: { Authorization: `Bearer ${token}` },
      })
      const { events } = await answer.json()
      return events
    },
    logged: (event: string) =>
      gateway
        .log()
        .split('\n')
        .filter((line) => line.includes(`"event":"${event}"`))
        .map((line) => JSON.parse(line.slice(line.indexOf('{')))),
  }
}

const kindsIn = (received: readonly Received[]) =>
  received.map(({ events }) => events.map(({ kind }) => kind))
const three = (kind: string) => [kind, kind, kind]

describe('an anomaly of the built worker', () => {
  it('is told once when it begins and once when it ends: to the webhook, in the list, in the log', async () => {
    const { minutes, receiver, listed, logged } = await watchedWorld()
    await minutes(32, GOOD)
    expect(receiver.received).toEqual([])

    await minutes(6, BAD)
    await minutes(8, GOOD)

    expect(kindsIn(receiver.received)).toEqual([three('anomaly.began'), three('anomaly.ended')])
    const [began, ended] = receiver.received
    expect(began?.environment).toBe('staging')
    expect(began?.text).toMatch(
      /^\[staging\] Share of failures on all routes is unusual since \d\d:\d\d UTC: 17 %, usually up to 1 %\n\[staging\] Share of INTERNAL_ERROR is .+\n\[staging\] Share of failures on \/tunnels is .+$/,
    )
    expect(ended?.text).toContain('Share of failures on /tunnels is as usual again after 12 min')
    expect(await listed()).toEqual([
      ...(ended?.events.toReversed() ?? []),
      ...(began?.events.toReversed() ?? []),
    ])
    expect(logged('anomaly.began').map(({ code, route }) => code ?? route)).toEqual([
      '*',
      'INTERNAL_ERROR',
      '/tunnels',
    ])
    expect(logged('anomaly.ended').map(({ ending }) => ending)).toEqual(['usual', 'usual', 'usual'])
  }, 60_000)

  it('is told once, however many triggers come at once', async () => {
    const { minutes, untriggered, triggered, receiver, listed } = await watchedWorld()
    await minutes(32, GOOD)
    await minutes(2, BAD)
    await untriggered(BAD)

    await Promise.all(Array.from({ length: 5 }, triggered))

    expect(kindsIn(receiver.received)).toEqual([three('anomaly.began')])
    expect(await listed()).toHaveLength(3)
  }, 60_000)

  it('reaches a webhook that fails twice', async () => {
    const { minutes, receiver, logged } = await watchedWorld()
    await minutes(32, GOOD)
    receiver.answers((response) => response.writeHead(500).end(), 2)

    await minutes(5, BAD)

    expect(kindsIn(receiver.received)).toEqual(Array(3).fill(three('anomaly.began')))
    expect(logged('alert.undelivered')).toEqual([])
  }, 60_000)

  it('is kept for a webhook that hangs, and the log does not name its address', async () => {
    const { world, minutes, receiver, logged } = await watchedWorld()
    await minutes(32, GOOD)
    receiver.answers(() => undefined, 3)

    await minutes(3, BAD)

    expect(receiver.received).toHaveLength(3)
    expect(logged('alert.undelivered')).toMatchObject([{ reason: 'late', events: 3 }])
    await minutes(2, BAD)
    expect(kindsIn(receiver.received)).toEqual(Array(4).fill(three('anomaly.began')))
    expect(world.gateway.log()).not.toContain('hunter2')
  }, 60_000)

  it('is not judged while the settings cannot be read, or the store is away', async () => {
    const world = await openWorld()
    ends.push(() => world.stop())
    const misconfigured = await world.another({ ALERT_WEBHOOK_URL: 'http://hooks.test/' })
    const lonely = await world.another({ UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' })

    await misconfigured.trigger(Date.now())
    await lonely.trigger(Date.now())

    expect(misconfigured.log()).toContain(
      '"ALERT_WEBHOOK_URL: must be an http(s) URL without credentials or fragment',
    )
    expect(lonely.log()).toContain('"event":"anomalies.unjudged"')
  })
})
