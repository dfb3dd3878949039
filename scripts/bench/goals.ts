import type { Figures } from './count-cases.ts'
import { FIGURE_GOALS } from './figure-goals.ts'
import { type Findings, measuredOf } from './findings.ts'
import type { Goal } from './goal.ts'
import type { Measured } from './measured.ts'

type Kind = keyof typeof KINDS
const KINDS = {
  ratio: {
    words: 'processor time, pass-through = 1',
    digits: 2,
    of: ({ ratio }: Measured) => ratio?.median,
  },
  roundTrips: {
    words: 'round trips per request',
    digits: 3,
    of: ({ roundTrips }: Measured) => roundTrips,
  },
  commands: {
    words: 'billed commands per request',
    digits: 2,
    of: ({ commands }: Measured) => commands,
  },
  firstByteOver: {
    words: 'first byte, ms over the pass-through',
    digits: 2,
    of: ({ firstByteOver }: Measured) => firstByteOver?.median,
  },
  keySetFetches: {
    words: 'key-set fetches once it is warm',
    digits: 0,
    of: ({ keySetFetches }: Measured) => keySetFetches,
  },
} as const

interface ScenarioGoals {
  /** A scenario's name; with a star at its end, all whose names begin so. */
  readonly scenario: string
  readonly atMost: Partial<Record<Kind, number>>
}

const SCENARIO_GOALS: readonly ScenarioGoals[] = [
  {
    scenario: 'busy',
    atMost: { ratio: 1.4, roundTrips: 0.1, commands: 0.4, firstByteOver: 0.2 },
  },
  { scenario: 'exact', atMost: { ratio: 2.2, roundTrips: 1, commands: 4.2 } },
  { scenario: 'cold', atMost: { ratio: 2.5, roundTrips: 1, firstByteOver: 6 } },
  { scenario: 'refused-user', atMost: { ratio: 0.7 } },
  { scenario: 'refused-address', atMost: { ratio: 0.65 } },
  { scenario: 'no-token', atMost: { ratio: 0.8, roundTrips: 0.1 } },
  { scenario: 'malformed', atMost: { ratio: 0.8, roundTrips: 0.1 } },
  { scenario: 'bad-signature', atMost: { ratio: 1.2, roundTrips: 0.1, keySetFetches: 0 } },
  { scenario: 'expired', atMost: { ratio: 1.2, roundTrips: 0.1, keySetFetches: 0 } },
  { scenario: 'upstream-500-*', atMost: { ratio: 1.7 } },
  { scenario: 'post-10-kb*', atMost: { ratio: 1.7 } },
  { scenario: 'megabyte', atMost: { ratio: 1.15 } },
]

/** Of what is no scenario. */
const OTHER_GOALS: readonly Goal[] = [
  ...FIGURE_GOALS,
  ...['refused-user', 'refused-address'].map((name) => counted(name, 'roundTripsPerHold', 1)),
  {
    what: 'bundle',
    figure: 'KiB gzip, without assets',
    atMost: 64,
    digits: 1,
    reached: ({ bundles }, target) => bundles.find((one) => one.target === target)?.gzipKib,
  },
]

/** Those of a scenario, for a figure; undefined where none is set. */
export function goalOf(scenario: string, kind: Kind): number | undefined {
  return SCENARIO_GOALS.find((goals) => isFor(goals, scenario))?.atMost[kind]
}

/** All, in the order in which they were set; those of a scenario that the run has not had among them. */
export function goalsOf({ scenarios }: Findings): Goal[] {
  const ofScenarios = SCENARIO_GOALS.flatMap((goals) => {
    const found = scenarios.map(({ name }) => name).filter((name) => isFor(goals, name))
    const names = found.length > 0 ? found : [goals.scenario]
    return names.flatMap((name) => goalsOfScenario(name, goals))
  })
  return [...ofScenarios, ...OTHER_GOALS]
}

function isFor({ scenario }: ScenarioGoals, name: string): boolean {
  return scenario.endsWith('*') ? name.startsWith(scenario.slice(0, -1)) : name === scenario
}

function goalsOfScenario(name: string, { atMost }: ScenarioGoals): Goal[] {
  const kinds: readonly Kind[] = [
    'ratio',
    'roundTrips',
    'commands',
    'firstByteOver',
    'keySetFetches',
  ]
  return kinds.flatMap((kind) => {
    const { words, digits, of } = KINDS[kind]
    const bound = atMost[kind]
    if (bound === undefined) return []
    return {
      what: name,
      figure: words,
      atMost: bound,
      digits,
      reached({ scenarios }, target) {
        const scenario = scenarios.find((one) => one.name === name)
        const measured = scenario && measuredOf(scenario, target)
        return measured && of(measured)
      },
    }
  })
}

/** Of a case that only the gateway is asked. */
function counted(name: string, figure: keyof Figures, atMost: number): Goal {
  return {
    what: name,
    figure: 'round trips per 2 s',
    atMost,
    digits: 1,
    reached: (findings, target) =>
      target === 'gateway'
        ? findings.counted.find((one) => one.name === name)?.figures[figure]
        : undefined,
  }
}
