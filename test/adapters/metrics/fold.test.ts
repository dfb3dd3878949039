import { Redis } from '@upstash/redis/cloudflare'
import { beforeEach, describe, expect, it } from 'vitest'
import { Fold } from '../../../src/adapters/metrics/fold.ts'
import {
  LEVELS,
  levelField,
  levelKey,
  MINUTE_MS,
  rawKey,
  TOTAL_KEY,
} from '../../../src/adapters/metrics/metrics-keys.ts'
import { StoredTraffic } from '../../../src/adapters/metrics/stored-traffic.ts'
import type { Measures } from '../../../src/watch/measures.ts'
import { together } from '../../../src/watch/seen.ts'
import type { Span } from '../../../src/watch/span.ts'
import { exchangeAt } from '../../support/exchanges.ts'
import { countingIsolate, METRICS_STORE, ownDay } from '../../support/watched-gateway.ts'

const HOUR_MS = 60 * MINUTE_MS
const redis = new Redis(METRICS_STORE)
const traffic = new StoredTraffic(METRICS_STORE)
const fold = new Fold(METRICS_STORE)

beforeEach(async () => {
  await redis.del(TOTAL_KEY)
})

/** One request a minute, told at once. */
async function askedIn(...minutes: readonly number[]) {
  const isolate = countingIsolate()
  for (const time of minutes) {
    isolate.counts.observe(...exchangeAt(time))
    await isolate.flush(time)
  }
}

const minutesFrom = (start: number, many: number) =>
  Array.from({ length: many }, (_, i) => start + i * MINUTE_MS)

async function runs(...times: readonly number[]) {
  for (const time of times) await fold.run(time)
}

const requestsIn = (measures: Measures | undefined) =>
  measures?.routes['/tunnels/*']?.outcomes['2xx'] ?? 0

async function requestsOf(span: Span, now: number) {
  const seen = await traffic.read(span, now)
  return requestsIn(together((seen?.steps ?? []).map((step) => step.seen)).measures)
}

