import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Ports } from '../ports.ts'
import { eventDocument } from '../watch/anomaly-event.ts'
import { listLimit } from './list-limit.ts'
import { answer, type Visit } from './page.ts'

/** What left its usual band and what came back, the newest first. */
export async function recentEvents(
  { exchange }: Visit,
  { events, now }: Pick<Ports, 'events' | 'now'>,
): Promise<Decision<Response, 'INVALID_PARAMETER' | 'CACHE_UNAVAILABLE'>> {
  const limit = listLimit(exchange.url)
  if (!limit.allowed) return limit
  const recent = await events.recent(limit.value, now())
  if (!recent) return deny('CACHE_UNAVAILABLE')
  return allow(answer({ events: recent.map((event) => eventDocument(event)) }))
}
