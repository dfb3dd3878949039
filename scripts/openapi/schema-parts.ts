import type * as v from 'valibot'

/** A schema of the policy, as far as those of bodies go. */
export interface Parts {
  readonly type: string
  /** What is said of a value that does not pass: `CODE: what is asked for`. */
  readonly message: string | undefined
  /** Of an object, its fields. */
  readonly fields: Readonly<Record<string, v.GenericSchema>>
  /** Of a pipe, its schemas one after another; of what may be left out or null, the schema of what may be there. */
  readonly within: readonly v.GenericSchema[]
}

export function partsOf(schema: v.GenericSchema): Parts {
  const { type } = schema
  const pipe = 'pipe' in schema && Array.isArray(schema.pipe) ? schema.pipe.filter(isSchema) : []
  const fields = 'entries' in schema && isRecord(schema.entries) ? schema.entries : {}
  const wrapped = 'wrapped' in schema && isSchema(schema.wrapped) ? [schema.wrapped] : []
  const message =
    'message' in schema && typeof schema.message === 'string' ? schema.message : undefined
  return {
    type: pipe.length > 0 ? 'pipe' : type,
    message: pipe.length > 0 ? undefined : message,
    fields: Object.fromEntries(Object.entries(fields).filter(hasSchema)),
    within: pipe.length > 0 ? pipe : wrapped,
  }
}

function hasSchema(entry: [string, unknown]): entry is [string, v.GenericSchema] {
  return isSchema(entry[1])
}

function isSchema(given: unknown): given is v.GenericSchema {
  return isRecord(given) && given.kind === 'schema'
}

function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null
}
