import { Redis } from '@upstash/redis/cloudflare'
import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import { SubjectsWithFallback } from '../../src/adapters/subjects.ts'
import { type Bill, RECORD_PREFIX, UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import { sleep } from '../../src/adapters/waiting-room.ts'
import { addressWith, callerWith, chargeOf } from '../support/charges.ts'
import { VirtualTime } from '../support/virtual-time.ts'

const { storeUrl: url, storeToken: token } = inject('outside')
const store = new UpstashSubjects({ url, token, timeoutMs: 5_000 })
const redis = new Redis({ url, token })
const NOW = 1_790_000_000_000
const SECONDS = NOW / 1000
const ENDS = SECONDS + 3_600

/** A user with two tokens of the same second, and how to revoke the one that was stolen. */
function userWithTwoTokens(limit: number, seconds = 60) {
  const account = { ...callerWith([seconds, limit]), issuedAt: SECONDS - 60 }
  const key = `${RECORD_PREFIX}:${account.subject}`
  return {
    kept: { ...account, tokenId: 'j:kept' },
    stolen: { ...account, tokenId: 'j:stolen' },
    async revoke(fields: object = { r: { 'j:stolen': ENDS } }) {
      await redis.set(key, { w: {}, ...(await redis.get<object>(key)), ...fields })
    },
    counted: async () =>
      (await redis.get<{ w: Record<string, [number, number]> }>(key))?.w[seconds]?.[1],
  }
}

const isolate = (judge = store.judge.bind(store), now = () => 0) =>
  new LeasingSubjects({ judge }, crypto.randomUUID(), now, sleep, () => {})

const address = () => addressWith([60, 10_000_000])

describe('a revoked token', () => {
  it('ceases within two seconds in every isolate, while another of its user lives on leases', async () => {
    const isolates = [isolate(), isolate(), isolate()]
    const { kept, stolen, revoke } = userWithTwoTokens(5_000)
    const from = address()
    const admitted: number[] = []
    const others = new Map<string, number>()
    for (let ms = 0; ms < 6_000; ms += 20) {
      if (ms === 2_500) await revoke()
      for (const subjects of isolates) {
        const one = await subjects.charge(chargeOf(from, stolen, NOW + ms))
        const other = await subjects.charge(chargeOf(from, kept, NOW + ms))
        if (one.outcome === 'admitted') admitted.push(ms)
        const seen = `${other.outcome} by the ${other.source}`
        others.set(seen, (others.get(seen) ?? 0) + 1)
      }
    }

    expect(Math.max(...admitted)).toBeGreaterThanOrEqual(2_480)
    expect(Math.max(...admitted)).toBeLessThan(2_500 + 2_000)
    expect([...others.keys()].sort()).toEqual(['admitted by the lease', 'admitted by the store'])
    expect(others.get('admitted by the lease')).toBeGreaterThan(300 * 3 * 0.5)
  })

  it('takes nothing from the leases that its user has left unspent', async () => {
    const subjects = isolate()
    const { kept, stolen, revoke, counted } = userWithTwoTokens(4_000, 3_600)
    const from = address()
    await revoke()
    // Ten requests at once every four seconds: leases that mostly end unspent.
    for (let ms = 0; ms < 80_000; ms += 20) {
      if (ms % 4_000 < 200) await subjects.charge(chargeOf(from, kept, NOW + ms))
      else if (ms % 100 === 0) await subjects.charge(chargeOf(from, stolen, NOW + ms))
    }
    await subjects.charge(chargeOf(from, kept, NOW + 84_000))

    // At most what one lease still holds is counted on top.
    expect(await counted()).toBeLessThanOrEqual(201 + 20)
  })

  it('is revoked from its own question on, whoever paid before', async () => {
    const subjects = isolate()
    const { kept, stolen, revoke } = userWithTwoTokens(5_000)
    const from = address()
    for (let ms = 0; ms < 1_000; ms += 20) {
      await subjects.charge(chargeOf(from, kept, NOW + ms))
    }
    await revoke()
    const narrow = { ...stolen, windows: callerWith([30, 50]).windows }
    const told = await subjects.charge(chargeOf(from, narrow, NOW + 1_000))

    const answer = await subjects.charge(chargeOf(from, stolen, NOW + 1_001))

    expect([told.outcome, answer.outcome]).toEqual(['revoked', 'revoked'])
  })

  it('costs its address, leased or not, and its user nothing', async () => {
    const subjects = isolate()
    const { stolen, revoke, counted } = userWithTwoTokens(100)
    const from = addressWith([60, 1_000])
    await revoke()
    for (let ms = 0; ms < 2_000; ms += 20) await subjects.charge(chargeOf(from, stolen, NOW + ms))

    const { reading } = await subjects.charge(chargeOf(from, undefined, NOW + 2_000))

    expect(reading.remaining).toBe(1_000 - 101)
    expect(await counted()).toBeUndefined()
  })
})

describe('a revoked token that comes again and again', () => {
  it('asks the store at most once in two seconds, beside what its address leases', async () => {
    let asked = 0
    const subjects = isolate((bills, now) => {
      asked += 1
      return store.judge(bills, now)
    })
    const { stolen, revoke } = userWithTwoTokens(100)
    const from = address()
    await revoke()
    const outcomes = new Set<string>()
    for (let ms = 0; ms < 20_000; ms += 20) {
      outcomes.add((await subjects.charge(chargeOf(from, stolen, NOW + ms))).outcome)
    }

    expect([...outcomes]).toEqual(['revoked'])
    // Once in two seconds for the token; the address leases 20 of its 100 requests in that time.
    expect(asked).toBeLessThanOrEqual(10 + 1_000 / 20 + 5)
  })

  it('is told so, and not that its user is over a limit or how much of it is left', async () => {
    const subjects = isolate()
    const { kept, stolen, revoke } = userWithTwoTokens(1)
    const from = addressWith([60, 1_000])
    await revoke()
    await subjects.charge(chargeOf(from, kept, NOW))
    const over = await subjects.charge(chargeOf(from, kept, NOW + 1))

    const { outcome, reading } = await subjects.charge(chargeOf(from, stolen, NOW + 2))

    expect([over.outcome, outcome]).toEqual(['refused', 'revoked'])
    expect(reading.limit).toBe(1_000)
  })

  it('is good again within two seconds of being pardoned', async () => {
    const subjects = isolate()
    const { stolen, revoke } = userWithTwoTokens(100)
    const from = address()
    await revoke()
    await subjects.charge(chargeOf(from, stolen, NOW))
    await revoke({ r: {} })
    const outcomes = []
    for (const ms of [500, 1_500, 2_000]) {
      outcomes.push((await subjects.charge(chargeOf(from, stolen, NOW + ms))).outcome)
    }

    expect(outcomes).toEqual(['revoked', 'revoked', 'admitted'])
  })

  it('hears of a block of its user first, as the store would say', async () => {
    const subjects = isolate()
    const { stolen, revoke } = userWithTwoTokens(100)
    const from = address()
    await revoke({ r: { 'j:stolen': ENDS }, b: NOW + 60_000 })
    const blocked = []
    for (const ms of [0, 10, 1_990]) {
      const verdict = await subjects.charge(chargeOf(from, stolen, NOW + ms))
      blocked.push(verdict.outcome === 'refused' && verdict.blocked)
    }

    expect(blocked).toEqual([true, true, true])
  })
})

describe('a lease', () => {
  it('ends two seconds after it was asked for, however long the answer took', async () => {
    let clock = NOW
    const subjects = isolate(
      async (bills, now) => {
        const judged = await store.judge(bills, now)
        clock += 900
        return judged
      },
      () => clock,
    )
    const { kept, stolen, revoke } = userWithTwoTokens(5_000)
    const from = address()
    for (let i = 0; i < 50; i += 1) {
      clock += 20
      await subjects.charge(chargeOf(from, kept, clock))
    }
    await revoke()
    const askedBefore = clock - 900

    clock = askedBefore + 2_000
    const { outcome } = await subjects.charge(chargeOf(from, stolen, clock))

    expect(outcome).toBe('revoked')
  })

  it('is not for a token that an earlier answer has called revoked, though a later says nothing', async () => {
    const waiting: (() => void)[] = []
    let slow = false
    const subjects = isolate(async (bills, now) => {
      const judged = await store.judge(bills, now)
      if (slow) await new Promise<void>((resolve) => void waiting.push(resolve))
      return judged
    })
    const { kept, stolen, revoke } = userWithTwoTokens(5_000)
    const from = address()
    for (let ms = 0; ms < 100; ms += 20) await subjects.charge(chargeOf(from, kept, NOW + ms))
    slow = true
    const late = subjects.charge(
      chargeOf(from, { ...kept, windows: callerWith([30, 50]).windows }, NOW + 100),
    )
    await expect.poll(() => waiting.length).toBe(1)
    slow = false
    await revoke()
    const narrow = { ...stolen, windows: callerWith([30, 50]).windows }
    const told = await subjects.charge(chargeOf(from, narrow, NOW + 101))
    waiting[0]?.()
    await late

    const { outcome } = await subjects.charge(chargeOf(from, stolen, NOW + 102))

    expect([told.outcome, outcome]).toEqual(['revoked', 'revoked'])
  })
})

describe('with the store away', () => {
  /** An isolate that has heard of the revocation, and then loses the store. */
  async function afterwards(fields?: object) {
    let away = false
    const { kept, stolen, revoke } = userWithTwoTokens(400)
    const subjects = new SubjectsWithFallback(
      isolate((bills: readonly Bill[], now: number) =>
        away ? Promise.reject(new Error('away')) : store.judge(bills, now),
      ),
      { write: () => undefined },
      () => undefined,
    )
    const from = address()
    await revoke(fields)
    await subjects.charge(chargeOf(from, kept, NOW))
    away = true
    return async (one: 'kept' | 'stolen', at: number) => {
      const charge = chargeOf(from, one === 'kept' ? kept : stolen, at)
      const { outcome, source } = await subjects.charge(charge)
      return `${outcome} by the ${source}`
    }
  }

  it('an isolate goes on refusing the revoked tokens that it knows of', async () => {
    const ask = await afterwards()
    const answers = []
    for (let i = 0; i < 10; i += 1) answers.push(await ask('stolen', NOW + 3_000 + i * 300))

    expect(new Set(answers)).toEqual(new Set(['revoked by the isolate']))
    expect(await ask('kept', NOW + 6_000)).toBe('admitted by the isolate')
  })

  it('and those issued too early', async () => {
    const ask = await afterwards({ n: SECONDS })

    expect(await ask('stolen', NOW + 60_000)).toBe('revoked by the isolate')
  })

  it('until the revoked token has ended, of which others may have the name', async () => {
    const ask = await afterwards({ r: { 'j:stolen': SECONDS + 10 } })

    expect(await ask('stolen', NOW + 10_000)).toBe('revoked by the isolate')
    expect(await ask('stolen', NOW + 15_000)).toBe('admitted by the isolate')
  })
})

const traffic = fc.record({
  isolates: fc.integer({ min: 1, max: 3 }),
  /** How long a question or its answer may be under way, milliseconds. */
  slowness: fc.constantFrom(5, 50, 400, 1_500),
  loss: fc.constantFrom(0, 0, 10),
  revokedAt: fc.integer({ min: 200, max: 3_000 }),
  change: fc.constantFrom({ r: { 'j:stolen': ENDS } }, { n: SECONDS }),
  requests: fc.array(
    fc.record({
      gap: fc.integer({ min: 0, max: 60 }),
      isolate: fc.nat(2),
      stolen: fc.boolean(),
      luck: fc.integer({ min: 0, max: 99 }),
    }),
    { minLength: 120, maxLength: 200 },
  ),
})

describe('with questions and answers under way', () => {
  it('no request of a revoked token passes two seconds later, and none of another is refused', async () => {
    let late = 0
    await fc.assert(
      fc.asyncProperty(
        traffic,
        async ({ isolates, slowness, loss, revokedAt, change, requests }) => {
          const time = new VirtualTime(NOW)
          const { kept, stolen, revoke } = userWithTwoTokens(10_000)
          const fresh = { ...kept, issuedAt: SECONDS }
          const from = address()
          let luck = 0
          const served = Array.from({ length: isolates }, () =>
            isolate(
              async (bills: readonly Bill[], now: number) => {
                const mine = luck
                await time.wait((mine * slowness) / 100)
                const judged = await time.real(store.judge(bills, now))
                await time.wait(((99 - mine) * slowness) / 100)
                if (mine < loss) throw new Error('the answer was lost')
                return judged
              },
              () => time.now,
            ),
          )
          time.after(revokedAt, () => time.real(revoke(change)))

          const wrong: string[] = []
          let at = 0
          for (const request of requests) {
            at += request.gap
            time.after(at, () => {
              luck = request.luck
              const sentAt = time.now - NOW
              const caller = request.stolen ? stolen : fresh
              served[request.isolate % isolates]
                ?.charge(chargeOf(from, caller, time.now))
                .then(({ outcome }) => {
                  const tooLate = request.stolen && sentAt >= revokedAt + 2_000
                  if (tooLate) late += 1
                  if (tooLate && outcome !== 'revoked') wrong.push(`${outcome} at ${sentAt}`)
                  if (!request.stolen && outcome !== 'admitted') wrong.push(`other ${outcome}`)
                })
                .catch(() => undefined)
            })
          }
          await time.run()

          expect(wrong).toEqual([])
        },
      ),
      { numRuns: 15 },
    )
    expect(late).toBeGreaterThan(100)
  }, 60_000)
})
