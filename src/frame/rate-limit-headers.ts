import { createMiddleware } from 'hono/factory'
import type { Reading, Window } from '../policy/charge.ts'
import type { Ports } from '../ports.ts'
import type { GatewayEnv } from './environment.ts'

/**
 * Limit, remaining and reset on every answer. What was not counted shows what its address was last shown, or the full
 * limit. The upstream's own numbers were removed when its answer came in.
 */
export function rateLimitHeaders(
  addressWindows: readonly Window[],
  { lastReadings, now }: Pick<Ports, 'lastReadings' | 'now'>,
) {
  return createMiddleware<GatewayEnv>(async (c, next) => {
    await next()
    const { verdict, address, exemption, queuedMs, denial } = c.get('exchange')
    // What a caller was told a moment ago, it may have been told at another address.
    if (verdict && verdict.source !== 'memory') lastReadings.set(address, verdict.addressReading)
    const own = verdict?.reading ?? uncounted(lastReadings.get(address), addressWindows, now())
    const reading =
      c.res.status === 429 && denial?.original !== undefined ? exhausted(own, c.res, now()) : own
    const { headers } = c.res
    headers.set('X-RateLimit-Limit', String(reading.limit))
    headers.set('X-RateLimit-Remaining', String(reading.remaining))
    headers.set('X-RateLimit-Reset', String(Math.ceil(reading.resetAt / 1000)))
    setStandardFields(headers, reading, now())
    if (queuedMs !== undefined) headers.set('X-RateLimit-Queued', String(queuedMs))
    if (exemption) {
      headers.set('X-RateLimit-Exempt', 'true')
      headers.set('X-RateLimit-Exempt-Rule', exemption)
    }
  })
}

function uncounted(last: Reading | undefined, [shortest]: readonly Window[], now: number): Reading {
  if (last && last.resetAt > now) return last
  const { limit, seconds } = shortest ?? { limit: 0, seconds: 0 }
  return { limit, remaining: limit, resetAt: now + seconds * 1000, windowSeconds: seconds }
}

/** Where the upstream's own limit refused: ours would contradict its `Retry-After`. */
function exhausted(own: Reading, { headers }: Response, now: number): Reading {
  const waitMs = Number(headers.get('Retry-After')) * 1000
  return { ...own, remaining: 0, resetAt: now + waitMs }
}

/** draft-ietf-httpapi-ratelimit-headers: the same window, its length, and the seconds until it is open again. */
function setStandardFields(headers: Headers, reading: Reading, now: number): void {
  const { limit, remaining, resetAt, windowSeconds } = reading
  const seconds = Math.max(0, Math.ceil((resetAt - now) / 1000))
  const [name, unit] =
    windowSeconds === undefined
      ? ['concurrency', 'qu="concurrent-requests"']
      : [`${windowSeconds}s`, `w=${windowSeconds}`]
  headers.set('RateLimit-Policy', `"${name}";q=${limit};${unit}`)
  headers.set('RateLimit', `"${name}";r=${remaining};t=${seconds}`)
}
