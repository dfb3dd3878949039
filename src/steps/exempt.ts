import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Exchange } from '../exchange.ts'
import { type ExemptionRule, exemptionOf } from '../policy/exemptions.ts'
import type { Route } from '../policy/route.ts'

type Denied = 'RATE_LIMIT_EXEMPTION_DENIED'

/** Whoever claims a rule with `X-RateLimit-Exempt` must qualify for it; whoever qualifies need not claim it. */
export function exempt(
  headers: Headers,
  route: Route,
  exchange: Exchange,
): Decision<ExemptionRule | undefined, Denied> {
  const claimed = headers.get('X-RateLimit-Exempt')
  const granted = exemptionOf(route)
  if (granted) exchange.exemption = granted
  if (claimed === null || claimed === granted) return allow(granted)
  if (claimed !== 'operator') return deny('RATE_LIMIT_EXEMPTION_DENIED')
  exchange.claimsOperator = true
  return allow(granted)
}

/** Whom an operator has exempted, the store alone knows: such a claim is judged once the request has been counted. */
export function qualify({ claimsOperator, verdict }: Exchange): Decision<void, Denied> {
  return claimsOperator && !verdict?.exempt ? deny('RATE_LIMIT_EXEMPTION_DENIED') : allow()
}
