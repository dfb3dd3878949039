import { Redis } from '@upstash/redis/cloudflare'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { AnomalyStore } from '../../src/adapters/anomaly-store.ts'
import { MinuteJudge } from '../../src/adapters/minute-judge.ts'
import type { Sent } from '../../src/adapters/webhook.ts'
import { NOTHING } from '../../src/watch/adding.ts'
import type { AnomalyEvent } from '../../src/watch/anomaly-event.ts'
import type { Seen } from '../../src/watch/seen.ts'

const { embeddedStoreUrl: url, storeToken: token } = inject('outside')
const settings = { url, token, timeoutMs: 5_000 }
const redis = new Redis({ url, token })
const STATE = 'gateway:1:anomalies'
const EVENTS = 'gateway:1:events'

/** Minutes since the epoch at START. */
const FIRST = 29_653_920
const START = Date.parse('2026-05-20T00:00:30Z')

// One state in a store: these are the only tests that write it.
beforeEach(() => redis.del(STATE, EVENTS))

const seenWith = (outcomes: Readonly<Record<string, number>>): Seen => ({
  measures: {
    ...NOTHING,
    routes: { '/tunnels/*': { outcomes, latency: { 10: 600 }, latencyMs: 14_000 } },
  },
  isolates: 1,
})
const GOOD = seenWith({ '2xx': 600 })
const BAD = seenWith({ '2xx': 500, INTERNAL_ERROR: 100 })
const TAKEN: Sent = { taken: true }
const REFUSED: Sent = { taken: false, reason: 'status 500' }

/** The trigger of a store's minutes, of which the first is judged at START; the webhook answers as it is told. */
function world({ webhook = true } = {}) {
  const sent: (readonly AnomalyEvent[])[] = []
  const records: Readonly<Record<string, unknown>>[] = []
  const asked: number[] = []
  let minute = 0
  let seen = GOOD
  let answer: () => Promise<Sent> = async () => TAKEN
  const judgeFrom = (store: Pick<AnomalyStore, 'read' | 'commit'>) =>
    new MinuteJudge({
      store,
      traffic: {
        async minutes(from, to) {
          asked.push(to - from + 1)
          return new Map(Array.from({ length: to - from + 1 }, (_, i) => [from + i, seen]))
        },
      },
      ...(webhook && {
        webhook: {
          send: (events) => {
            sent.push(events)
            return answer()
          },
        },
      }),
      log: { write: (record) => void records.push(record) },
    })
  const store = new AnomalyStore(settings)
  const at = () => START + 60_000 * minute
  return {
    sent,
    records,
    asked,
    store,
    judgeFrom,
    at,
    judge: () => judgeFrom(store).judge(at()),
    async minutes(count: number, what = GOOD) {
      seen = what
      for (let i = 0; i < count; i += 1) {
        minute += 1
        await judgeFrom(store).judge(at())
      }
    },
    later(minutes: number, what = GOOD) {
      seen = what
      minute += minutes
    },
    answers(next: () => Promise<Sent>) {
      answer = next
    },
    listed: () => store.recent(300, at()),
  }
}

const kindsOf = (records: readonly Readonly<Record<string, unknown>>[]) =>
  records.map(({ event }) => event)

describe('a minute of the trigger', () => {
  it('raises an anomaly once: in the list, in the log and to the webhook', async () => {
    const { minutes, listed, records, sent } = world()
    await minutes(32)

    await minutes(3, BAD)
    await minutes(8, BAD)

    const began = { time: START + 35 * 60_000, since: START + 31 * 60_000 - 30_000 }
    const expected = [
      ['errors', { route: '*' }],
      ['errors', { code: 'INTERNAL_ERROR' }],
      ['errors', { route: '/tunnels/*' }],
    ].map(([series, of]) => ({
      ...began,
      kind: 'anomaly.began',
      series,
      of,
      usual: { low: 0, high: 0.01 },
      now: 0.1667,
    }))
    expect(await listed()).toEqual(expected.toReversed())
    expect(sent).toEqual([expected])
    expect(records[2]).toEqual({
      event: 'anomaly.began',
      time: '2026-05-20T00:35:30.000Z',
      series: 'errors',
      route: '/tunnels/*',
      usual: { low: 0, high: 0.01 },
      now: 0.1667,
      since: '2026-05-20T00:31:00.000Z',
    })
    expect(records).toHaveLength(3)
  })

  it('tells its end once, the newest first', async () => {
    const { minutes, listed, records, sent } = world()
    await minutes(32)
    await minutes(10, BAD)

    await minutes(20)

    const kinds = (await listed())?.map(({ kind }) => kind)
    expect(kinds).toEqual([...Array(3).fill('anomaly.ended'), ...Array(3).fill('anomaly.began')])
    expect(sent.map((events) => events.length)).toEqual([3, 3])
    expect(records).toHaveLength(6)
  })

  it('is judged once, however often and by however many it is asked for', async () => {
    const { minutes, later, judge, listed, sent, records } = world()
    await minutes(32)
    await minutes(2, BAD)
    later(1, BAD)

    await Promise.all([judge(), judge(), judge()])
    await judge()

    expect(await listed()).toHaveLength(3)
    expect(sent).toHaveLength(1)
    expect(records).toHaveLength(3)
  })

  it('is made up for when the trigger stayed away, for an hour at most', async () => {
    const { minutes, later, judge, asked } = world()
    await minutes(3)
    later(7)
    await judge()
    later(200)

    await judge()

    expect(asked).toEqual([1, 1, 1, 7, 60])
  })

  it('keeps a state that it can read again', async () => {
    const { minutes, store } = world()
    await minutes(3)

    const kept = await store.read()

    expect(kept?.watch?.through).toBe(FIRST + 1)
    expect(kept?.watch?.routes['/tunnels/*']?.errors.usual.steps).toBe(3)
  })

  it('begins anew where the last trigger came from the future', async () => {
    const { later, judge, store, at } = world()
    later(100_000)
    await judge()
    later(-90_000)

    await judge()

    expect((await store.read())?.watch?.through).toBe(Math.floor(at() / 60_000) - 2)
  })

  it.each([
    ['text', 'not JSON'],
    ['another shape', '{"watch":{"through":"never"}}'],
  ])('begins anew where the state is spoiled: %s', async (_, state) => {
    const { minutes, store } = world()
    await redis.hset(STATE, { version: 'spoiled-version', state })

    await minutes(1)

    expect((await store.read())?.watch?.through).toBe(FIRST - 1)
  })
})

