import { Redis } from '@upstash/redis/cloudflare'
import { describe, expect, it } from 'vitest'
import { MINUTE_MS, rawKey } from '../../../src/adapters/metrics/metrics-keys.ts'
import { StoredTraffic } from '../../../src/adapters/metrics/stored-traffic.ts'
import { type Letter, Outbox } from '../../../src/adapters/outbox.ts'
import { together } from '../../../src/watch/seen.ts'
import { exchangeAt } from '../../support/exchanges.ts'
import { VirtualTime } from '../../support/virtual-time.ts'
import { countingIsolate, METRICS_STORE, ownDay } from '../../support/watched-gateway.ts'

const redis = new Redis(METRICS_STORE)

async function readHour(now: number) {
  const seen = await new StoredTraffic(METRICS_STORE).read('hour', now)
  return together((seen?.steps ?? []).map((step) => step.seen))
}

const OK = { '2xx': 1 }

describe('what an isolate counts', () => {
  it('is added to what others count of the same minute', async () => {
    const now = ownDay()
    const [one, other] = [countingIsolate(), countingIsolate()]
    for (const { counts } of [one, one, other]) counts.observe(...exchangeAt(now))
    await one.flush(now)
    one.counts.observe(...exchangeAt(now))
    await one.flush(now)
    await other.flush(now)

    const { measures, isolates } = await readHour(now)

    expect(measures.routes['/tunnels/*']?.outcomes).toEqual({ '2xx': 4 })
    expect(isolates).toBe(2)
  })

  it('is counted once when it is sent twice, and when an earlier letter arrives again later', async () => {
    const now = ownDay()
    const isolate = countingIsolate()
    isolate.counts.observe(...exchangeAt(now))
    const first = isolate.counts.letters(now)
    isolate.counts.observe(...exchangeAt(now))
    const second = isolate.counts.letters(now)

    for (const letters of [first, first, [...first, ...second], first]) await isolate.send(letters)

    const { measures } = await readHour(now)
    expect(measures.routes['/tunnels/*']?.outcomes).toEqual({ '2xx': 2 })
  })

  it('is counted once when the store took it and its answer came too late', async () => {
    const now = ownDay()
    const time = new VirtualTime(now)
    const isolate = countingIsolate()
    let tries = 0
    const send = async (letters: readonly Letter[]) => {
      tries += 1
      await time.real(isolate.send(letters))
      if (tries === 1) throw new DOMException('late', 'TimeoutError')
    }
    const outbox = new Outbox(send, {
      now: () => time.now,
      sleep: (milliseconds) => time.wait(milliseconds),
      background: () => undefined,
    })
    outbox.add(isolate.counts)
    isolate.counts.observe(...exchangeAt(now))
    outbox.expect(now)

    await time.run()

    expect(tries).toBe(2)
    const { measures } = await readHour(now)
    expect(measures.routes['/tunnels/*']?.outcomes).toEqual(OK)
  })

  it('belongs to the minute that the answer was ready in', async () => {
    const now = ownDay()
    const isolate = countingIsolate()
    isolate.counts.observe(...exchangeAt(now - 1, { durationMs: 0 }))
    isolate.counts.observe(...exchangeAt(now - 1, { durationMs: 1 }))
    await isolate.flush(now)

    const seen = await new StoredTraffic(METRICS_STORE).read('hour', now)

    const last = seen?.steps.slice(-2) ?? []
    expect(last.map((step) => step.seen.measures.routes['/tunnels/*']?.outcomes)).toEqual([OK, OK])
  })

  it('is kept for two hours until it is added up', async () => {
    const now = ownDay()
    const isolate = countingIsolate()
    isolate.counts.observe(...exchangeAt(now))
    await isolate.flush(now)
    isolate.counts.observe(...exchangeAt(now))
    await isolate.flush(now)

    const lifetime = await redis.ttl(rawKey(now))

    expect(lifetime).toBeGreaterThan(7_190)
    expect(lifetime).toBeLessThanOrEqual(7_200)
  })

  it('costs one command a letter, and one more for the first of a minute', async () => {
    const now = ownDay()
    const isolate = countingIsolate()
    const commands: string[] = []
    const pipeline = {
      hset: () => commands.push('hset'),
      pexpire: () => commands.push('pexpire'),
    }
    for (const at of [now, now + 5_000, now + 59_999, now + MINUTE_MS]) {
      isolate.counts.observe(...exchangeAt(at, { durationMs: 0 }))
      for (const letter of isolate.counts.letters(at)) Reflect.apply(letter, undefined, [pipeline])
    }

    expect(commands).toEqual(['hset', 'pexpire', 'hset', 'hset', 'hset', 'pexpire'])
  })

  it('is nothing to tell of while nothing happens', () => {
    expect(countingIsolate().counts.letters(ownDay())).toEqual([])
  })

  it('names the most refused of a flood of made-up addresses, and is no larger for it', async () => {
    const now = ownDay()
    const isolate = countingIsolate()
    for (let i = 0; i < 5_000; i += 1) {
      isolate.counts.observe(
        ...exchangeAt(now, { refused: `ip:2001:db8:${i.toString(16)}:1::/64` }),
      )
      if (i % 10 === 0) isolate.counts.observe(...exchangeAt(now, { refused: 'ip:192.0.2.1' }))
    }
    await isolate.flush(now)

    const { measures } = await readHour(now)

    expect(Object.keys(measures.limited)).toHaveLength(50)
    expect(measures.limited['ip:192.0.2.1']).toBe(500)
    expect(measures.limits['ip:60']?.refused).toBe(5_500)
  })
})

describe('for whom requests waited', () => {
  it.each([
    ['the store, however quick it was', { source: 'store', storeMs: 0 }, { store: { 0: 1 } }],
    ['the store that then was away', { source: 'isolate', storeMs: 900 }, { store: { 20: 1 } }],
    ['not for the store with a lease', { source: 'lease', storeMs: 0 }, {}],
    [
      'not for the store with a lease that others asked for',
      { source: 'lease', storeMs: 9 },
      { store: { 7: 1 } },
    ],
    ['not for keys with a token that is remembered', { source: 'lease', identityMs: 0 }, {}],
    ['the keys', { source: 'lease', identityMs: 3 }, { keys: { 3: 1 } }],
    ['the upstream', { source: 'lease', upstreamMs: 30_000 }, { upstream: { 31: 1 } }],
  ] as const)('%s', async (_, facts, waits) => {
    const now = ownDay()
    const isolate = countingIsolate()
    isolate.counts.observe(...exchangeAt(now, facts))
    await isolate.flush(now)

    expect((await readHour(now)).measures.waits).toEqual(waits)
  })
})

describe('the breaker and the fallback', () => {
  it.each([
    ['an open breaker', { breaker: 'open' }, { breakerOpen: 1 }],
    ['retries', { breaker: 'closed', retries: 2 }, { retries: 2 }],
    ['a reading of this isolate alone', { source: 'isolate' }, { fallbackReadings: 1 }],
  ] as const)('are counted: %s', async (_, facts, events) => {
    const now = ownDay()
    const isolate = countingIsolate()
    isolate.counts.observe(...exchangeAt(now, facts))
    await isolate.flush(now)

    expect((await readHour(now)).measures.events).toMatchObject(events)
  })
})
