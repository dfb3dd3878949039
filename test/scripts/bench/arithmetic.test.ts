import { describe, expect, it } from 'vitest'
import { perRequest, quartilesOf, ratioOf } from '../../../scripts/bench/arithmetic.ts'
import { measuredFrom, type Sample } from '../../../scripts/bench/measured.ts'

describe('quartiles', () => {
  it.each([
    ['an odd number', [5, 1, 4, 2, 3], { low: 2, median: 3, high: 4 }],
    [
      'an even number, between its neighbours',
      [4, 1, 3, 2],
      { low: 1.75, median: 2.5, high: 3.25 },
    ],
    ['one', [7], { low: 7, median: 7, high: 7 }],
    ['two', [10, 20], { low: 12.5, median: 15, high: 17.5 }],
    ['numbers that sort otherwise as texts', [100, 9, 20], { low: 14.5, median: 20, high: 60 }],
  ])('of %s', (_, values, quartiles) => {
    expect(quartilesOf(values)).toEqual(quartiles)
  })

  it('of nothing are nothing', () => {
    expect(quartilesOf([])).toBeUndefined()
  })

  it('leave the values in their order', () => {
    const values = [3, 1, 2]
    quartilesOf(values)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('ratios and shares', () => {
  it.each([
    ['six to four', 6, 4, 1.5],
    ['nobody answered', undefined, 4, undefined],
    ['no limit was measured', 6, undefined, undefined],
    ['the limit spent not a tick', 6, 0, undefined],
    ['nothing spent', 0, 4, 0],
  ])('a ratio: %s', (_, value, limit, ratio) => {
    expect(ratioOf(value, limit)).toBe(ratio)
  })

  it('share a sum among requests, and nothing among none', () => {
    expect(perRequest(30, 200)).toBe(0.15)
    expect(perRequest(30, 0)).toBeUndefined()
  })
})

const sample = (changes: Partial<Sample>): Sample => ({
  requests: 100,
  microseconds: 100,
  roundTrips: 0,
  commands: 0,
  keySetFetches: 0,
  firstByteMs: 1,
  ...changes,
})

describe('what a target cost', () => {
  it('is compared with the pass-through of the same round', () => {
    const passThrough = [100, 200, 400].map((microseconds) => sample({ microseconds }))
    const samples = [200, 400, 800].map((microseconds) => sample({ microseconds }))

    const { ratio, microseconds } = measuredFrom('gateway', samples, passThrough, 64)

    expect(ratio).toEqual({ low: 2, median: 2, high: 2 })
    expect(microseconds).toEqual({ low: 300, median: 400, high: 600 })
  })

  it('counts over all requests, not over rounds', () => {
    const samples = [
      sample({ requests: 900, roundTrips: 90, commands: 360, keySetFetches: 1 }),
      sample({ requests: 100, roundTrips: 100, commands: 400, keySetFetches: 2 }),
    ]

    expect(measuredFrom('gateway', samples, samples, 64)).toMatchObject({
      requests: 1_000,
      roundTrips: 0.19,
      commands: 0.76,
      keySetFetches: 3,
    })
  })

  it('is the first byte over the pass-through of the same round', () => {
    const passThrough = [1, 3].map((firstByteMs) => sample({ firstByteMs }))
    const samples = [7, 9].map((firstByteMs) => sample({ firstByteMs }))

    expect(measuredFrom('stock', samples, passThrough, 64).firstByteOver).toEqual({
      low: 6,
      median: 6,
      high: 6,
    })
  })

  it('is unknown where nobody was answered', () => {
    const none = sample({ requests: 0, microseconds: undefined, firstByteMs: undefined })

    const measured = measuredFrom('stock', [none, none], [sample({}), sample({})], 64)

    expect(measured).toEqual({
      target: 'stock',
      requests: 0,
      microseconds: undefined,
      ratio: undefined,
      roundTrips: undefined,
      commands: undefined,
      keySetFetches: 0,
      firstByteOver: undefined,
      residentMib: 64,
    })
  })

  it('leaves out a round in which nobody was answered', () => {
    const passThrough = [100, 100, 100].map((microseconds) => sample({ microseconds }))
    const samples = [200, undefined, 400].map((microseconds) => sample({ microseconds }))

    expect(measuredFrom('gateway', samples, passThrough, 64).ratio).toEqual({
      low: 2.5,
      median: 3,
      high: 3.5,
    })
  })
})
