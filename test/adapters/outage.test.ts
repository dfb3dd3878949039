import { describe, expect, it } from 'vitest'
import { SubjectsWithFallback } from '../../src/adapters/subjects.ts'
import { addressWith, callerWith, chargeOf } from '../support/charges.ts'

const NOW = 1_790_000_000_000
const ISOLATES = 20
const MINUTES = 5

const away = {
  recall: () => undefined,
  isRevoked: () => false,
  charge: () => Promise.reject(new Error('the store is away')),
}

describe('an isolate on its own', () => {
  it('lets a costly request through where a quarter of the limit would not', async () => {
    const isolate = new SubjectsWithFallback(away, { write: () => undefined }, () => undefined)

    const verdict = await isolate.charge(chargeOf(addressWith([60, 7]), undefined, NOW, 2))

    expect(verdict).toMatchObject({ outcome: 'admitted', reading: { limit: 2, remaining: 0 } })
  })
})

describe('an outage of five minutes over 20 isolates', () => {
  it.each([
    [100, 25],
    [1_000, 250],
    [3, 1],
  ])(
    'admits of a limit of %i at most %i per isolate and window, and no fewer',
    async (limit, share) => {
      const isolates = Array.from(
        { length: ISOLATES },
        () => new SubjectsWithFallback(away, { write: () => undefined }, () => undefined),
      )
      const caller = callerWith([60, limit])
      const address = addressWith([60, 1_000_000])
      const admitted = Array<number>(MINUTES).fill(0)
      const perMinute = share * ISOLATES * 2

      for (let i = 0; i < perMinute * MINUTES; i += 1) {
        const now = NOW + Math.floor((i * 60_000) / perMinute)
        const minute = Math.floor((now - NOW) / 60_000)
        const verdict = await isolates[i % ISOLATES]?.charge(chargeOf(address, caller, now))
        if (verdict?.outcome === 'admitted') admitted[minute] = (admitted[minute] ?? 0) + 1
      }

      expect(Math.max(...admitted)).toBeLessThanOrEqual(ISOLATES * share)
      expect(admitted[0]).toBe(ISOLATES * share)
    },
  )
})