describe('what the webhook has not taken', () => {
  it('is sent again a minute later, until it is taken', async () => {
    const { minutes, answers, sent, records } = world()
    await minutes(32)
    answers(async () => REFUSED)
    await minutes(5, BAD)
    answers(async () => TAKEN)

    await minutes(5, BAD)

    expect(sent.map((events) => events.length)).toEqual([3, 3, 3, 3])
    expect(kindsOf(records).slice(3)).toEqual(Array(3).fill('alert.undelivered'))
    expect(records[3]).toEqual({ event: 'alert.undelivered', reason: 'status 500', events: 3 })
  })

  it('is given up after an hour', async () => {
    const { minutes, answers, sent, records } = world()
    await minutes(32)
    answers(async () => REFUSED)

    await minutes(80, BAD)

    expect(sent).toHaveLength(60)
    expect(records.at(-1)).toEqual({ event: 'alert.undelivered', reason: 'given up', events: 3 })
  })

  it('is not sent by another while it is being sent', async () => {
    const { minutes, later, judge, answers, sent } = world()
    await minutes(32)
    await minutes(2, BAD)
    later(1, BAD)
    let take = (_: Sent) => {}
    answers(() => new Promise((resolve) => (take = resolve)))

    const first = judge()
    await expect.poll(() => sent.length).toBe(1)
    await judge()
    take(TAKEN)
    await first

    expect(sent).toHaveLength(1)
  })

  it('is sent by the next where the sender did not live to say that it was taken', async () => {
    const { minutes, answers, later, judge, sent } = world()
    await minutes(32)
    await minutes(2, BAD)
    later(1, BAD)
    answers(() => new Promise(() => undefined))
    void judge()
    await expect.poll(() => sent.length).toBe(1)
    answers(async () => TAKEN)

    await minutes(2, BAD)

    expect(sent.map((events) => events.length)).toEqual([3, 3])
  })

  it('is kept for nobody where no webhook is set', async () => {
    const { minutes, store, listed } = world({ webhook: false })
    await minutes(32)

    await minutes(3, BAD)

    expect(await listed()).toHaveLength(3)
    expect((await store.read())?.unsent).toBeUndefined()
  })
})

describe('a store that is away', () => {
  it('leaves the minutes to whoever finds it again', async () => {
    const { minutes, later, judgeFrom, at, records, asked, judge } = world()
    await minutes(3)
    later(2)
    const away = { read: async () => undefined, commit: async () => undefined }

    await judgeFrom(away).judge(at())
    await judge()

    expect(records).toEqual([{ event: 'anomalies.unjudged' }])
    expect(asked).toEqual([1, 1, 1, 2])
  })

  it('that wrote but did not answer is believed to have written', async () => {
    const { minutes, later, judgeFrom, at, sent, store, listed } = world()
    await minutes(32)
    await minutes(2, BAD)
    later(1, BAD)
    const real = globalThis.fetch
    const lossy: typeof fetch = async (...asked) => {
      const answer = await real(...asked)
      if (String(asked[1]?.body).includes('allow-key-locking')) throw new TypeError('cut')
      return answer
    }
    globalThis.fetch = lossy
    try {
      await judgeFrom(store).judge(at())
    } finally {
      globalThis.fetch = real
    }

    expect(sent).toHaveLength(1)
    expect(await listed()).toHaveLength(3)
  })

  it('keeps the newest 300 events for 90 days', async () => {
    const { store } = world()
    const event: AnomalyEvent = {
      time: START,
      kind: 'anomaly.began',
      series: 'latency',
      of: { route: '/x' },
      usual: { low: 1, high: 2 },
      now: 5,
      since: START,
    }
    const some = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...event, now: from + i }))
    const version = await store.commit('', {}, some(0, 250))
    await store.commit(version ?? '', {}, some(250, 100))

    const listed = await store.recent(1_000, START)

    expect(listed?.map(({ now }) => now)).toEqual(Array.from({ length: 300 }, (_, i) => 349 - i))
    expect(await redis.pttl(EVENTS)).toBeGreaterThan(89 * 86_400_000)
    expect(await store.recent(1_000, START + 91 * 86_400_000)).toEqual([])
  })
})
