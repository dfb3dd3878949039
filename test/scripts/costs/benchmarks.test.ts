import { describe, expect, it } from 'vitest'
import { benchmarksFrom, scenarioIn } from '../../../scripts/costs/benchmarks.ts'

const gateway = {
  target: 'gateway',
  requests: 1_704,
  microseconds: { low: 480, median: 487, high: 490 },
  roundTrips: 0.05,
  commands: 0.2,
}

function textWith(...measured: object[]): string {
  return JSON.stringify({
    machine: { commit: 'abc', processor: 'fast', cores: 2 },
    rounds: 3,
    scenarios: [{ name: 'busy', about: 'one user', measured }],
    leftOut: ['cold'],
  })
}

describe('what the benchmark has written', () => {
  it('is read for each scenario and target', () => {
    const benchmarks = benchmarksFrom(textWith(gateway))

    expect(benchmarks).toMatchObject({ commit: 'abc', processor: 'fast', rounds: 3 })
    expect(scenarioIn(benchmarks, 'busy')?.gateway).toEqual({
      requests: 1_704,
      roundTrips: 0.05,
      commands: 0.2,
      processorUs: 487,
    })
  })

  it('may lack a scenario', () => {
    expect(scenarioIn(benchmarksFrom(textWith(gateway)), 'cold')).toBeUndefined()
  })

  it('may lack a target', () => {
    expect(scenarioIn(benchmarksFrom(textWith(gateway)), 'busy')?.stock).toBeUndefined()
  })

  it('may hold a target that answered nobody', () => {
    const silent = { target: 'stock', requests: 0 }

    expect(scenarioIn(benchmarksFrom(textWith(silent)), 'busy')?.stock).toBeUndefined()
  })

  it.each([
    ['a list', '[]'],
    ['a number', '7'],
    ['no rounds', JSON.stringify({ machine: { commit: 'a', processor: 'b' }, scenarios: [] })],
    ['a count that is none', textWith({ ...gateway, commands: 'few' })],
  ])('is refused when it is %s', (_, text) => {
    expect(() => benchmarksFrom(text)).toThrow('these are no benchmarks')
  })
})
