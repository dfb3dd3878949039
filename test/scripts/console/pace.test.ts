import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { waitMs } from '../../../scripts/pages/console/pace.ts'

describe('how long the console waits before it asks again', () => {
  it.each([
    ['while all is well', { failures: 0 }, 5_000],
    ['after one failure', { failures: 1 }, 10_000],
    ['after three', { failures: 3 }, 40_000],
    ['after very many', { failures: 60 }, 300_000],
    ['as long as it is asked to', { failures: 1, retryAfterSeconds: 42 }, 42_000],
    ['no less than it would anyway', { failures: 3, retryAfterSeconds: 2 }, 40_000],
  ])('%s', (_, { failures, retryAfterSeconds }: Wait, ms) => {
    expect(waitMs({ intervalMs: 5_000, failures, retryAfterSeconds, chance: 0.5 })).toBe(ms)
  })

  it('spreads consoles that failed together, and never comes before it was asked to', () => {
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.nat(10_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, retryAfterSeconds, chance) => {
          const ms = waitMs({ intervalMs: 5_000, failures, retryAfterSeconds, chance })
          expect(ms).toBeGreaterThanOrEqual(retryAfterSeconds * 1_000)
          expect(ms).toBeLessThanOrEqual(Math.max(375_000, retryAfterSeconds * 1_000))
        },
      ),
    )
    const [early, late] = [0, 1].map((chance) =>
      waitMs({ intervalMs: 5_000, failures: 1, retryAfterSeconds: undefined, chance }),
    )
    expect([early, late]).toEqual([7_500, 12_500])
  })
})

interface Wait {
  readonly failures: number
  readonly retryAfterSeconds?: number
}
