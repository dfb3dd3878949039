import { describe, expect, it } from 'vitest'
import { brokenBounds, COUNT_CASES, figuresOf } from '../../../scripts/bench/count-cases.ts'

describe('figures', () => {
  it('are per request, per time that a refusal may have ended, or in all', () => {
    const count = { requests: 400, seconds: 5.2, roundTrips: 6, commands: 24, keySetFetches: 1 }

    expect(figuresOf(count)).toEqual({
      roundTrips: 0.015,
      commands: 0.06,
      roundTripsPerHold: 2,
      keySetFetches: 1,
    })
  })

  it.each([
    ['one in less than two seconds', 1.9, 1, 1],
    ['two in just over two seconds', 2.1, 2, 1],
    ['two in less than two seconds', 1.9, 2, 2],
    ['three in five seconds', 5, 3, 1],
  ])('of a refused caller: %s', (_, seconds, roundTrips, perHold) => {
    const count = { requests: 1_000, seconds, roundTrips, commands: 0, keySetFetches: 0 }

    expect(figuresOf(count).roundTripsPerHold).toBe(perHold)
  })
})

const figures = { roundTrips: 1, commands: 4, roundTripsPerHold: 0, keySetFetches: 0 }

function broken(name: string, changes: Partial<typeof figures>) {
  const found = COUNT_CASES.find((known) => known.name === name)
  return found && brokenBounds(found, { ...figures, ...changes })
}

describe('what is promised', () => {
  it.each([
    ['busy', { roundTrips: 0.1, commands: 0.4 }],
    ['exact', { roundTrips: 1, commands: 4.2 }],
    ['cold, 8 at once', { roundTrips: 1, commands: 4.2 }],
    ['refused-user', { roundTripsPerHold: 1 }],
    ['refused-address', { roundTripsPerHold: 1 }],
    ['no-token', { roundTrips: 0.1 }],
    ['malformed', { roundTrips: 0.1 }],
    ['bad-signature', { roundTrips: 0.1 }],
    ['expired', { roundTrips: 0.1 }],
    ['the first 20 at once', { keySetFetches: 1 }],
  ])('is kept at its bound: %s', (name, changes) => {
    expect(broken(name, changes)).toEqual([])
  })

  it.each([
    [
      'busy',
      { roundTrips: 0.101, commands: 0.4 },
      '0.101 round trips per request, at most 0.1 promised',
    ],
    [
      'busy, 8 at once',
      { roundTrips: 0.1, commands: 0.41 },
      '0.41 billed commands per request, at most 0.4 promised',
    ],
    ['exact', { roundTrips: 0.99 }, '0.99 round trips per request, at least 1 promised'],
    ['exact, 8 at once', { roundTrips: 1.01 }, '1.01 round trips per request, at most 1 promised'],
    [
      'cold, 8 at once',
      { commands: Number.NaN },
      'NaN billed commands per request, at most 4.2 promised',
    ],
    ['refused-user', { roundTripsPerHold: 1.5 }, '1.5 round trips per 2 s, at most 1 promised'],
    ['refused-address', { roundTripsPerHold: 2 }, '2 round trips per 2 s, at most 1 promised'],
    ['expired', { roundTrips: 0, keySetFetches: 1 }, '1 key-set fetches, at most 0 promised'],
    ['the first 20 at once', { keySetFetches: 20 }, '20 key-set fetches, at most 1 promised'],
    ['the first 20 at once', { keySetFetches: 0 }, '0 key-set fetches, at least 1 promised'],
  ])('is broken beyond it: %s %o', (name, changes, sentence) => {
    expect(broken(name, changes)).toEqual([`${name}: ${sentence}`])
  })

  it('is broken by a figure that could not be had', () => {
    const unknown = { ...figures, roundTrips: undefined }

    expect(brokenBounds({ name: 'busy', atMost: { roundTrips: 0.15 } }, unknown)).toHaveLength(1)
  })
})
