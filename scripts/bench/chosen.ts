import { FIGURES, type Figure } from './figures/figures.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

export interface Chosen {
  readonly scenarios: readonly Scenario[]
  readonly figures: readonly Figure[]
}

/** Those of these names; of no names, all. */
export function chosenBy(names: readonly string[]): Chosen {
  if (names.length === 0) return { scenarios: SCENARIOS, figures: FIGURES }
  const known = [...SCENARIOS, ...FIGURES].map(({ name }) => name)
  const unknown = names.find((name) => !known.some((one) => one === name))
  if (unknown !== undefined) {
    throw new Error(`no scenario or figure is called ${unknown}; there are ${known.join(', ')}`)
  }
  return {
    scenarios: SCENARIOS.filter(({ name }) => names.includes(name)),
    figures: FIGURES.filter(({ name }) => names.includes(name)),
  }
}
