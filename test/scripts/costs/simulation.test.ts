import { describe, expect, it } from 'vitest'
import { placeOf } from '../../../scripts/costs/population.ts'
import { Random } from '../../../scripts/costs/random.ts'
import { type Point, simulate } from '../../../scripts/costs/simulate.ts'
import { steadyCommands } from '../../../scripts/costs/steady.ts'
import { gaps, inTurn, VISITS, type Visit } from '../../../scripts/costs/visits.ts'

const ONCE: Visit = { name: 'once', about: '', share: 1, burst: 1, bursts: 1, gapMs: 0 }
const FAST: Visit = { name: 'fast', about: '', share: 1, burst: 1, bursts: 50, gapMs: 100 }

function pointOf(differing: Partial<Point>): Point {
  return {
    requestsPerDay: 10_000_000,
    users: 10_000_000,
    dataCentres: 1,
    isolates: 1,
    visits: [FAST],
    ...differing,
  }
}

describe('simulated requests', () => {
  it('of users who come once ask the store once each, for 4 commands', async () => {
    const { roundTrips, commands } = await simulate(pointOf({ visits: [ONCE] }), 1)

    expect(roundTrips).toBeCloseTo(1, 2)
    expect(commands).toBeCloseTo(4, 2)
  })

  it('of fast users in one isolate are paid from leases', async () => {
    expect((await simulate(pointOf({}), 1)).commands).toBeLessThan(0.6)
  })

  it('cost more the more isolates share them, and never more than asking each time', async () => {
    const costs = []
    for (const isolates of [1, 4, 16, 64]) {
      costs.push((await simulate(pointOf({ isolates }), 1)).commands)
    }

    expect(costs).toEqual(costs.toSorted((one, other) => one - other))
    expect(costs.at(-1)).toBeGreaterThan(3.5)
    expect(costs.at(-1)).toBeLessThanOrEqual(4)
  })

  it('are the same whenever they are simulated from the same seed', async () => {
    const point = pointOf({ isolates: 4, visits: VISITS, users: 1_000 })

    expect(await simulate(point, 7)).toEqual(await simulate(point, 7))
    expect(await simulate(point, 7)).not.toEqual(await simulate(point, 8))
  })

  it('find a new isolate for each visit where there are few', async () => {
    const { starts, keyLooks } = await simulate(pointOf({ requestsPerDay: 1, users: 1 }), 1)

    expect(starts).toBeCloseTo(1 / 50, 3)
    expect(keyLooks).toBeCloseTo(starts, 9)
  })

  it('find their isolates awake where there are many', async () => {
    expect((await simulate(pointOf({}), 1)).starts).toBeLessThan(0.001)
  })

  it('are refused for next to nothing beyond a limit', async () => {
    const { refused, commands } = await simulate(pointOf({ users: 10 }), 1)

    expect(refused).toBeGreaterThan(0.7)
    expect(commands).toBeLessThan(0.2)
  })

  it('do not depend on how many users a sample stands for', async () => {
    const few = await simulate(pointOf({ visits: VISITS, isolates: 2 }), 1)
    const many = await simulate(
      pointOf({ visits: VISITS, isolates: 2, users: 1e9, requestsPerDay: 1e9 }),
      2,
    )

    expect(many.commands / few.commands).toBeGreaterThan(0.9)
    expect(many.commands / few.commands).toBeLessThan(1.1)
  })
})

describe('a user who goes on at the same pace', () => {
  it.each([
    ['too slowly for a lease', 0.25, 4],
    ['twice within a lease', 1, 2],
    ['faster than a lease reaches', 20, 4 / 21],
  ])('%s asks so much', async (_, perSecond, commands) => {
    expect(await steadyCommands({ perSecond, minute: 1_000_000 })).toBeCloseTo(commands, 1)
  })

  it('asks more often under a narrow limit', async () => {
    const wide = await steadyCommands({ perSecond: 1, minute: 1_000 })
    const narrow = await steadyCommands({ perSecond: 1, minute: 60 })

    expect(narrow).toBeGreaterThan(wide)
  })
})

describe('visits', () => {
  it('give the requests of each kind their share', () => {
    const requests = new Map<string, number>()
    let all = 0
    for (const { name, burst, bursts } of inTurn(VISITS)) {
      requests.set(name, (requests.get(name) ?? 0) + burst * bursts)
      all += burst * bursts
      if (all > 10_000) break
    }

    expect((requests.get('person') ?? 0) / all).toBeCloseTo(0.4, 2)
    expect((requests.get('page') ?? 0) / all).toBeCloseTo(0.4, 2)
    expect((requests.get('program') ?? 0) / all).toBeCloseTo(0.2, 2)
  })

  it('have a gap between any two of their requests', () => {
    expect([...gaps({ ...FAST, burst: 3, bursts: 2 }, new Random(1))]).toHaveLength(5)
  })
})

describe('a population', () => {
  it('has its busiest first and its idlest last', () => {
    expect(placeOf(0)).toBeCloseTo(0, 12)
    expect(placeOf(1)).toBeCloseTo(1, 12)
  })

  it('leaves to its busiest hundredth ln 2 parts of ln 101', () => {
    expect(placeOf(Math.log(2) / Math.log(101))).toBeCloseTo(0.01, 12)
  })
})

describe('chance', () => {
  it('is the same from the same seed', () => {
    const [one, other] = [new Random(3), new Random(3)]

    expect(Array.from({ length: 5 }, () => one.next())).toEqual(
      Array.from({ length: 5 }, () => other.next()),
    )
  })

  it('spreads over everything from 0 to 1', () => {
    const random = new Random(3)
    const tenths = new Set(Array.from({ length: 200 }, () => random.below(10)))

    expect([...tenths].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('makes gaps of the mean that is asked for', () => {
    const random = new Random(3)
    const sum = Array.from({ length: 20_000 }, () => random.gap(50)).reduce((so, gap) => so + gap)

    expect(sum / 20_000 / 50).toBeCloseTo(1, 1)
  })
})
