import { allow, type Decision, deny } from '../contract/decision.ts'
import { holds, isAdmin } from '../policy/principal.ts'
import type { Route } from '../policy/route.ts'
import { FEATURES, tiersWith } from '../policy/tiers.ts'
import type { Caller } from './identify.ts'

export type AccessCode = 'ADMIN_REQUIRED' | 'INSUFFICIENT_PERMISSIONS' | 'TIER_FEATURE_UNAVAILABLE'

/** May this caller use the route? An API key is the upstream's to judge: here it holds no right at all. */
export function authorize(caller: Caller, route: Route): Decision<void, AccessCode> {
  if (route.access === 'public') return allow()
  if (caller.kind !== 'user') {
    return route.permissions || route.feature
      ? deny('INSUFFICIENT_PERMISSIONS', { required: route.permissions ?? [] })
      : allow()
  }
  const { principal } = caller
  if (route.access === 'admin' && !isAdmin(principal)) return deny('ADMIN_REQUIRED')

  const missing = route.permissions?.filter((permission) => !holds(principal, permission)) ?? []
  if (missing.length > 0) return deny('INSUFFICIENT_PERMISSIONS', { required: route.permissions })

  if (route.feature && !FEATURES[principal.tier].includes(route.feature)) {
    return deny('TIER_FEATURE_UNAVAILABLE', {
      feature: route.feature,
      tier: principal.tier,
      availableIn: tiersWith(route.feature),
    })
  }
  return allow()
}
