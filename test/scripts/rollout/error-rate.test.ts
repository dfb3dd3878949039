import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Reading, tooManyErrors } from '../../../scripts/rollout/error-rate.ts'
import { readingOf } from '../../../scripts/rollout/gateway.ts'

const of = (errors: number, requests: number): Reading => ({ requests, errors })
const TOLERANCE = 0.02

describe('errors that are too many', () => {
  it.each([
    ['as few as before', of(58, 58_000), of(1, 500), 10, false],
    ['all of the new version’s', of(58, 58_000), of(50, 500), 10, true],
    ['a fifth of the new version’s', of(58, 58_000), of(100, 5_000), 10, true],
    ['what is tolerated of the new version', of(58, 58_000), of(15, 5_000), 10, false],
    ['as many as ever, of an API that fails often', of(3_000, 30_000), of(100, 1_000), 50, false],
    ['twice as many as ever', of(3_000, 30_000), of(200, 1_000), 50, true],
    ['three of few, without a single one before', of(0, 5_000), of(3, 30), 10, true],
    ['all, where nobody knows what is usual', of(0, 0), of(40, 40), 100, false],
    ['none, where nobody asked', of(58, 58_000), of(0, 0), 100, false],
  ])('%s', (_, before, now, percentage, expected) => {
    const step = { part: percentage / 100, tolerance: TOLERANCE }

    expect(tooManyErrors(before, now, step)).toBe(expected)
  })

  it('stay too many with one more, whatever was before', () => {
    const counts = fc.tuple(fc.nat(100_000), fc.nat(100_000)).map(([one, other]) => ({
      errors: Math.min(one, other),
      requests: Math.max(one, other),
    }))
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 1, max: 100 }), (before, now, percentage) => {
        const step = { part: percentage / 100, tolerance: TOLERANCE }
        const more = { requests: now.requests, errors: now.errors + 1 }
        return !tooManyErrors(before, now, step) || tooManyErrors(before, more, step)
      }),
    )
  })

  it('are seldom found by chance alone', () => {
    const before = of(500, 50_000)
    const draw = draws()
    const found = Array.from({ length: 2_000 }, () => {
      const errors = Array.from({ length: 300 }, () => (draw() < 0.01 ? 1 : 0) as number)
      const now = of(
        errors.reduce((sum, one) => sum + one, 0),
        300,
      )
      return tooManyErrors(before, now, { part: 0.1, tolerance: TOLERANCE })
    })

    expect(found.filter(Boolean).length).toBeLessThan(20)
  })
})

/** The same at every run: a linear congruential generator. */
function draws(): () => number {
  let state = 42
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('a reading of the traffic', () => {
  const MINUTE = 60_000
  const points = [0, 1, 2, 3].map((minute) => ({
    at: minute * MINUTE,
    requests: 10,
    errors: minute,
  }))

  it('begins with the minute in which a step began, and ends before another’s', () => {
    expect(readingOf(points, { from: 2.5 * MINUTE })).toEqual(of(5, 20))
    expect(readingOf(points, { before: 2.5 * MINUTE })).toEqual(of(1, 20))
  })
})
