import { allow, type Decision, type Denial, deny } from '../contract/decision.ts'
import type { Fault, FaultCode } from '../policy/bodies/faults.ts'

/** A client that makes a hundred mistakes learns enough from the first ones. */
const MOST_ERRORS = 20

/** One fault is its own code; several are one VALIDATION_ERROR that names each, unless all of them are missing. */
export function verdictOn(faults: readonly Fault[]): Decision<void, FaultCode> {
  const [first] = faults
  if (!first) return allow()
  const { code } = first
  const alike = faults.every((fault) => fault.code === code)
  if (alike && code === 'MISSING_PARAMETER') {
    return deny(code, { missingFields: faults.map(({ field }) => field) })
  }
  return faults.length === 1
    ? refusal(first)
    : deny('VALIDATION_ERROR', { errors: faults.slice(0, MOST_ERRORS) })
}

function refusal({ code, field, reason }: Fault): Denial<FaultCode> {
  if (code === 'MISSING_SESSION_ID') return deny(code, { missingFields: [field] })
  if (code === 'INVALID_PARAMETER') return deny(code, { parameter: field, reason })
  return deny(code, { field: field || 'body', reason })
}