describe('what isolates have told', () => {
  it('is added up a minute after its minute has ended, and handed on once', async () => {
    const start = ownDay()
    await runs(start)
    await askedIn(start)

    const early = await fold.run(start + MINUTE_MS)
    const [told, ...more] = await fold.run(start + 2 * MINUTE_MS + 3_000)
    const again = await fold.run(start + 2 * MINUTE_MS + 9_000)
    const later = await fold.run(start + 3 * MINUTE_MS)

    expect(early.map(({ time }) => time)).toEqual([start - MINUTE_MS])
    expect(told).toMatchObject({ time: start, seen: { isolates: 1 } })
    expect(requestsIn(told?.seen.measures)).toBe(1)
    expect(more).toEqual([])
    expect(again).toEqual([])
    expect(later.map(({ time }) => time)).toEqual([start + MINUTE_MS])
  })

  it('is not lost with the letters that it came in', async () => {
    const start = ownDay()
    await runs(start)
    await askedIn(start)
    await runs(start + MINUTE_MS, start + 2 * MINUTE_MS)

    await redis.del(rawKey(start))

    expect(await requestsOf('hour', start + 2 * MINUTE_MS)).toBe(1)
  })

  it('counts for the longer time what came up to half an hour late', async () => {
    const start = ownDay()
    await runs(start)
    await askedIn(start)
    await runs(...minutesFrom(start + MINUTE_MS, 20))
    await askedIn(start)

    await runs(...minutesFrom(start + 21 * MINUTE_MS, 10))

    const now = start + 30 * MINUTE_MS
    expect(await requestsOf('hour', now)).toBe(2)
    expect(requestsIn(await traffic.total(now))).toBe(2)
  })

  it('comes to the same in every span, and in the total, whoever ran when', async () => {
    const start = ownDay()
    const end = start + 4 * HOUR_MS
    for (let time = start; time < end; time += MINUTE_MS) {
      await askedIn(time)
      const minute = (time - start) / MINUTE_MS
      // Two at once now and then, every seventh missed, and a gap of an hour.
      const isMissed = minute % 7 === 0 || (minute >= 90 && minute < 150)
      if (!isMissed) await runs(time)
      if (minute % 5 === 0) await Promise.all([fold.run(time), fold.run(time)])
    }
    const now = end - MINUTE_MS

    expect(await requestsOf('hour', now)).toBe(60)
    expect(await requestsOf('day', now)).toBe(240)
    expect(await requestsOf('week', now)).toBe(240)
    expect(await requestsOf('quarter', now)).toBe(240)
    expect(requestsIn(await traffic.total(now))).toBe(240)
  }, 60_000)

  it('is there without any run, for as long as it is kept unadded', async () => {
    const start = ownDay()
    await askedIn(start, start + 5 * MINUTE_MS, start + 65 * MINUTE_MS)

    const now = start + 65 * MINUTE_MS

    expect(await requestsOf('hour', now)).toBe(1)
    expect(await requestsOf('day', now)).toBe(3)
    expect(await requestsOf('week', now)).toBe(3)
    expect(await requestsOf('quarter', now)).toBe(3)
  })

  it('becomes hours and days when their last minute is there for good', async () => {
    const start = ownDay()
    const [, fives, hours, days] = LEVELS
    await askedIn(start, start + HOUR_MS)
    await runs(...minutesFrom(start + MINUTE_MS, 120))
    const at = (level: (typeof LEVELS)[number], time: number) =>
      redis.hexists(levelKey(level, time), levelField(level, time))

    // Half an hour after its end: the second hour is still open.
    expect(await at(fives, start + 25 * MINUTE_MS)).toBe(1)
    expect(await at(hours, start)).toBe(1)
    expect(await at(hours, start + HOUR_MS)).toBe(0)
    expect(await at(days, start)).toBe(0)
    await runs(...minutesFrom(start + 24 * HOUR_MS + 29 * MINUTE_MS, 1))
    expect(await at(days, start)).toBe(1)
    expect(await requestsOf('quarter', start + 26 * HOUR_MS)).toBe(2)
  }, 60_000)

  it('makes up for runs that were missed for as long as isolates’ letters are kept', async () => {
    const start = ownDay()
    await runs(start)
    await askedIn(...minutesFrom(start, 100))

    const made = await fold.run(start + 100 * MINUTE_MS)

    expect(made.map(({ time }) => time)).toEqual(minutesFrom(start - MINUTE_MS, 100))
    expect(made.reduce((sum, { seen }) => sum + requestsIn(seen.measures), 0)).toBe(99)
    for (const time of minutesFrom(start, 99)) await redis.del(rawKey(time))
    expect(await requestsOf('day', start + 100 * MINUTE_MS)).toBe(100)
  })

  it('is counted by counters that never go back, run by run and letter by letter', async () => {
    const start = ownDay()
    let before = 0
    const counters: number[] = []
    for (const time of minutesFrom(start, 45)) {
      await askedIn(time)
      counters.push(requestsIn(await traffic.total(time)) - before)
      before += counters.at(-1) ?? 0
      if (time % (4 * MINUTE_MS) !== 0) await runs(time)
      counters.push(requestsIn(await traffic.total(time)) - before)
    }

    expect(counters).toEqual(minutesFrom(0, 45).flatMap(() => [1, 0]))
  }, 60_000)

  it('is kept for a day by the minute, and for ninety by the hour', async () => {
    const start = ownDay()
    await runs(...minutesFrom(start, 95))
    const [minutes, fives, hours] = LEVELS
    const lifetime = (level: (typeof LEVELS)[number], time: number) =>
      redis.pttl(levelKey(level, time))

    expect(await lifetime(minutes, start + HOUR_MS)).toBeGreaterThan(25 * HOUR_MS)
    expect(await lifetime(fives, start)).toBeGreaterThan(25 * HOUR_MS)
    expect(await lifetime(hours, start)).toBeGreaterThan(90 * 24 * HOUR_MS)
  }, 60_000)

  it('changes nothing when somebody has spoiled a part of it', async () => {
    const start = ownDay()
    await runs(start)
    await askedIn(start)
    await redis.hset(rawKey(start), { 'x-1': 'no JSON', 'x-2': '{"r":1}' })

    await runs(start + MINUTE_MS, start + 2 * MINUTE_MS)

    expect(await requestsOf('hour', start + 2 * MINUTE_MS)).toBe(1)
  })
})
