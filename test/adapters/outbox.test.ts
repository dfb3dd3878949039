import { Redis } from '@upstash/redis/cloudflare'
import fc from 'fast-check'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { type Letter, Outbox, sendingTo } from '../../src/adapters/outbox.ts'
import { UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import { addressWith, chargeOf } from '../support/charges.ts'
import { VirtualTime } from '../support/virtual-time.ts'
import { withoutLeases } from '../support/without-leases.ts'

const NOW = 1_790_000_000_000
const { embeddedStoreUrl: url, storeToken: token } = inject('outside')

/** An outbox in virtual time, with a sender whose letters are numbered as they are handed over. */
function world(take: (letters: readonly Letter[], at: number) => Promise<unknown>) {
  const time = new VirtualTime(NOW)
  const outbox = new Outbox((letters) => take(letters, time.now - NOW), {
    now: () => time.now,
    sleep: (milliseconds) => time.wait(milliseconds),
    background: () => undefined,
  })
  let some = 0
  outbox.add({
    letters: () => {
      some += 1
      return [letterNamed(some)]
    },
  })
  return { time, outbox }
}

const names = new WeakMap<Letter, number>()
const letterNamed = (name: number): Letter => {
  const letter: Letter = () => undefined
  names.set(letter, name)
  return letter
}
const namesOf = (letters: readonly Letter[] | undefined) => letters?.map((one) => names.get(one))

afterEach(() => vi.unstubAllGlobals())

describe('what an isolate has to tell the store', () => {
  it('goes by itself ten seconds after it came, once', async () => {
    const sent: unknown[] = []
    const { time, outbox } = world(async (letters, at) => sent.push([at, namesOf(letters)]))
    outbox.expect(NOW)
    time.after(3_000, () => outbox.expect(time.now))

    await time.run()

    expect(sent).toEqual([[10_000, [1]]])
  })

  it.each([
    ['not yet with a round trip in the first five seconds', 4_999, undefined],
    ['with the first one after that', 5_000, [1]],
  ])('goes along: %s', async (_, at, expected) => {
    const { time, outbox } = world(async () => undefined)
    outbox.expect(NOW)
    let taken: unknown
    time.after(at, () => {
      const ride = outbox.ride()
      ride?.arrived()
      taken = namesOf(ride?.letters)
    })

    await time.run()

    expect(taken).toEqual(expected)
  })

  it('is told but for the last ten seconds, whenever the isolate is thrown away', async () => {
    const moments = fc.array(fc.nat(60_000), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(moments, moments, fc.nat(60_000), async (events, roundTrips, end) => {
        const time = new VirtualTime(0)
        const told: number[] = []
        const inside = new WeakMap<Letter, readonly number[]>()
        const tell = (letters: readonly Letter[]) =>
          told.push(...letters.flatMap((letter) => inside.get(letter) ?? []))
        const outbox = new Outbox(async (letters) => tell(letters), {
          now: () => time.now,
          sleep: (milliseconds) => time.wait(milliseconds),
          background: () => undefined,
        })
        let seen: number[] = []
        outbox.add({
          letters: () => {
            const letter: Letter = () => undefined
            inside.set(letter, seen)
            seen = []
            return [letter]
          },
        })
        for (const at of events) {
          time.after(at, () => {
            seen.push(at)
            outbox.expect(at)
          })
        }
        for (const at of roundTrips) {
          time.after(at, () => {
            const ride = outbox.ride()
            tell(ride?.letters ?? [])
            ride?.arrived()
          })
        }
        let toldByThen: readonly number[] = []
        time.after(end, () => {
          toldByThen = [...told]
        })

        await time.run()

        const lost = events.filter((at) => !toldByThen.includes(at))
        expect(lost.filter((at) => at < end - 10_000)).toEqual([])
        expect(told.toSorted()).toEqual(events.toSorted())
      }),
    )
  })

  it('is not sent by itself any more once a round trip has taken it', async () => {
    const sent: unknown[] = []
    const { time, outbox } = world(async (letters) => sent.push(letters))
    outbox.expect(NOW)
    time.after(6_000, () => outbox.ride()?.arrived())

    await time.run()

    expect(sent).toEqual([])
  })

  it('is kept when the store is away, and goes with what came since, the older first', async () => {
    const sent: unknown[] = []
    const { time, outbox } = world(async (letters, at) => {
      if (at < 25_000) throw new TypeError('away')
      sent.push([at, namesOf(letters)])
    })
    outbox.expect(NOW)

    await time.run()

    expect(sent).toEqual([[30_000, [1, 2, 3]]])
  })

  it('is taken along again when nobody heard how its round trip ended', async () => {
    const { time, outbox } = world(async () => undefined)
    outbox.expect(NOW)
    const taken: unknown[] = []
    time.after(5_000, () => void taken.push(namesOf(outbox.ride()?.letters)))
    time.after(6_000, () => outbox.expect(time.now))
    time.after(14_000, () => void taken.push(namesOf(outbox.ride()?.letters)))
    time.after(15_000, () => outbox.expect(time.now))
    time.after(20_500, () => void taken.push(namesOf(outbox.ride()?.letters)))

    await time.run()

    expect(taken).toEqual([[1], [2], [1, 3]])
  })

  it('takes no more than so many letters while the store stays away', async () => {
    let most = 0
    let fails = 400
    const { time, outbox } = world(async (letters) => {
      most = Math.max(most, letters.length)
      fails -= 1
      if (fails > 0) throw new TypeError('away')
    })
    outbox.expect(NOW)

    await time.run()

    expect(most).toBe(300)
  })

  it('travels with a charge to the store, which judges the charge as ever', async () => {
    const redis = new Redis({ url, token })
    const key = `outbox:${crypto.randomUUID()}`
    let now = NOW
    const outside = {
      now: () => now,
      sleep: () => new Promise<void>(() => undefined),
      background: () => undefined,
    }
    const outbox = new Outbox(async () => undefined, outside)
    outbox.add({
      letters: () => [
        (pipeline) => pipeline.hset(key, { field: 'value' }),
        // Refused by the store: a hash is no list.
        (pipeline) => pipeline.lpush(key, 'value'),
      ],
    })
    const counter = withoutLeases(new UpstashSubjects({ url, token, timeoutMs: 5_000 }, outbox))
    outbox.expect(NOW)
    now += 5_000

    const verdict = await counter.charge(chargeOf(addressWith([60, 10]), undefined, NOW))

    expect(verdict.reading).toMatchObject({ limit: 10, remaining: 9 })
    expect(await redis.hgetall(key)).toEqual({ field: 'value' })
  })

  it('has travelled, once, with a charge whose script the store has forgotten', async () => {
    const real = globalThis.fetch
    const asked: string[] = []
    vi.stubGlobal('fetch', (address: string, init: RequestInit) => {
      asked.push(new URL(address).pathname)
      return asked.length > 1
        ? real(address, init)
        : Response.json([{ error: 'NOSCRIPT No matching script' }, { result: 1 }])
    })
    const letters: Letter[] = [(pipeline) => pipeline.incr('outbox')]
    const outcomes: string[] = []
    const ride = { letters, arrived: () => outcomes.push('arrived'), failed: () => undefined }
    const rides = [ride]
    const outbox = { ride: () => rides.pop() }
    const counter = withoutLeases(new UpstashSubjects({ url, token, timeoutMs: 5_000 }, outbox))

    const verdict = await counter.charge(chargeOf(addressWith([60, 10]), undefined, NOW))

    expect(verdict.outcome).toBe('admitted')
    expect(asked).toEqual(['/pipeline', '/'])
    expect(outcomes).toEqual(['arrived'])
  })

  it('is sent in one round trip by itself', async () => {
    const redis = new Redis({ url, token })
    const key = `outbox:${crypto.randomUUID()}`

    await sendingTo({ url, token, timeoutMs: 5_000 })([
      (pipeline) => pipeline.hset(key, { one: '1' }),
      (pipeline) => pipeline.hset(key, { two: '2' }),
    ])

    expect(await redis.hgetall(key)).toEqual({ one: 1, two: 2 })
  })
})
