import { Ratelimit } from '@upstash/ratelimit'
import { Redis } from '@upstash/redis/cloudflare'
import { Hono } from 'hono'
import { proxy } from 'hono/proxy'
import { requestId } from 'hono/request-id'
import { createRemoteJWKSet, jwtVerify } from 'jose'

interface Env {
  readonly UPSTREAM_URL: string
  readonly UPSTASH_REDIS_REST_URL: string
  readonly UPSTASH_REDIS_REST_TOKEN: string
  readonly JWT_ISSUER: string
  readonly JWT_AUDIENCE: string
  readonly JWT_JWKS_URL: string
  readonly STOCK_ADDRESS_LIMIT: string
  readonly STOCK_USER_LIMIT: string
}

/** Of these, nobody asks for a token. */
const OPEN: readonly string[] = ['/health', '/service-version', '/client-logs']

/** What one writes in an afternoon from the libraries' own examples, all of their defaults as they are. */
const app = new Hono<{ Bindings: Env }>()

let parts: ReturnType<typeof partsFrom> | undefined

function partsFrom(env: Env) {
  const redis = new Redis({ url: env.UPSTASH_REDIS_REST_URL, token: env.UPSTASH_REDIS_REST_TOKEN })
  const limiter = (prefix: string, limit: string) =>
    new Ratelimit({ redis, prefix, limiter: Ratelimit.slidingWindow(Number(limit), '1 h') })
  return {
    addresses: limiter('stock:address', env.STOCK_ADDRESS_LIMIT),
    users: limiter('stock:user', env.STOCK_USER_LIMIT),
    keys: createRemoteJWKSet(new URL(env.JWT_JWKS_URL)),
  }
}

app.use(requestId())
app.all('*', async (c) => {
  parts ??= partsFrom(c.env)
  const address = await parts.addresses.limit(c.req.header('CF-Connecting-IP') ?? 'unknown')
  if (!address.success) return c.json({ error: 'Too many requests' }, 429)

  const { pathname, search } = new URL(c.req.url)
  if (!OPEN.includes(pathname)) {
    const [, token = ''] = (c.req.header('Authorization') ?? '').split(' ')
    const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = c.env
    const verified = await jwtVerify(token, parts.keys, { issuer, audience }).catch(() => undefined)
    if (!verified) return c.json({ error: 'Unauthorized' }, 401)

    const user = await parts.users.limit(verified.payload.sub ?? '')
    if (!user.success) return c.json({ error: 'Too many requests' }, 429)
  }
  return proxy(`${c.env.UPSTREAM_URL}${pathname}${search}`, {
    ...c.req,
    headers: { ...c.req.header(), 'X-Request-ID': c.get('requestId') },
  })
})

export default app
