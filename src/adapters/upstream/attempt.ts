import { isRepeatable } from '../../policy/repeatable.ts'
import type { Attempted } from '../../ports.ts'
import { isThere } from './second-look.ts'

/** Sends the request once. */
export async function attempt(request: Request, timeoutMs: number): Promise<Attempted> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), timeoutMs)
  try {
    // The client's own signal stays attached: whoever leaves takes the upstream request along.
    const signal = AbortSignal.any([request.signal, timeout.signal])
    return { kind: 'answered', response: await fetch(request, { signal, redirect: 'manual' }) }
  } catch {
    if (timeout.signal.aborted) return { kind: 'late' }
    // A second look tells refused from lost, but only where a mistake is harmless: an upstream that is gone now may
    // have executed a POST before it went.
    if (request.signal.aborted || !isRepeatable(request.method)) return { kind: 'lost' }
    const there = await isThere(new URL(request.url), timeout.signal)
    if (timeout.signal.aborted) return { kind: 'late' }
    return { kind: there ? 'lost' : 'unreachable' }
  } finally {
    // From the answer's header on a stream may take its time.
    clearTimeout(timer)
  }
}
