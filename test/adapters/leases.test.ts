import { Redis } from '@upstash/redis/cloudflare'
import { describe, expect, inject, it } from 'vitest'
import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import { type Bill, RECORD_PREFIX, UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import { sleep } from '../../src/adapters/waiting-room.ts'
import type { Account } from '../../src/policy/charge.ts'
import { addressWith, callerWith, chargeOf } from '../support/charges.ts'

const { storeUrl: url, storeToken: token } = inject('outside')
const store = new UpstashSubjects({ url, token, timeoutMs: 5_000 })
const redis = new Redis({ url, token })
const NOW = 1_790_000_000_000

/** An isolate with the real store behind it, and the number of times it asked. */
function isolate() {
  const counted = {
    asked: 0,
    judge(bills: readonly Bill[], now: number) {
      counted.asked += 1
      return store.judge(bills, now)
    },
  }
  return {
    subjects: new LeasingSubjects(
      counted,
      crypto.randomUUID(),
      () => 0,
      sleep,
      () => {},
    ),
    counted,
  }
}

/** `times` requests of one caller, evenly over `spanMs`, each sent to the next isolate. */
async function drive(
  isolates: readonly LeasingSubjects[],
  [address, caller]: readonly [Account, Account],
  times: number,
  spanMs: number,
) {
  let admitted = 0
  for (let i = 0; i < times; i += 1) {
    const subjects = isolates[i % isolates.length]
    const now = NOW + Math.floor((i * spanMs) / times)
    const verdict = await subjects?.charge(chargeOf(address, caller, now))
    if (verdict?.outcome === 'admitted') admitted += 1
  }
  return admitted
}

describe('leases', () => {
  it('let a busy caller far from its limit ask the store for at most 15 % of its requests', async () => {
    const { subjects, counted } = isolate()
    const accounts = [addressWith([60, 100_000]), callerWith([60, 2_000])] as const

    const admitted = await drive([subjects], accounts, 500, 10_000)

    expect(admitted).toBe(500)
    expect(counted.asked / 500).toBeLessThanOrEqual(0.15)
  })

  it('ask exactly once for a caller that comes once', async () => {
    const { subjects, counted } = isolate()
    for (let i = 0; i < 100; i += 1) {
      await subjects.charge(chargeOf(addressWith([60, 1_000]), callerWith([60, 100]), NOW))
    }

    expect(counted.asked).toBe(100)
  })

  it('let a refused caller ask at most once in two seconds', async () => {
    const { subjects, counted } = isolate()
    const address = addressWith([60, 100_000])
    const caller = callerWith([3_600, 1])
    await subjects.charge(chargeOf(address, caller, NOW))
    counted.asked = 0
    for (let ms = 0; ms < 20_000; ms += 50) {
      await subjects.charge(chargeOf(address, caller, NOW + ms))
    }

    expect(counted.asked).toBeLessThanOrEqual(10)
  })

  it('let one that sends thousands a second ask the store for at most 3 % of its requests', async () => {
    const { subjects, counted } = isolate()
    const accounts = [addressWith([60, 1_000_000]), callerWith([60, 1_000_000])] as const

    await drive([subjects], accounts, 4_000, 1_000)

    expect(counted.asked / 4_000).toBeLessThanOrEqual(0.03)
  })

  it.each([
    [100, 1, 30, 100],
    [100, 10, 30, 96],
    [1_000, 1, 30, 1_000],
    [1_000, 10, 30, 990],
    [10_000, 10, 5, 9_900],
  ])(
    'of a limit of %i over %i isolates, sent twice in %i seconds, admit at least %i and never more',
    async (limit, count, seconds, least) => {
      const isolates = Array.from({ length: count }, () => isolate().subjects)
      const accounts = [addressWith([60, 1_000_000]), callerWith([60, limit])] as const

      const admitted = await drive(isolates, accounts, limit * 2, seconds * 1_000)

      expect(admitted).toBeLessThanOrEqual(limit)
      expect(admitted).toBeGreaterThanOrEqual(least)
    },
  )

  it('admit exactly the limit of many requests at once', async () => {
    const { subjects } = isolate()
    const address = addressWith([60, 1_000])
    const caller = callerWith([60, 100])
    await subjects.charge(chargeOf(address, caller, NOW))

    const verdicts = await Promise.all(
      Array.from({ length: 300 }, () => subjects.charge(chargeOf(address, caller, NOW + 10))),
    )

    expect(verdicts.filter(({ outcome }) => outcome === 'admitted')).toHaveLength(99)
  })

  it('end with the window they were taken from', async () => {
    const { subjects, counted } = isolate()
    const address = addressWith([60, 1_000_000])
    const caller = callerWith([3, 600])
    for (let ms = 0; ms < 2_990; ms += 10)
      await subjects.charge(chargeOf(address, caller, NOW + ms))
    counted.asked = 0

    const verdict = await subjects.charge(chargeOf(address, caller, NOW + 3_000))

    expect(counted.asked).toBe(1)
    expect(verdict.reading).toMatchObject({ limit: 600, remaining: 599, resetAt: NOW + 6_000 })
  })

  it('show what remains as if each request were counted on its own', async () => {
    const { subjects } = isolate()
    const address = addressWith([60, 100_000])
    const caller = callerWith([60, 1_000])
    const shown: number[] = []
    for (let i = 0; i < 50; i += 1) {
      const { reading } = await subjects.charge(chargeOf(address, caller, NOW + i * 10))
      shown.push(reading.remaining)
    }

    expect(shown).toEqual(Array.from({ length: 50 }, (_, i) => 999 - i))
  })

  it('show of a window that several routes count what all of them have counted', async () => {
    const { subjects } = isolate()
    const address = addressWith([60, 1_000])
    const { windows } = addressWith([900, 100_000])
    const withRoute = { ...address, windows: [...address.windows, ...windows] }
    const shown: number[] = []
    for (let i = 0; i < 60; i += 1) {
      const account = i % 20 > 15 ? withRoute : address
      const { reading } = await subjects.charge(chargeOf(account, undefined, NOW + i * 10))
      shown.push(reading.remaining)
    }

    expect(shown).toEqual(Array.from({ length: 60 }, (_, i) => 999 - i))
  })

  it('are not for a token older than the one that the store accepted', async () => {
    const { subjects } = isolate()
    const address = addressWith([60, 100_000])
    const fresh = { ...callerWith([60, 2_000]), issuedAt: 2_000 }
    const stolen = { ...fresh, issuedAt: 500 }
    await redis.set(`${RECORD_PREFIX}:${fresh.subject}`, { n: 1_000 })
    const outcomes = new Set<string>()
    for (let ms = 0; ms < 5_000; ms += 50) {
      await subjects.charge(chargeOf(address, fresh, NOW + ms))
      outcomes.add((await subjects.charge(chargeOf(address, stolen, NOW + ms))).outcome)
    }

    expect([...outcomes]).toEqual(['revoked'])
  })

  it.each([10_000, 61_000])('left unspent every %i ms cost the month nothing', async (pause) => {
    const { subjects } = isolate()
    const address = addressWith([60, 100_000])
    const caller = callerWith([60, 100], [2_592_000, 300])
    let admitted = 0
    for (let burst = 0; burst < 70; burst += 1) {
      for (let i = 0; i < 5; i += 1) {
        const at = NOW + burst * pause + i * 100
        const { outcome } = await subjects.charge(chargeOf(address, caller, at))
        if (outcome === 'admitted') admitted += 1
      }
    }

    expect(admitted).toBe(300)
  })

  it('end when the clock is set back', async () => {
    const { subjects } = isolate()
    const address = addressWith([60, 100_000])
    const caller = callerWith([60, 1_000])
    for (let ms = 0; ms < 1_000; ms += 50)
      await subjects.charge(chargeOf(address, caller, NOW + ms))
    await redis.set(`${RECORD_PREFIX}:${caller.subject}`, { b: NOW + 10_000 })

    const verdict = await subjects.charge(chargeOf(address, caller, NOW - 3_600_000))

    expect(verdict.outcome).toBe('refused')
  })

  it('are not for a route with a narrower limit, which is counted exactly', async () => {
    const { subjects, counted } = isolate()
    const address = addressWith([60, 100_000])
    const caller = callerWith([60, 1_000])
    for (let i = 0; i < 50; i += 1) await subjects.charge(chargeOf(address, caller, NOW + i * 10))
    const narrowed = callerWith([60, 1_000], [30, 5])
    counted.asked = 0

    for (let i = 0; i < 5; i += 1) {
      await subjects.charge(
        chargeOf(address, { ...narrowed, subject: caller.subject }, NOW + 500 + i),
      )
    }
    const refused = await subjects.charge(
      chargeOf(address, { ...narrowed, subject: caller.subject }, NOW + 510),
    )
    const elsewhere = await subjects.charge(chargeOf(address, caller, NOW + 510))

    expect(refused.outcome).toBe('refused')
    expect(elsewhere.outcome).toBe('admitted')
    expect(counted.asked).toBeGreaterThanOrEqual(6)
  })
})

describe('a remembered refusal', () => {
  it('of an address is told without asking anyone', async () => {
    const { subjects, counted } = isolate()
    const address = addressWith([60, 1])
    await subjects.charge(chargeOf(address, undefined, NOW))
    await subjects.charge(chargeOf(address, undefined, NOW))
    counted.asked = 0

    expect(subjects.recall(address, 1, NOW + 1_999)).toMatchObject({
      outcome: 'refused',
      code: 'RATE_LIMIT_EXCEEDED_IP',
      retryAt: NOW + 60_000,
      source: 'memory',
    })
    expect(subjects.recall(address, 1, NOW + 2_000)).toBeUndefined()
    expect(counted.asked).toBe(0)
  })

  it('ends with its window', async () => {
    const { subjects } = isolate()
    const address = addressWith([1, 1])
    await subjects.charge(chargeOf(address, undefined, NOW))
    await subjects.charge(chargeOf(address, undefined, NOW + 500))

    expect(subjects.recall(address, 1, NOW + 999)?.outcome).toBe('refused')
    expect((await subjects.charge(chargeOf(address, undefined, NOW + 1_000))).outcome).toBe(
      'admitted',
    )
  })

  it('is not held against a new tier', async () => {
    const { subjects } = isolate()
    const address = addressWith([60, 100])
    const free = callerWith([60, 1])
    const premium = { ...callerWith([60, 5]), subject: free.subject }
    await subjects.charge(chargeOf(address, free, NOW))
    await subjects.charge(chargeOf(address, free, NOW))

    expect((await subjects.charge(chargeOf(address, premium, NOW))).outcome).toBe('admitted')
  })

  it('of an address is told to others with the address’s own numbers, and no longer', async () => {
    const { subjects } = isolate()
    const address = addressWith([1, 2])
    const alice = callerWith([3_600, 2])
    const bob = callerWith([3_600, 100])
    for (let i = 0; i < 3; i += 1) await subjects.charge(chargeOf(address, alice, NOW))

    const refused = await subjects.charge(chargeOf(address, bob, NOW + 500))
    const admitted = await subjects.charge(chargeOf(address, bob, NOW + 1_000))

    expect(refused).toMatchObject({
      source: 'memory',
      retryAt: NOW + 1_000,
      reading: { limit: 2, resetAt: NOW + 1_000 },
    })
    expect(admitted.outcome).toBe('admitted')
  })

  it('costs its address nothing', async () => {
    const { subjects } = isolate()
    const address = addressWith([60, 100])
    const caller = callerWith([60, 1])
    for (let i = 0; i < 20; i += 1) await subjects.charge(chargeOf(address, caller, NOW))

    const { reading } = await subjects.charge(chargeOf(address, undefined, NOW))

    expect(reading.remaining).toBe(98)
  })
})
