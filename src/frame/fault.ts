import { redacted } from '../watch/redacted.ts'

/** What the log may know of something that nobody foresaw. The client learns none of it. */
export function recordOfFault(fault: unknown, correlationId: string) {
  const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
  return { event: 'fault', correlationId, fault: redacted(text) }
}
