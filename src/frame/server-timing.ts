import { createMiddleware } from 'hono/factory'
import type { Ports } from '../ports.ts'
import { mayLook, timingsOf } from '../watch/timings.ts'
import type { GatewayEnv } from './environment.ts'

/**
 * W3C Server Timing, for operators alone: whoever else knew for whom the gateway waits could tell a remembered token
 * from a new one, and a lease from a count. The upstream's own entries stay before ours.
 */
export function serverTiming({ now }: Pick<Ports, 'now'>) {
  return createMiddleware<GatewayEnv>(async (c, next) => {
    await next()
    const exchange = c.get('exchange')
    if (!mayLook(exchange)) return
    c.res.headers.append('Server-Timing', timingsOf(exchange, now() - exchange.startedAt))
  })
}
