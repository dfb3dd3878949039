import { added, bounded, NOTHING } from './adding.ts'
import type { Measures } from './measures.ts'
import { measuresFrom, textOf } from './measures-text.ts'

/** What everybody saw in a minute or longer. */
export interface Seen {
  readonly measures: Measures
  /** How many isolates told of one minute, at most. */
  readonly isolates: number
}

export const NOBODY: Seen = { measures: NOTHING, isolates: 0 }

/** Of several times, however they are put together. */
export function together(some: readonly Seen[]): Seen {
  return {
    measures: bounded(some.map(({ measures }) => measures).reduce(added, NOTHING)),
    isolates: Math.max(0, ...some.map(({ isolates }) => isolates)),
  }
}

/** Of one minute: its letters by their names, `<isolate>-<number>`. One that cannot be read counts for nothing. */
export function seenIn(letters: Readonly<Record<string, unknown>>): Seen {
  const told = Object.values(letters).flatMap((letter) => measuresFrom(letter) ?? [])
  const isolates = new Set(Object.keys(letters).map((name) => name.split('-', 1)[0]))
  return { measures: bounded(told.reduce(added, NOTHING)), isolates: isolates.size }
}

export function textOfSeen({ measures, isolates }: Seen): string {
  return `{"i":${isolates},"m":${textOf(measures)}}`
}

/** From what a client of the store has read out of the text. Undefined: there was none, or somebody spoiled it. */
export function seenFrom(told: unknown): Seen | undefined {
  if (typeof told !== 'object' || told === null || !('i' in told) || !('m' in told))
    return undefined
  const measures = measuresFrom(told.m)
  return measures && typeof told.i === 'number' ? { measures, isolates: told.i } : undefined
}
