import * as v from 'valibot'
import { isPublicUrl } from '../public-url.ts'
import type { Flaw } from './faults.ts'

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

const NUMERAL = /^-?\d{1,15}(?:\.\d{1,15})?$/

const NOT_AN_EMAIL: Flaw =
  'INVALID_EMAIL: must be an address such as ada@example.com, of at most 255 characters'
const NOT_PUBLIC: Flaw = 'INVALID_URL: must be an http(s) URL of a public host'

/** Absent, or null: many clients write null for what they leave out. */
export function optional<S extends v.GenericSchema>(schema: S) {
  return v.optional(v.nullable(schema))
}

/** The API's own idea of an address: whether somebody reads it, no pattern tells. */
export const email = text(NOT_AN_EMAIL, (given) => given.length <= 255 && EMAIL.test(given))

export const publicUrl = text(NOT_PUBLIC, isPublicUrl)

export function text(flaw: Flaw, isSound: (given: string) => boolean) {
  return v.custom<string>((given) => typeof given === 'string' && isSound(given), flaw)
}

/** As a number or as text: what stands in a form is text, and an API that stores it takes both. */
export function numeric(flaw: Flaw) {
  return v.custom<unknown>(
    (given) => typeof given === 'number' || (typeof given === 'string' && NUMERAL.test(given)),
    flaw,
  )
}

export function truth(flaw: Flaw) {
  return v.custom<unknown>(
    (given) => typeof given === 'boolean' || given === 'true' || given === 'false',
    flaw,
  )
}

/** Something was said; what exactly is judged by whatever follows. */
export function present(flaw: Flaw) {
  return v.custom<unknown>(
    (given) => (typeof given === 'string' ? given.trim() !== '' : Boolean(given)),
    flaw,
  )
}

export function isRecord(given: unknown): given is object {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}
