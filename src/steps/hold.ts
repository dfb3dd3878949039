import type { Charge, Verdict } from '../policy/charge.ts'
import type { Limits } from '../policy/windows.ts'
import { type Admission, subjectOf } from './bill.ts'

/** A wait at whose end there will be room for so many of the subject's requests. */
interface Hold {
  readonly subject: string
  readonly waitMs: number
  readonly most: number
}

/** After this time another isolate's word about requests that had just come is forgotten. */
const ELSEWHERE_MS = 550

/**
 * The wait of a request that its user's minute refuses, where the tier waits so long; or that other isolates' requests
 * leave no room for: they may have ended meanwhile.
 */
export function holdFor(
  admitted: Admission | undefined,
  { cost, now }: Charge,
  verdict: Verdict,
  { queueSeconds, concurrency }: Limits,
): Hold | undefined {
  if (admitted?.caller.kind !== 'user') return undefined
  const { principal } = admitted.caller
  const subject = subjectOf(principal)
  if (verdict.outcome === 'busy') {
    return { subject, waitMs: ELSEWHERE_MS, most: concurrency[principal.tier] }
  }
  if (verdict.outcome !== 'refused' || verdict.blocked) return undefined
  if (verdict.code !== 'RATE_LIMIT_EXCEEDED_USER') return undefined
  const waitMs = verdict.retryAt - now
  if (waitMs > queueSeconds[principal.tier] * 1000) return undefined
  return { subject, waitMs, most: Math.floor(verdict.reading.limit / cost) }
}
