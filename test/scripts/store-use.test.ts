import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CountedStore, startCountedStore } from '../../scripts/bench/counted-store.ts'
import { findRedisServer } from '../../scripts/store/redis/find.ts'
import { Fold } from '../../src/adapters/metrics/fold.ts'
import { MINUTE_MS } from '../../src/adapters/metrics/metrics-keys.ts'
import { sendingTo } from '../../src/adapters/outbox.ts'
import { StoreUse } from '../../src/adapters/store-use.ts'
import { UpstashRecords } from '../../src/adapters/subject-records.ts'
import { UpstashRefreshes } from '../../src/adapters/upstash-refreshes.ts'
import type { StoreSettings } from '../../src/adapters/upstash-subjects.ts'

const RUN = Date.parse('2100-01-01T12:03:00Z')

type Case = [
  what: string,
  expected: { roundTrips: number; commands: number },
  work: (settings: StoreSettings) => Promise<unknown>,
  before?: (settings: StoreSettings) => Promise<unknown>,
]

const CASES: readonly Case[] = [
  [
    'letters that go by themselves',
    { roundTrips: 1, commands: 2 },
    (settings) =>
      sendingTo(settings)([
        (pipeline) => pipeline.hset('a', { field: 1 }),
        (pipeline) => pipeline.expire('a', 9),
      ]),
  ],
  [
    'a look at a record',
    { roundTrips: 1, commands: 2 },
    (settings) => new UpstashRecords(settings).read('ip:192.0.2.1'),
  ],
  [
    'a command that the store refuses',
    { roundTrips: 1, commands: 1 },
    (settings) => sendingTo(settings)([(pipeline) => pipeline.lpush('a', 1)]),
  ],
  [
    // The total, two minutes of letters, the script, and in it the total again, twice, and the two minutes' sums.
    'a run that adds a minute up',
    { roundTrips: 3, commands: 4 + 4 },
    (settings) => new Fold(settings).run(RUN),
    (settings) => new Fold(settings).run(RUN - MINUTE_MS),
  ],
  [
    'a refresh that is claimed and published',
    { roundTrips: 2, commands: 2 },
    async (settings) => {
      const refreshes = new UpstashRefreshes(settings)
      await refreshes.claim(crypto.randomUUID(), 'me', 1_000)
      await refreshes.publish(crypto.randomUUID(), 'answer', 1_000)
    },
  ],
]

describe.skipIf(!findRedisServer())('what an isolate says that it uses of the store', () => {
  let store: CountedStore
  beforeAll(async () => {
    store = await startCountedStore()
  })
  afterAll(() => store.stop())

  it.each(CASES)('is what the store counts: %s', async (_, expected, work, prepare) => {
    const use = new StoreUse()
    const settings = { url: store.url, token: store.token, timeoutMs: 5_000 }
    await prepare?.(settings)
    const before = await store.counts()

    await work({ ...settings, use })

    const after = await store.counts()
    const { roundTrips, commands } = use
    expect({ roundTrips, commands }).toEqual(expected)
    expect(after).toEqual({
      roundTrips: before.roundTrips + expected.roundTrips,
      commands: before.commands + expected.commands,
    })
  })
})
