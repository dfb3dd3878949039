import { challenge } from '../contract/challenge.ts'
import { allow, type Decision, deny } from '../contract/decision.ts'
import { holds, isAdmin } from '../policy/principal.ts'
import type { Route } from '../policy/route.ts'
import { FEATURES, type Tier, tiersWith, UPGRADE_URL } from '../policy/tiers.ts'
import type { Caller } from './identify.ts'

export type AccessCode = 'ADMIN_REQUIRED' | 'INSUFFICIENT_PERMISSIONS' | 'TIER_FEATURE_UNAVAILABLE'

/** May this caller use the route? An API key is the upstream's to judge: here it holds no right at all. */
export function authorize(caller: Caller, route: Route): Decision<void, AccessCode> {
  const { access, permissions = [], anyPermission = [], feature } = route
  if (access === 'public') return allow()
  const principal = caller.kind === 'user' ? caller.principal : undefined
  const has = (permission: string) => principal !== undefined && holds(principal, permission)

  if (access === 'admin' && !(principal && isAdmin(principal))) {
    return deny('ADMIN_REQUIRED', { requiredRole: 'admin' })
  }
  if (!permissions.every(has)) return lacking({ required: permissions }, permissions)
  if (anyPermission.length > 0 && !anyPermission.some(has)) {
    return lacking({ requiredAny: anyPermission })
  }
  if (!feature) return allow()
  if (!principal) return lacking({ feature })
  return FEATURES[principal.tier].includes(feature) ? allow() : outOf(principal.tier, feature)
}

/** RFC 6750, section 3.1. Of alternatives no scope is named: it would ask for all of them. */
function lacking(details: Readonly<Record<string, unknown>>, scope: readonly string[] = []) {
  const headers = { 'WWW-Authenticate': challenge('insufficient_scope', scope) }
  return deny('INSUFFICIENT_PERMISSIONS', details, headers)
}

function outOf(userTier: Tier, feature: string) {
  const [requiredTier] = tiersWith(feature)
  return deny('TIER_FEATURE_UNAVAILABLE', {
    feature,
    userTier,
    requiredTier,
    upgradeUrl: UPGRADE_URL,
  })
}
