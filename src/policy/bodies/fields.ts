import * as v from 'valibot'
import { isPublicUrl } from '../public-url.ts'
import type { Flaw } from './faults.ts'

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

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

export function wholeNumber(flaw: Flaw) {
  return v.custom<number>((given) => Number.isSafeInteger(given) && Number(given) >= 0, flaw)
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
