import { createMiddleware } from 'hono/factory'
import type { OriginRule } from '../policy/origins.ts'
import type { RouteTable } from '../policy/route-table.ts'
import type { GatewayEnv } from './environment.ts'

export const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'X-API-Key',
  'X-Correlation-ID',
  'traceparent',
  'X-RateLimit-Exempt',
].join(', ')

export const RESPONSE_HEADERS = [
  'X-Correlation-ID',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'Retry-After',
  'WWW-Authenticate',
  'Link',
  'X-Gateway-Error-Source',
].join(', ')

const MAX_AGE_SECONDS = 86_400

/**
 * Fetch standard, CORS protocol. A preflight is answered here and counts nothing. A refused origin gets the answer
 * that everyone gets, which its browser will not show it.
 */
export function cors(isAllowed: OriginRule, routes: RouteTable) {
  return createMiddleware<GatewayEnv>(async (c, next) => {
    const origin = c.req.header('Origin')
    const allowed = origin !== undefined && isAllowed(origin)
    const preflight =
      c.req.method === 'OPTIONS' && origin && c.req.header('Access-Control-Request-Method')
    if (preflight) {
      c.res = new Response(null, { status: 204 })
      if (allowed) {
        const methods = routes.methods(c.get('exchange').url.pathname)
        c.res.headers.set('Access-Control-Allow-Methods', methods.join(', '))
        c.res.headers.set('Access-Control-Allow-Headers', REQUEST_HEADERS)
        c.res.headers.set('Access-Control-Max-Age', String(MAX_AGE_SECONDS))
      }
    } else {
      await next()
    }
    const { headers } = c.res
    if (!variesByOrigin(headers.get('Vary'))) headers.append('Vary', 'Origin')
    if (!allowed) return
    headers.set('Access-Control-Allow-Origin', origin)
    headers.set('Access-Control-Allow-Credentials', 'true')
    headers.set('Access-Control-Expose-Headers', RESPONSE_HEADERS)
  })
}

function variesByOrigin(vary: string | null): boolean {
  if (vary === null) return false
  const names = vary.split(',').map((name) => name.trim().toLowerCase())
  return names.includes('origin') || names.includes('*')
}
