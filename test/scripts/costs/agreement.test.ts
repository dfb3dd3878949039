import { describe, expect, it } from 'vitest'
import { agreements, CASES, disagreements } from '../../../scripts/costs/agreement.ts'
import type { Benchmarks, Measured } from '../../../scripts/costs/benchmarks.ts'
import { simulate } from '../../../scripts/costs/simulate.ts'
import { VISITS } from '../../../scripts/costs/visits.ts'

/** As a turn of the benchmark has measured the built worker before a real Redis. */
const MEASURED = [
  ['busy', { requests: 1_165, roundTrips: 0.01345, commands: 0.05438 }],
  ['round-robin', { requests: 801, roundTrips: 0.4992, commands: 1.998 }],
  ['cold', { requests: 2_000, roundTrips: 1, commands: 4 }],
  ['no-token', { requests: 3_043, roundTrips: 0.005806, commands: 0.0413 }],
] as const

type Counted = Omit<Measured, 'processorUs'>

function benchmarksOf(measured: readonly (readonly [string, Counted])[]): Benchmarks {
  return {
    commit: '',
    processor: '',
    rounds: 1,
    scenarios: measured.map(([name, counted]) => ({
      name,
      about: '',
      gateway: { ...counted, processorUs: 0 },
      stock: undefined,
    })),
  }
}

const ONE_ISOLATE = {
  requestsPerDay: 10_000_000,
  users: 100_000,
  dataCentres: 1,
  isolates: 1,
}

/** As scripts/measure-visits.ts has measured the built worker before a real Redis. */
const VISITED = [
  ['person', 2.969],
  ['page', 1.16],
  ['program', 0.613],
] as const

describe('the simulation', () => {
  it.each(VISITED)(
    'comes within a tenth, and 0.04, of the commands that were measured of a visiting %s',
    async (name, commands) => {
      const visits = VISITS.filter((visit) => visit.name === name)
      const simulated = await simulate({ ...ONE_ISOLATE, visits }, 1)

      expect(Math.abs(simulated.commands - commands)).toBeLessThanOrEqual(commands / 10 + 0.04)
    },
  )

  it.each(MEASURED)(
    'comes within a tenth, and 0.01 round trips, of what was measured of %s',
    async (scenario, counted) => {
      const [found] = await agreements(benchmarksOf([[scenario, counted]]))

      const trips = Math.abs((found?.simulated.roundTrips ?? 0) - counted.roundTrips)
      const commands = Math.abs((found?.simulated.commands ?? 0) - counted.commands)
      expect(trips).toBeLessThanOrEqual(counted.roundTrips / 10 + 0.01)
      expect(commands).toBeLessThanOrEqual(counted.commands / 10 + 0.04)
    },
  )

  it('is compared with what was measured, and with nothing else', async () => {
    const found = await agreements(benchmarksOf(MEASURED.slice(0, 1)))

    expect(found.map(({ name }) => name)).toEqual(['busy'])
    expect(await agreements(undefined)).toEqual([])
    expect(CASES).toHaveLength(4)
  })

  it('is said to be wrong where it is', async () => {
    const counted = { requests: 1_460, roundTrips: 0.5, commands: 2 }
    const wrong = await agreements(benchmarksOf([MEASURED[0], ['round-robin', counted]]))

    expect(disagreements(wrong)).toEqual(['round-robin'])
  })
})
