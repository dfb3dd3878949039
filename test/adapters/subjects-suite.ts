import { describe, expect, it } from 'vitest'
import type { Charge, Verdict } from '../../src/policy/charge.ts'
import { addressWith, callerWith, chargeOf } from '../support/charges.ts'

const NOW = 1_790_000_000_000
const MONTH = 2_592_000

interface Counter {
  charge(charge: Charge): Promise<Verdict>
}

/** What every counter of subjects promises: the store's adapter, on whichever store, and its stand-in. */
export function describeSubjects(name: string, open: () => Counter) {
  describe(`subjects counted by ${name}`, () => {
    it('shows limit, remaining and reset after the request is counted', async () => {
      const address = addressWith([60, 10])

      const verdict = await open().charge(chargeOf(address, undefined, NOW))

      expect(verdict).toMatchObject({
        outcome: 'admitted',
        reading: { limit: 10, remaining: 9, resetAt: NOW + 60_000, windowSeconds: 60 },
      })
    })

    it('admits exactly the limit of many requests at once', async () => {
      const counter = open()
      const address = addressWith([60, 1_000])
      const caller = callerWith([60, 100])

      const verdicts = await Promise.all(
        Array.from({ length: 300 }, () => counter.charge(chargeOf(address, caller, NOW))),
      )

      expect(verdicts.filter(({ outcome }) => outcome === 'admitted')).toHaveLength(100)
    })

    it('charges nobody for a request that one window refuses', async () => {
      const counter = open()
      const address = addressWith([60, 10], [3_600, 100])
      const caller = callerWith([60, 1], [MONTH, 50])
      await counter.charge(chargeOf(address, caller, NOW))

      await counter.charge(chargeOf(address, caller, NOW))
      await counter.charge(chargeOf(address, caller, NOW))
      const alone = await counter.charge(chargeOf(address, undefined, NOW))

      expect(alone.reading).toMatchObject({ limit: 10, remaining: 8 })
    })

    it.each([
      ['the address', [60, 1], [60, 5], 'RATE_LIMIT_EXCEEDED_IP'],
      ['the user', [60, 5], [60, 1], 'RATE_LIMIT_EXCEEDED_USER'],
      ['the 30-day allowance', [60, 5], [MONTH, 1], 'QUOTA_EXCEEDED'],
      ['the address before the user', [60, 1], [60, 1], 'RATE_LIMIT_EXCEEDED_IP'],
    ] as const)('names what is over its limit: %s', async (_, ofAddress, ofCaller, code) => {
      const counter = open()
      const address = addressWith([...ofAddress])
      const caller = callerWith([...ofCaller])
      await counter.charge(chargeOf(address, caller, NOW))

      const verdict = await counter.charge(chargeOf(address, caller, NOW))

      expect(verdict).toMatchObject({ outcome: 'refused', code, blocked: false })
    })

    it('tells a refused caller when all of its windows are open again', async () => {
      const counter = open()
      const address = addressWith([60, 100])
      const caller = callerWith([60, 2], [3_600, 2])
      await counter.charge(chargeOf(address, caller, NOW, 2))

      const verdict = await counter.charge(chargeOf(address, caller, NOW + 1_000))

      expect(verdict).toMatchObject({ outcome: 'refused', retryAt: NOW + 3_600_000 })
      expect(verdict.reading).toMatchObject({ limit: 2, remaining: 0, windowSeconds: 3_600 })
    })

    it.each([
      ['a millisecond before its reset', 59_999, 'refused'],
      ['at its reset', 60_000, 'admitted'],
    ])('keeps a window until its reset: %s', async (_, later, outcome) => {
      const counter = open()
      const address = addressWith([60, 1])
      await counter.charge(chargeOf(address, undefined, NOW))

      const verdict = await counter.charge(chargeOf(address, undefined, NOW + later))

      expect(verdict.outcome).toBe(outcome)
    })

    it('begins a window with its first request, for each subject on its own', async () => {
      const counter = open()
      const early = addressWith([60, 5])
      const late = addressWith([60, 5])
      await counter.charge(chargeOf(early, undefined, NOW))

      const verdict = await counter.charge(chargeOf(late, undefined, NOW + 30_000))

      expect(verdict.reading.resetAt).toBe(NOW + 90_000)
    })

    it('counts a request of cost 3 as three or not at all', async () => {
      const counter = open()
      const address = addressWith([60, 5])

      const first = await counter.charge(chargeOf(address, undefined, NOW, 3))
      const second = await counter.charge(chargeOf(address, undefined, NOW, 3))
      const third = await counter.charge(chargeOf(address, undefined, NOW, 2))

      expect([first.outcome, second.outcome, third.outcome]).toEqual([
        'admitted',
        'refused',
        'admitted',
      ])
    })

    it('gives back what a refund names and never more than was taken', async () => {
      const counter = open()
      const address = addressWith([60, 5])
      await counter.charge(chargeOf(address, undefined, NOW, 2))

      const verdict = await counter.charge(chargeOf(address, undefined, NOW, -4))

      expect(verdict.reading).toMatchObject({ limit: 5, remaining: 5 })
    })

    it('shows the window that is tightest for its limit', async () => {
      const address = addressWith([60, 1_000])
      const caller = callerWith([60, 100], [MONTH, 10])

      const verdict = await open().charge(chargeOf(address, caller, NOW))

      expect(verdict.reading).toMatchObject({ limit: 10, remaining: 9 })
      expect(verdict.addressReading).toMatchObject({ limit: 1_000, remaining: 999 })
    })

    it('applies a new limit to what was counted under the old one', async () => {
      const counter = open()
      const free = callerWith([60, 2])
      const premium = { ...callerWith([60, 5]), subject: free.subject }
      const address = addressWith([60, 100])
      await counter.charge(chargeOf(address, free, NOW, 2))

      const verdict = await counter.charge(chargeOf(address, premium, NOW))

      expect(verdict).toMatchObject({ outcome: 'admitted', reading: { limit: 5, remaining: 2 } })
    })

    it.each([
      ['a line break', 'a\nb'],
      ['a colon and a bar', 'user:x|y'],
      ['other scripts', 'пользователь 用户 🚀'],
      ['ten kilobytes', 'x'.repeat(10_240)],
    ])('keeps subjects apart whose names hold %s', async (_, name) => {
      const counter = open()
      const id = crypto.randomUUID()
      const one = { ...addressWith([60, 1]), subject: `ip:${id}${name}` }
      const other = { ...addressWith([60, 1]), subject: `ip:${id}${name}.` }
      await counter.charge(chargeOf(one, undefined, NOW))

      const verdicts = [
        await counter.charge(chargeOf(one, undefined, NOW)),
        await counter.charge(chargeOf(other, undefined, NOW)),
      ]

      expect(verdicts.map(({ outcome }) => outcome)).toEqual(['refused', 'admitted'])
    })
  })
}
