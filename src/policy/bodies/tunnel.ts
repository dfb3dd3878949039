import * as v from 'valibot'
import type { Flaw } from './faults.ts'
import { isRecord, numeric, optional, present, text, truth } from './fields.ts'

const MISSING: Flaw = 'MISSING_PARAMETER: is required'
const NAME: Flaw = 'INVALID_PARAMETER: must be text of 1 to 255 characters, not all of them spaces'
const OBJECT: Flaw = 'INVALID_TUNNEL_CONFIG: must be an object'
const NUMBER: Flaw = 'INVALID_TUNNEL_CONFIG: must be a number'
const BOOLEAN: Flaw = 'INVALID_TUNNEL_CONFIG: must be true or false'

const name = text(NAME, (given) => given.trim() !== '' && given.length <= 255)

/**
 * The three settings that the API documents, by their kind alone: how small or large they may be is its business. It
 * stores whatever stands beside them.
 */
export const tunnelConfig = v.object({
  maxConnections: optional(numeric(NUMBER)),
  timeout: optional(numeric(NUMBER)),
  compression: optional(truth(BOOLEAN)),
})

const config = optional(v.pipe(v.custom<object>(isRecord, OBJECT), tunnelConfig))

export const tunnel = v.object({ name: v.pipe(present(MISSING), name), config }, MISSING)

export const tunnelChange = v.object({ name: optional(name), config })
