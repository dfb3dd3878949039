import type * as v from 'valibot'
import { FAULT_CODES, type FaultCode } from '../../src/policy/bodies/faults.ts'
import { SCHEMAS } from '../../src/policy/bodies/schemas.ts'
import { carriesContent, type Operation } from './operation.ts'
import { partsOf } from './schema-parts.ts'

/** The codes that a body's faults can have: each schema that asks for something names its own. */
export function flawCodesOf({ route: { body }, method }: Operation): readonly FaultCode[] {
  if (!body || body === 'json' || !carriesContent(method)) return []
  const flaws = flawsIn(SCHEMAS[body])
  return FAULT_CODES.filter((code) => flaws.some((flaw) => flaw.startsWith(`${code}: `)))
}

function flawsIn(schema: v.GenericSchema): readonly string[] {
  const { message, fields, within } = partsOf(schema)
  return [
    ...(message === undefined ? [] : [message]),
    ...[...Object.values(fields), ...within].flatMap(flawsIn),
  ]
}
