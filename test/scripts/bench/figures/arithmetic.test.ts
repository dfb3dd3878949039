import { describe, expect, it } from 'vitest'
import {
  levelsOf,
  openFilesFrom,
  reachable,
} from '../../../../scripts/bench/figures/connections.ts'
import { isTrue, outageFrom } from '../../../../scripts/bench/figures/outage.ts'
import { socketedFrom } from '../../../../scripts/bench/figures/sockets.ts'
import { spreadOf } from '../../../../scripts/bench/figures/spread.ts'
import { startedFrom } from '../../../../scripts/bench/figures/starts.ts'
import { streamedFrom } from '../../../../scripts/bench/figures/streams.ts'

const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1)

describe('how something was spread', () => {
  it.each([
    ['a hundred', upTo(100), { median: 50, p95: 95, most: 100 }],
    ['twenty, in no order', upTo(20).reverse(), { median: 10, p95: 19, most: 20 }],
    ['one', [7], { median: 7, p95: 7, most: 7 }],
    ['numbers that sort otherwise as texts', [100, 9, 20], { median: 20, p95: 100, most: 100 }],
    ['nothing', [], undefined],
  ])('of %s', (_, values, spread) => {
    expect(spreadOf(values)).toEqual(spread)
  })
})

describe('connections', () => {
  const limits = `Limit                     Soft Limit           Hard Limit           Units
Max processes             95871                95871                processes
Max open files            1024                 20000                files
Max locked memory         8388608              8388608              bytes
`

  it('are as many as the highest limit of open files allows', () => {
    expect(openFilesFrom(limits)).toBe(20_000)
  })

  it.each([
    ['enough files', 6_000, 65_536, 6_000],
    ['not quite enough', 6_000, 20_000, 3_300],
    ['too few for so many', 6_000, 4_096, 649],
    ['as few as are common', 1_000, 1_024, 137],
  ])('are not more than each can have six files: %s', (_, wanted, openFiles, connections) => {
    expect(reachable(wanted, openFiles)).toBe(connections)
  })

  it('cost a multiple of what the fewest cost, of the same target', () => {
    const level = (connections: number, microseconds: number | undefined) => ({
      target: 'gateway' as const,
      connections,
      microseconds,
      roundTrips: 0.05,
      residentMib: connections,
    })
    const samples = [
      level(10, 100),
      level(1_000, 130),
      level(6_000, undefined),
      { ...level(10, 7), target: 'stock' as const },
      level(10, 300),
      level(1_000, 270),
      level(6_000, undefined),
    ]

    expect(levelsOf('gateway', samples)).toEqual({
      target: 'gateway',
      levels: [
        { connections: 10, microseconds: 200, slope: 1, roundTrips: 0.05, residentMib: 10 },
        { connections: 1_000, microseconds: 200, slope: 1, roundTrips: 0.05, residentMib: 1_000 },
        // Not every connection was answered in any round.
        {
          connections: 6_000,
          microseconds: undefined,
          slope: undefined,
          roundTrips: 0.05,
          residentMib: 6_000,
        },
      ],
    })
  })
})

describe('a start', () => {
  it('is compared with that of a worker that does nothing', () => {
    const spent = (answeredMs: number) => ({ listeningMs: 9, answeredMs, firstAnswerMs: 2 })

    const started = startedFrom([
      { target: 'empty', spent: [10, 30, 20].map(spent) },
      { target: 'gateway', spent: [50, 40, 90].map(spent) },
    ])

    expect(started.map(({ target, overEmptyMs }) => [target, overEmptyMs])).toEqual([
      ['empty', 0],
      ['gateway', 30],
    ])
  })
})

describe('an outage', () => {
  const NOW = 1_790_000_000_000

  it.each([
    ['as it is', ['100', '1790000060'], true],
    ['this very second', ['100', '1790000000'], true],
    ['none', ['', ''], false],
    ['a limit of 0', ['0', '1790000060'], false],
    ['a reset in 1970', ['100', '0'], false],
    ['a reset that is long over', ['100', '1789999000'], false],
    ['no number', ['many', 'soon'], false],
  ])('shows a limit that can be believed or not: %s', (_, [limit = '', reset = ''], believed) => {
    const headers = new Headers({ 'X-RateLimit-Limit': limit, 'X-RateLimit-Reset': reset })

    expect(isTrue(headers, NOW)).toBe(believed)
  })

  it('is told of each of the first requests, and of the later ones together', () => {
    const heard = [1_010, 1_005, 1_002, 1, 2, 1, 2, 3, 900].map((ms, n) => ({
      status: n < 8 ? 200 : 503,
      ms,
      isTrue: n !== 1,
    }))

    const outage = outageFrom('store hanging', 'gateway', heard)

    expect(outage.first.map(({ ms }) => ms)).toEqual([1_010, 1_005, 1_002, 1, 2])
    expect(outage).toMatchObject({
      laterMs: { median: 2, p95: 900, most: 900 },
      laterStatuses: [200, 503],
      requests: 9,
      untrueHeaders: 1,
    })
  })

  it('of which nobody heard more than the first says nothing of later ones', () => {
    const heard = [{ status: 200, ms: 10_000, isTrue: false }]

    expect(outageFrom('store hanging', 'stock', heard)).toMatchObject({
      laterMs: undefined,
      laterStatuses: [],
    })
  })
})

describe('an answer without rate-limit headers', () => {
  it('shows no limit', () => {
    expect(isTrue(new Headers(), 1_790_000_000_000)).toBe(false)
  })
})

describe('a stream', () => {
  const passThrough = { askedAt: 0, writtenAt: [1, 21, 41], arrivedAt: [2, 21.5, 41.5] }

  it('has its first byte over that of the same round, later delays and gaps of its own', () => {
    const streams = [
      // The second chunk is 4 ms late, and the third 1 ms: the gap before it is 3 ms too short.
      { askedAt: 100, writtenAt: [101, 121, 141], arrivedAt: [103, 125, 142] },
      { askedAt: 200, writtenAt: [201, 221, 241], arrivedAt: [205, 222, 242] },
    ]

    const streamed = streamedFrom('text/event-stream', 'gateway', streams, [
      passThrough,
      passThrough,
    ])

    expect(streamed).toEqual({
      type: 'text/event-stream',
      target: 'gateway',
      firstByteMs: { median: 3, p95: 5, most: 5 },
      firstByteOverMs: 2,
      delayMs: { median: 1, p95: 4, most: 4 },
      addedGapMs: { median: -3, p95: 0, most: 0 },
    })
  })
})

describe('a socket', () => {
  it('costs half of a round trip for each message, and what it takes more than the platform', () => {
    const turns = [
      { target: 'pass-through' as const, roundTrips: [10, 20, 30], processor: 60 },
      { target: 'gateway' as const, roundTrips: [90, 100, 110], processor: 300 },
      { target: 'pass-through' as const, roundTrips: [40, 40, 40], processor: 60 },
      { target: 'gateway' as const, roundTrips: [100, 100, 100], processor: 600 },
    ]

    expect(socketedFrom('gateway', turns)).toEqual({
      target: 'gateway',
      roundTripMicroseconds: { median: 100, p95: 110, most: 110 },
      overMicroseconds: 70,
      messageMicroseconds: 75,
    })
  })
})
