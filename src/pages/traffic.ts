import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Ports } from '../ports.ts'
import { isSpan, SPANS } from '../watch/span.ts'
import { answer, type Visit } from './page.ts'
import { trafficDocument } from './traffic-document.ts'

/** What went through all isolates, step by step. */
export async function trafficPage(
  { exchange }: Visit,
  { traffic, now }: Pick<Ports, 'traffic' | 'now'>,
): Promise<Decision<Response, 'INVALID_PARAMETER' | 'CACHE_UNAVAILABLE'>> {
  const span = exchange.url.searchParams.get('span') ?? 'hour'
  if (!isSpan(span)) {
    const reason = `One of ${Object.keys(SPANS).join(', ')}`
    return deny('INVALID_PARAMETER', { parameter: 'span', reason })
  }
  const seen = await traffic.read(span, now())
  return seen ? allow(answer(trafficDocument(span, seen))) : deny('CACHE_UNAVAILABLE')
}
