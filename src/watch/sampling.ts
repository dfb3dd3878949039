import type { Answered, Exchange, Trace } from '../exchange.ts'

/** Why an exchange is worth a trace. */
export type Worth =
  /** An answer of status 5xx. */
  | 'fault'
  /** Any other error. */
  | 'refusal'
  /** The caller records its part of the trace. */
  | 'asked'
  /** The trace began here, and is one of the share. */
  | 'share'

/** Known at the end alone. Undefined: it is let go. */
export function worthOf({ trace, denial }: Exchange, { status }: Answered): Worth | undefined {
  if (status >= 500) return 'fault'
  if (denial) return 'refusal'
  if (!isSampled(trace)) return undefined
  return trace.parentId ? 'asked' : 'share'
}

/**
 * One trace in sixteen: what is asked a few times a minute is seen within minutes, at a sixteenth of the cost. By the
 * last 56 bits of its id and the threshold f0000000000000, as OpenTelemetry has it: whoever samples as much or more by
 * the same rule keeps the same traces.
 */
export function isInShare(traceId: string): boolean {
  return traceId.charAt(18) === 'f'
}

export function isSampled({ traceparent }: Trace): boolean {
  return (Number(traceparent.charAt(54)) & 1) === 1
}

export function traceIdOf({ traceparent }: Trace): string {
  return traceparent.slice(3, 35)
}
