import {
  CATALOGUE,
  isErrorCode,
  statusOf as statusOfCode,
} from '../../../src/contract/catalogue.ts'

export type Colour = 'blue' | 'sky' | 'green' | 'orange' | 'red' | 'purple' | 'grey'

const COLOURS: readonly Colour[] = ['orange', 'green', 'blue', 'sky', 'red', 'purple']

/**
 * A name keeps the colour that it was first seen in, however the names change places. What failed and what a limit
 * refused have the colours that they have among the answers, as far as these go.
 */
export class Colours {
  readonly #colours = new Map<string, Colour>()

  of(names: readonly string[]): ReadonlyMap<string, Colour> {
    for (const name of this.#colours.keys()) if (!names.includes(name)) this.#colours.delete(name)
    for (const name of names) {
      const taken = new Set(this.#colours.values())
      const free = [...wantedBy(name), ...COLOURS].find((colour) => !taken.has(colour)) ?? 'grey'
      if (!this.#colours.has(name)) this.#colours.set(name, free)
    }
    return this.#colours
  }
}

function wantedBy(name: string): readonly Colour[] {
  if (!isErrorCode(name)) return []
  const { category } = CATALOGUE[name]
  if (category === 'rate_limit') return ['purple']
  return statusOfCode(name) >= 500 ? ['red'] : []
}
