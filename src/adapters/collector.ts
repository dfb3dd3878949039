import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { Collector } from '../policy/collector.ts'
import { retryAfterFrom } from '../policy/retry-after.ts'
import { boundedText } from './bounded-text.ts'

/** What came of telling. A reason is in our own words. */
export type Delivery =
  | { readonly kind: 'taken'; readonly rejected: number }
  /** And would be again. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It may be told later. */
  | { readonly kind: 'away'; readonly reason: string; readonly retryAfterMs?: number }

/** A batch is given up after so long: the next one waits for it. */
export const TIMEOUT_MS = 5_000
const MAX_BYTES = 64 * 1024

/** OTLP 1, "Retryable Response Codes": no other may be sent again. */
const RETRYABLE = [429, 502, 503, 504]

interface Outside {
  readonly fetch: typeof fetch
  readonly now: () => number
}

/** Sends one batch. Never rejects. */
export function collectorAt({ url, headers }: Collector, { fetch, now }: Outside) {
  return async (body: Uint8Array): Promise<Delivery> => {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body,
        // Wherever a redirect leads, the collector's secret would go along.
        redirect: 'manual',
        signal,
      })
      const text = await boundedText(response, MAX_BYTES)
      return deliveryOf(response, text, now())
    } catch {
      return { kind: 'away', reason: signal.aborted ? 'late' : 'unreachable' }
    }
  }
}

function deliveryOf({ status, headers, ok }: Response, text = '', now: number): Delivery {
  if (ok) return { kind: 'taken', rejected: rejectedIn(text) }
  const reason = `status ${status}`
  if (!RETRYABLE.includes(status)) return { kind: 'refused', reason }
  const seconds = retryAfterFrom(headers.get('Retry-After'), now)
  return { kind: 'away', reason, ...(seconds !== undefined && { retryAfterMs: seconds * 1000 }) }
}

/** Partial success: the collector took the batch less so many spans, which are not to be sent again. */
function rejectedIn(text: string): number {
  const { partialSuccess } = JsonTraceSerializer.deserializeResponse(new TextEncoder().encode(text))
  return Number(partialSuccess?.rejectedSpans) || 0
}
