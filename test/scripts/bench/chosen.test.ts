import { expect, it } from 'vitest'
import { chosenBy } from '../../../scripts/bench/chosen.ts'

const namesOf = (names: readonly string[]) => {
  const { scenarios, figures } = chosenBy(names)
  return { scenarios: scenarios.map(({ name }) => name), figures: figures.map(({ name }) => name) }
}

it.each([
  ['a scenario', ['cold'], { scenarios: ['cold'], figures: [] }],
  ['a figure', ['heap'], { scenarios: [], figures: ['heap'] }],
  ['both', ['sockets', 'busy'], { scenarios: ['busy'], figures: ['sockets'] }],
])('chooses by name: %s', (_, names, chosen) => {
  expect(namesOf(names)).toEqual(chosen)
})

it('chooses all when none is named', () => {
  const { scenarios, figures } = namesOf([])

  expect(scenarios).toContain('busy')
  expect(figures).toEqual(['connections', 'heap', 'starts', 'keys', 'outage', 'streams', 'sockets'])
})

it('has no two of one name', () => {
  const { scenarios, figures } = namesOf([])
  const all = [...scenarios, ...figures]

  expect(new Set(all).size).toBe(all.length)
})
