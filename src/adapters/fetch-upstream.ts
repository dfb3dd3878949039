import { connect } from 'cloudflare:sockets'
import { isRepeatable } from '../policy/repeatable.ts'
import type { Upstream, UpstreamOutcome } from '../ports.ts'

const PROBE_TIMEOUT_MS = 500

export const fetchUpstream: Upstream = {
  async send(request, timeoutMs): Promise<UpstreamOutcome> {
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(), timeoutMs)
    try {
      // The client's own signal stays attached: whoever leaves takes the upstream request along.
      const signal = AbortSignal.any([request.signal, timeout.signal])
      return { kind: 'answered', response: await fetch(request, { signal, redirect: 'manual' }) }
    } catch {
      if (timeout.signal.aborted) return { kind: 'late' }
      return { kind: request.signal.aborted ? 'lost' : await failureOf(request) }
    } finally {
      // From the answer's header on a stream may take its time.
      clearTimeout(timer)
    }
  },
}

/**
 * workerd says "connection lost" for a refused connection as for a reset one. A second look tells them apart, but only
 * where a mistake is harmless: an upstream that is gone now may have executed a POST before it went.
 */
async function failureOf({ method, url }: Request): Promise<'unreachable' | 'lost'> {
  if (!isRepeatable(method)) return 'lost'
  const { hostname, port, protocol } = new URL(url)
  try {
    const socket = connect({ hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) })
    // A socket that is reset settles this promise too, and nobody else is listening.
    socket.closed.catch(() => undefined)
    const opened = await Promise.race([
      socket.opened.then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, PROBE_TIMEOUT_MS, false)),
    ])
    // Not awaited: a socket that never opened closes no sooner than its connect gives up.
    socket.close().catch(() => undefined)
    return opened ? 'lost' : 'unreachable'
  } catch {
    return 'unreachable'
  }
}
