import { exemptionOf } from '../policy/exemptions.ts'
import { LIMITS, type LimitTable, type WindowLimits } from '../policy/limits.ts'
import type { Route } from '../policy/route.ts'
import { TIERS, tiersWith } from '../policy/tiers.ts'

/** A request that costs more than a limit it is charged to would be refused for ever, whatever `Retry-After` says. */
export function costProblems(
  routes: readonly Route[] = [],
  limits: LimitTable = LIMITS,
): readonly string[] {
  return routes.flatMap((route, index) => {
    const lower = chargedLimits(route, limits)
      .filter(([, windows]) => smallestOf(windows) < (route.cost ?? 1))
      .map(([name]) => name)
    if (lower.length === 0) return []
    return [
      `ROUTES.${index}.cost: nobody could pay it, these limits are lower: ${lower.join(', ')}`,
    ]
  })
}

type NamedLimits = readonly (readonly [name: string, windows: WindowLimits])[]

function chargedLimits(route: Route, { ip, key, tiers, routes }: LimitTable): NamedLimits {
  const admitted = route.feature ? tiersWith(route.feature) : TIERS
  const general = [
    ...(route.access === 'userOrKey' ? [['key', key] as const] : []),
    ...admitted.map((tier) => [`tiers.${tier}`, tiers[tier]] as const),
  ]
  const own = route.limit ? routes[route.limit] : undefined
  return [
    ['ip', ip],
    ...(exemptionOf(route) ? [] : general),
    ...(own ? [[`routes.${route.limit}`, own.windows] as const] : []),
  ]
}

/** A limit on trial refuses nobody. */
function smallestOf(windows: WindowLimits): number {
  const enforced = Object.values(windows).filter((limit) => typeof limit === 'number')
  return Math.min(...enforced)
}
