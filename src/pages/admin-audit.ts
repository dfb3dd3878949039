import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Ports } from '../ports.ts'
import { answer, type Visit } from './page.ts'
import { timeOf } from './subject-document.ts'

const MOST = 1_000
const USUAL = '100'

/** Who changed which record, the newest first. */
export async function auditTrail(
  { exchange }: Visit,
  { records, now }: Pick<Ports, 'records' | 'now'>,
): Promise<Decision<Response, 'INVALID_PARAMETER' | 'CACHE_UNAVAILABLE'>> {
  const limit = exchange.url.searchParams.get('limit') ?? USUAL
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > MOST) {
    return deny('INVALID_PARAMETER', {
      parameter: 'limit',
      reason: `A whole number from 1 to ${MOST}`,
    })
  }
  const entries = await records.audit(Number(limit), now())
  if (!entries) return deny('CACHE_UNAVAILABLE')
  return allow(
    answer({ entries: entries.map((entry) => ({ ...entry, time: timeOf(entry.time) })) }),
  )
}
