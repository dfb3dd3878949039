import type * as v from 'valibot'
import { partsOf } from './schema-parts.ts'

export type Json = Readonly<Record<string, unknown>>

const NUMERAL = '^-?\\d{1,15}(?:\\.\\d{1,15})?$'

/** What a check of the policy looks like in JSON Schema, by what it says. It may let pass what the edge refuses. */
const CHECKS: Readonly<Record<string, Json>> = {
  'is required': { not: { enum: [null, false, 0, ''] } },
  'must be an object': { type: 'object' },
  'must be a number': { anyOf: [{ type: 'number' }, { type: 'string', pattern: NUMERAL }] },
  'must be true or false': { enum: [true, false, 'true', 'false'] },
  'must be text of 1 to 255 characters, not all of them spaces': {
    type: 'string',
    maxLength: 255,
    pattern: '\\S',
    examples: ['Home'],
  },
  'must be an address such as ada@example.com, of at most 255 characters': {
    type: 'string',
    maxLength: 255,
    pattern: '^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$',
    examples: ['ada@example.com'],
  },
  'must be an http(s) URL of a public host': {
    type: 'string',
    format: 'uri',
    examples: ['https://example.com/hook'],
  },
}

/** A body's schema as JSON Schema (2020-12). Fields that nobody names are free. */
export function jsonSchemaOf(schema: v.GenericSchema): Json {
  const { type, message, fields, within } = partsOf(schema)
  switch (type) {
    case 'object':
      return objectOf(fields)
    case 'pipe':
      return within.length === 1 ? (all(within)[0] ?? {}) : { allOf: all(within) }
    case 'optional':
      return all(within)[0] ?? {}
    case 'nullable':
      return { anyOf: [...all(within), { type: 'null' }] }
    case 'custom':
      return checkOf(message ?? '')
    default:
      throw new Error(`no JSON Schema is known for a body's ${type}`)
  }
}

function all(schemas: readonly v.GenericSchema[]): Json[] {
  return schemas.map(jsonSchemaOf)
}

function objectOf(fields: Readonly<Record<string, v.GenericSchema>>): Json {
  const entries = Object.entries(fields)
  const required = entries
    .filter(([, field]) => partsOf(field).type !== 'optional')
    .map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, field]) => [name, jsonSchemaOf(field)])),
    ...(required.length > 0 && { required }),
  }
}

function checkOf(message: string): Json {
  const [code, reason = ''] = message.split(/: (.*)/s)
  const check = CHECKS[reason]
  if (!check) throw new Error(`no JSON Schema is known for: ${message}`)
  return { ...check, description: `${reason}, else ${code}` }
}
