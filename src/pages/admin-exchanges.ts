import { allow, type Decision, deny } from '../contract/decision.ts'
import { ACCEPTABLE_ID } from '../policy/correlation-id.ts'
import type { Ports } from '../ports.ts'
import { answer, type Visit } from './page.ts'

/**
 * How what had that correlation id, or is that exchange, came to its error. Of most there is nothing, and that is no
 * error: good answers are not explained, nor all others.
 */
export async function exchanges(
  { exchange }: Visit,
  { explanations }: Pick<Ports, 'explanations'>,
): Promise<Decision<Response, 'INVALID_PARAMETER' | 'CACHE_UNAVAILABLE'>> {
  const [, , , , segment = ''] = exchange.url.pathname.split('/')
  const id = decodeURIComponent(segment)
  if (!ACCEPTABLE_ID.test(id)) {
    const reason =
      'A correlation id or the gateway’s own id of an exchange: 8 to 128 letters, digits, dots, colons, dashes and underscores'
    return deny('INVALID_PARAMETER', { parameter: 'exchange', reason })
  }
  const found = await explanations.find(id)
  if (!found) return deny('CACHE_UNAVAILABLE')
  const [first] = found
  return allow(answer({ correlationId: first?.correlationId ?? id, exchanges: found }))
}
