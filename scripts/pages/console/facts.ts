import { element } from './element.ts'
import { number } from './numbers.ts'
import { moment } from './times.ts'

/** A name and what stands there; what is not there is left out. */
export type Fact = readonly [string, string | Node | undefined]

export function factList(facts: readonly Fact[]): HTMLElement {
  const known = facts.filter(([, value]) => value !== undefined && value !== '')
  return element(
    'dl',
    { class: 'facts' },
    ...known.map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, value)),
    ),
  )
}

/** Of fields that are told as they come, in words that a person would have them. */
export function factsOf(fields: Readonly<Record<string, unknown>>, prefix = ''): Fact[] {
  return Object.entries(fields).flatMap(([name, value]): Fact[] => {
    if (value === null || value === undefined) return []
    const words = `${prefix}${inWords(name)}`
    if (isRecord(value)) return factsOf(value, `${words}: `)
    return [[words, Array.isArray(value) ? value.map(plain).join(', ') : plain(value)]]
  })
}

/** `resetAt` is said "reset at". */
export function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

function plain(value: unknown): string {
  if (typeof value === 'number') return number(value)
  if (typeof value !== 'string') return JSON.stringify(value)
  return INSTANT.test(value) ? moment(value) : value
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
