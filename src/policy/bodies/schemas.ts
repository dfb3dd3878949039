import * as v from 'valibot'
import type { Flaw } from './faults.ts'
import { email, optional, present, publicUrl } from './fields.ts'
import { tunnel, tunnelChange, tunnelConfig } from './tunnel.ts'

const PROFILE: Flaw = 'INVALID_PARAMETER: must be an object'
const SESSION: Flaw = 'MISSING_SESSION_ID: is required'

/**
 * What a route can ask of its bodies. Never more than the API behind it asks: fields that are not named here pass, and
 * so does what is only known to be odd.
 */
export const SCHEMAS = {
  tunnel,
  tunnelChange,
  tunnelConfig,
  email: v.object({
    email: optional(email),
    recipientEmail: optional(email),
    profile: optional(v.object({ email: optional(email) }, PROFILE)),
  }),
  webhook: v.object({
    url: optional(publicUrl),
    webhookUrl: optional(publicUrl),
    callbackUrl: optional(publicUrl),
  }),
  session: v.object({ sessionId: present(SESSION) }, SESSION),
} as const satisfies Readonly<Record<string, v.GenericSchema>>
