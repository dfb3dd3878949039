import { isRepeatable } from '../../policy/repeatable.ts'
import type { Attempted } from '../../ports.ts'
import { isThere } from './second-look.ts'

/** Sends the request once. */
export async function attempt(request: Request, timeoutMs: number): Promise<Attempted> {
  let timer: number | null = null
  const late = new Promise<Attempted>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, { kind: 'late' })
  })
  try {
    // What is late is left and not aborted: it ends with its exchange, and a signal of its own would cost every request
    // more than the rest of this file.
    return await Promise.race([sent(request), late])
  } finally {
    // From the answer's header on a stream may take its time.
    clearTimeout(timer)
  }
}

async function sent(request: Request): Promise<Attempted> {
  try {
    return { kind: 'answered', response: await fetch(request) }
  } catch {
    // A second look tells refused from lost, but only where a mistake is harmless: an upstream that is gone now may
    // have executed a POST before it went.
    if (request.signal.aborted || !isRepeatable(request.method)) return { kind: 'lost' }
    return { kind: (await isThere(new URL(request.url))) ? 'lost' : 'unreachable' }
  }
}
