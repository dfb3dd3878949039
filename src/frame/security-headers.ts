import { createMiddleware } from 'hono/factory'
import type { GatewayEnv } from './environment.ts'

const ALWAYS = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Frame-Options', 'DENY'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
] as const

/** An API's answers are not pages: nothing may load in them and nobody may frame them, unless the upstream says so. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'"

const ONE_YEAR_SECONDS = 31_536_000

export const securityHeaders = createMiddleware<GatewayEnv>(async (c, next) => {
  await next()
  const { headers } = c.res
  for (const [name, value] of ALWAYS) headers.set(name, value)
  if (!headers.has('Content-Security-Policy')) {
    headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY)
  }
  // RFC 6797, section 7.2: never over plain HTTP.
  if (c.get('exchange').url.protocol === 'https:') {
    headers.set('Strict-Transport-Security', `max-age=${ONE_YEAR_SECONDS}; includeSubDomains`)
  }
})
