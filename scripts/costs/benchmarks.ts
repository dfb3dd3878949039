import type { Use } from './bill.ts'

/** What the cost page needs of the benchmark: what each target used per request in each scenario. */
export interface Benchmarks {
  readonly commit: string
  readonly processor: string
  readonly rounds: number
  readonly scenarios: readonly MeasuredScenario[]
}

export interface MeasuredScenario {
  readonly name: string
  readonly about: string
  readonly gateway: Measured | undefined
  readonly stock: Measured | undefined
}

export interface Measured extends Use {
  readonly requests: number
  readonly roundTrips: number
}

/** From the benchmark's JSON; throws when it is something else. A target that answered nobody is undefined. */
export function benchmarksFrom(text: string): Benchmarks {
  const { machine, rounds, scenarios } = partsOf(JSON.parse(text))
  return {
    commit: stringIn(machine, 'commit'),
    processor: stringIn(machine, 'processor'),
    rounds: numberIn({ rounds }, 'rounds'),
    scenarios: listOf(scenarios).map((scenario) => ({
      name: stringIn(scenario, 'name'),
      about: stringIn(scenario, 'about'),
      gateway: measuredIn(scenario, 'gateway'),
      stock: measuredIn(scenario, 'stock'),
    })),
  }
}

export function scenarioIn(of: Benchmarks | undefined, name: string): MeasuredScenario | undefined {
  return of?.scenarios.find((scenario) => scenario.name === name)
}

function measuredIn(scenario: unknown, target: string): Measured | undefined {
  const found = listOf(partsOf(scenario).measured).find((one) => stringIn(one, 'target') === target)
  const { roundTrips, commands, microseconds } = partsOf(found ?? {})
  if (roundTrips === undefined || commands === undefined || microseconds === undefined) {
    return undefined
  }
  return {
    requests: numberIn(found, 'requests'),
    roundTrips: numberIn(found, 'roundTrips'),
    commands: numberIn(found, 'commands'),
    processorUs: numberIn(microseconds, 'median'),
  }
}

function partsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw malformed(value)
  return { ...value }
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(value)
  return value
}

function stringIn(value: unknown, name: string): string {
  const part = partsOf(value)[name]
  if (typeof part !== 'string') throw malformed(part, name)
  return part
}

function numberIn(value: unknown, name: string): number {
  const part = partsOf(value)[name]
  if (typeof part !== 'number') throw malformed(part, name)
  return part
}

function malformed(value: unknown, name = 'it'): TypeError {
  return new TypeError(`these are no benchmarks: ${name} is ${JSON.stringify(value)}`)
}
