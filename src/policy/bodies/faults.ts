import * as v from 'valibot'
import type { ErrorCode } from '../../contract/catalogue.ts'

export const FAULT_CODES = [
  'MISSING_PARAMETER',
  'INVALID_PARAMETER',
  'INVALID_EMAIL',
  'INVALID_URL',
  'MISSING_SESSION_ID',
  'INVALID_TUNNEL_CONFIG',
  'VALIDATION_ERROR',
] as const satisfies readonly ErrorCode[]

export type FaultCode = (typeof FAULT_CODES)[number]

/** A schema's message: the code that a fault becomes, and what is asked for in its place. */
export type Flaw = `${FaultCode}: ${string}`

export interface Fault {
  readonly code: FaultCode
  /** Where, by the names that the schema knows; empty for the whole body. Never a client's text. */
  readonly field: string
  readonly reason: string
}

const NOT_AN_OBJECT = { code: 'VALIDATION_ERROR', reason: 'must be a JSON object' } as const

/** Everything that is wrong with a value. */
export function faultsIn(value: unknown, schema: v.GenericSchema): readonly Fault[] {
  return (v.safeParse(schema, value).issues ?? []).map(faultFrom)
}

function faultFrom({ path, message }: v.BaseIssue<unknown>): Fault {
  const field = (path ?? []).map(({ key }) => String(key)).join('.')
  // An object's message speaks of the fields that it lacks.
  if (field === '') return { ...NOT_AN_OBJECT, field }
  const [name, ...reason] = message.split(': ')
  const code = FAULT_CODES.find((known) => known === name) ?? 'VALIDATION_ERROR'
  return { code, field, reason: reason.join(': ') }
}
