import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Ports } from '../ports.ts'
import { listLimit } from './list-limit.ts'
import { answer, type Visit } from './page.ts'
import { timeOf } from './subject-document.ts'

/** Who changed which record, the newest first. */
export async function auditTrail(
  { exchange }: Visit,
  { records, now }: Pick<Ports, 'records' | 'now'>,
): Promise<Decision<Response, 'INVALID_PARAMETER' | 'CACHE_UNAVAILABLE'>> {
  const limit = listLimit(exchange.url)
  if (!limit.allowed) return limit
  const entries = await records.audit(limit.value, now())
  if (!entries) return deny('CACHE_UNAVAILABLE')
  return allow(
    answer({ entries: entries.map((entry) => ({ ...entry, time: timeOf(entry.time) })) }),
  )
}
