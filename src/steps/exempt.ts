import { allow, type Decision, deny } from '../contract/decision.ts'
import { type ExemptionRule, exemptionOf } from '../policy/exemptions.ts'
import type { Route } from '../policy/route.ts'

/** Whoever claims a rule with `X-RateLimit-Exempt` must qualify for it; whoever qualifies need not claim it. */
export function exempt(
  headers: Headers,
  route: Route,
): Decision<ExemptionRule | undefined, 'RATE_LIMIT_EXEMPTION_DENIED'> {
  const claimed = headers.get('X-RateLimit-Exempt')
  const granted = exemptionOf(route)
  return claimed === null || claimed === granted
    ? allow(granted)
    : deny('RATE_LIMIT_EXEMPTION_DENIED')
}
