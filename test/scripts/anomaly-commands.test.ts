import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CountedStore, startCountedStore } from '../../scripts/bench/counted-store.ts'
import { findRedisServer } from '../../scripts/store/redis/find.ts'
import { AnomalyStore } from '../../src/adapters/anomaly-store.ts'
import { StoreUse } from '../../src/adapters/store-use.ts'
import type { AnomalyEvent } from '../../src/watch/anomaly-event.ts'

const EVENT: AnomalyEvent = {
  time: 0,
  kind: 'anomaly.began',
  series: 'errors',
  of: { route: '*' },
  usual: { low: 0, high: 0.01 },
  now: 0.1,
  since: 0,
}

describe.runIf(findRedisServer())('the judge of a minute', () => {
  let counted: CountedStore
  let store: AnomalyStore
  const use = new StoreUse()
  beforeAll(async () => {
    counted = await startCountedStore()
    store = new AnomalyStore({ url: counted.url, token: counted.token, timeoutMs: 5_000, use })
  })
  afterAll(() => counted.stop())

  async function costOf(work: () => Promise<unknown>): Promise<readonly [number, number]> {
    const before = await counted.counts()
    await work()
    const after = await counted.counts()
    return [after.roundTrips - before.roundTrips, after.commands - before.commands]
  }

  it('is billed one command to read, three to write, and six where something is raised', async () => {
    let version = ''
    const commit = (events: readonly AnomalyEvent[]) => async () => {
      version = (await store.commit(version, {}, events)) ?? ''
    }

    expect(await costOf(() => store.read())).toEqual([1, 1])
    expect(await costOf(commit([]))).toEqual([1, 3])
    expect(await costOf(commit([EVENT, EVENT, EVENT]))).toEqual([1, 6])
    expect(await costOf(() => store.commit('another', {}, []))).toEqual([1, 2])
    expect(use).toEqual({ roundTrips: 4, commands: 12 })
  })
})
