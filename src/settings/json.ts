import * as v from 'valibot'

/** A setting that is written as JSON. */
export function json<T extends v.GenericSchema<unknown, unknown>>(schema: T) {
  return v.pipe(v.string(), v.parseJson(undefined, 'is not JSON'), schema)
}

/** A setting that is a whole number, at least 1. */
export const wholeNumber = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,15}$/, 'must be a whole number of at least 1'),
  v.transform(Number),
)
