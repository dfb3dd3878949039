import type { Denial, Details } from '../contract/decision.ts'
import type { Exchange } from '../exchange.ts'
import { isNamedByClient } from '../policy/parameters.ts'
import { instantOf } from './instant.ts'
import type { Decider } from './journey-steps.ts'

/** What decided, in the words of the tables and the settings. Never a client's words. */
export type Decided = Readonly<Record<string, unknown>>

/** As INVALID_TOKEN's causes name them; its others are rules of the form. */
const CLAIMS = ['issuer', 'aud', 'nonce', 'at_hash', 'sub', 'iat', 'nbf', 'exp']

type Told = (exchange: Exchange, denial: Denial) => Decided

const ofLimit: Told = ({ verdict, route }, { code }) => {
  if (code === 'CACHE_UNAVAILABLE') return { rule: 'store away', limit: route?.limit }
  switch (verdict?.outcome) {
    case 'revoked':
      return { claim: 'revoked' }
    case 'busy':
      return { limit: 'concurrency' }
    case 'refused': {
      const { reading, retryAt, blocked, subject } = verdict
      const [who = ''] = subject.split(':', 1)
      const until = instantOf(retryAt)
      return blocked
        ? { rule: 'blocked', subject: who, until }
        : { limit: limitNamed(who, reading.windowId), until }
    }
    default:
      return {}
  }
}

/** In a word for each decider, what the exchange and its denial still show of the reason. */
const TOLD: Readonly<Record<Decider, Told>> = {
  settings: () => ({ rule: 'settings' }),
  fault: () => ({}),
  https: () => ({ rule: 'https' }),
  match: (_, { code, details }) => ({
    rule: code === 'VALIDATION_ERROR' ? details?.reason : details ? 'method' : 'path',
  }),
  recall: ofLimit,
  meter: ofLimit,
  identify: ({ route }, { code, cause = '' }) => {
    switch (code) {
      case 'MISSING_TOKEN':
        return { rule: 'access', access: route?.access }
      case 'TOKEN_EXPIRED':
        return { claim: 'exp' }
      case 'EXTERNAL_SERVICE_UNAVAILABLE':
        return { rule: 'signing keys away' }
      default:
        return CLAIMS.includes(cause) ? { claim: cause } : { rule: cause }
    }
  },
  authorize: ({ route }, { code, details }) => {
    if (code === 'ADMIN_REQUIRED') return { rule: 'access', access: route?.access }
    if (code === 'TIER_FEATURE_UNAVAILABLE' || details?.feature) {
      return { feature: route?.feature, tier: details?.requiredTier }
    }
    return details?.required
      ? { permission: route?.permissions }
      : { anyPermission: route?.anyPermission }
  },
  exempt: () => ({ rule: 'exemption' }),
  qualify: () => ({ rule: 'exemption' }),
  page: ({ route }, { cause, details }) => ({
    rule: route?.page,
    parameter: details?.parameter,
    cause,
  }),
  loop: () => ({ rule: 'loop' }),
  validate: ({ route }, { code, details = {} }) => ({
    rule: details.reason ?? code,
    fields: fieldsOf(details, route?.path ?? ''),
  }),
  signOut: () => ({ rule: 'store away' }),
  vouch: () => ({ rule: 'signing key' }),
  // The upstream was not to blame where the body was no good on its way.
  forward: (_, { cause, details }) => ({
    rule: cause?.startsWith('upstream ') ? cause : details?.reason,
  }),
  normalize: ({ outcome }) => ({
    rule: 'upstream answer',
    upstreamStatus: outcome?.kind === 'answered' ? outcome.response.status : undefined,
  }),
  begin: () => ({ rule: 'upstream cut' }),
}

export function decidedBy(decider: Decider, exchange: Exchange, denial: Denial): Decided {
  return { step: decider, ...TOLD[decider](exchange, denial) }
}

/** As the figures call it: a narrower limit's window has its name in it, any other its subject's kind before it. */
function limitNamed(who: string, windowId = ''): string {
  return windowId.includes(':') ? windowId : `${who}:${windowId}`
}

/** The names at fault. The client may have made up the one of an id in its query. */
function fieldsOf(
  { missingFields, field, parameter, errors }: Details,
  pattern: string,
): readonly string[] | undefined {
  const inTheTables = (name: unknown) => (isNamedByClient(name, pattern) ? 'query' : name)
  const names = [
    ...listOf(missingFields),
    field,
    inTheTables(parameter),
    ...listOf(errors).map((fault) => nameIn(fault, inTheTables)),
  ].filter((name) => typeof name === 'string')
  return names.length > 0 ? names : undefined
}

function nameIn(fault: unknown, inTheTables: (name: unknown) => unknown): unknown {
  if (typeof fault !== 'object' || fault === null || !('field' in fault)) return undefined
  const isParameter = 'code' in fault && fault.code === 'INVALID_PARAMETER'
  return isParameter ? inTheTables(fault.field) : fault.field
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
