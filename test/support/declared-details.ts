import { DETAILS, type Detail, type Kind } from '../../scripts/reference/details.ts'
import { isErrorCode } from '../../src/contract/catalogue.ts'

const KINDS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  strings: (value) => isListOf(value, (item) => typeof item === 'string'),
  object: isObject,
  objects: (value) => isListOf(value, isObject),
}

/** Members of an error's `details` that the reference does not have, or has as another kind. */
export function undeclaredIn(headers: Headers, text: string): readonly string[] {
  // An upstream that speaks the contract says more than anybody could list.
  if (headers.get('X-Gateway-Error-Source') !== 'gateway' || text === '') return []
  const { code, details = {} } = JSON.parse(text).error
  const declared = isErrorCode(code) ? DETAILS[code] : []
  return Object.entries(details)
    .filter(([name, value]) => !declared.some((detail) => fits(detail, name, value)))
    .map(([name]) => `${code} ${name}`)
}

function fits(detail: Detail, name: string, value: unknown): boolean {
  return detail.name === name && KINDS[detail.kind](value)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}
