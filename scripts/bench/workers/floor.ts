/**
 * What the contract and the operators ask of an answer, and nothing else: no table of routes, no middleware, no breaker,
 * no retries, one clock, one map. It cannot be deployed; what it costs, the platform asks for what has been promised.
 */
interface Env {
  readonly UPSTREAM_URL: string
  readonly UPSTASH_REDIS_REST_URL: string
  readonly UPSTASH_REDIS_REST_TOKEN: string
  readonly JWT_JWKS_URL: string
  readonly STOCK_ADDRESS_LIMIT: string
  readonly STOCK_USER_LIMIT: string
}

interface Bearer {
  readonly sub: string
  readonly code?: 'INVALID_TOKEN' | 'TOKEN_EXPIRED'
}

interface Told {
  readonly status: number
  readonly message: string
  readonly category: string
  readonly suggestion: string
}

const ERRORS = {
  MISSING_TOKEN: told(401, 'Token required', 'authentication', 'Provide valid JWT token'),
  INVALID_TOKEN_FORMAT: told(401, 'Invalid token format', 'authentication', 'Use Bearer'),
  INVALID_TOKEN: told(401, 'Invalid token', 'authentication', 'Provide valid JWT token'),
  TOKEN_EXPIRED: told(401, 'Token expired', 'authentication', 'Refresh token'),
  INVALID_JSON: told(400, 'Invalid JSON', 'validation', 'Check JSON syntax'),
  RATE_LIMIT_EXCEEDED_USER: told(429, 'User limit exceeded', 'rate_limit', 'Wait'),
  RATE_LIMIT_EXCEEDED_IP: told(429, 'IP limit exceeded', 'rate_limit', 'Wait'),
  INTERNAL_ERROR: told(500, 'Internal server error', 'server', 'Retry or contact support'),
} as const

const FAR = 1_000_000_000
const LIMIT = 1_000
const OPEN = ['/health', '/service-version', '/client-logs']
const SECURITY = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
} as const

const bearers = new Map<string, Bearer>()
const counts = new Map<string, number>()
let keys: Promise<ReadonlyMap<string, CryptoKey>> | undefined

function told(status: number, message: string, category: string, suggestion: string): Told {
  return { status, message, category, suggestion }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const startedAt = Date.now()
    const url = new URL(request.url)
    const asked = request.headers
    const id = idFrom(asked)
    const trace = traceFrom(asked)
    const origin = asked.get('Origin')
    const address = asked.get('CF-Connecting-IP') ?? '127.0.0.1'
    const bearer = await bearerOf(request, url.pathname, env)
    const code = await judged(bearer, address, env)
    const answer = code ? undefined : await passed(request, url, { id, trace }, bearer, env)
    const failed = code ?? (typeof answer === 'string' ? answer : undefined)
    const response =
      failed || !(answer instanceof Response)
        ? envelope(failed ?? 'INTERNAL_ERROR', id, asked.get('Accept'))
        : answer
    const { headers } = response
    for (const [name, value] of Object.entries(SECURITY)) headers.set(name, value)
    headers.set('X-Correlation-ID', id)
    const remaining = failed?.startsWith('RATE') ? 0 : LIMIT - ((counts.get(address) ?? 0) % LIMIT)
    headers.set('X-RateLimit-Limit', String(LIMIT))
    headers.set('X-RateLimit-Remaining', String(remaining))
    headers.set('X-RateLimit-Reset', String(Math.ceil(startedAt / 1000) + 60))
    headers.set('RateLimit-Policy', `"60s";q=${LIMIT};w=60`)
    headers.set('RateLimit', `"60s";r=${remaining};t=60`)
    headers.append('Vary', 'Origin')
    if (origin) headers.set('Access-Control-Allow-Origin', origin)
    const line = { id, trace, address, code: failed, sub: bearer?.sub, remaining, startedAt }
    log(request, response, line)
    return response
  },
}

/** The client's own where it is harmless to repeat. */
function idFrom(headers: Headers): string {
  const offered = headers.get('X-Correlation-ID') ?? headers.get('X-Request-ID')
  if (offered && /^[\w.:-]{8,128}$/.test(offered)) return offered
  return `req-${crypto.getRandomValues(new Uint8Array(10)).toHex()}`
}

function traceFrom(headers: Headers): string {
  return headers.get('traceparent') ?? crypto.getRandomValues(new Uint8Array(24)).toHex()
}

async function bearerOf(
  { headers }: Request,
  pathname: string,
  env: Env,
): Promise<Bearer | { readonly code: keyof typeof ERRORS; readonly sub?: string } | undefined> {
  const authorization = headers.get('Authorization')
  const key = headers.get('X-API-Key')
  if (authorization === null && key === null)
    return OPEN.includes(pathname) ? undefined : { code: 'MISSING_TOKEN' }
  if (authorization === null) return { code: 'INVALID_TOKEN' }
  const known = bearers.get(authorization)
  if (known) return known
  const [head = '', body, signature] = authorization.slice('Bearer '.length).split('.')
  if (!body || !signature) return { code: 'INVALID_TOKEN_FORMAT' }
  const { alg, kid }: Jwk = JSON.parse(textOf(head))
  const { sub, exp } = JSON.parse(textOf(body))
  keys ??= keysFrom(env)
  const signer = (await keys).get(kid)
  const signed = new TextEncoder().encode(`${head}.${body}`)
  const isGood =
    signer && (await crypto.subtle.verify(VERIFY[alg], signer, bytesOf(signature), signed))
  const bearer: Bearer = !isGood
    ? { sub, code: 'INVALID_TOKEN' }
    : exp * 1000 < Date.now()
      ? { sub, code: 'TOKEN_EXPIRED' }
      : { sub }
  bearers.set(authorization, bearer)
  return bearer
}

const VERIFY = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
} as const

async function keysFrom({ JWT_JWKS_URL }: Env): Promise<ReadonlyMap<string, CryptoKey>> {
  const { keys: published } = await (await fetch(JWT_JWKS_URL)).json<{ keys: Jwk[] }>()
  const imported = published.map(
    async (jwk): Promise<[string, CryptoKey]> => [
      jwk.kid,
      await crypto.subtle.importKey('jwk', jwk, VERIFY[jwk.alg], false, ['verify']),
    ],
  )
  return new Map(await Promise.all(imported))
}

interface Jwk extends JsonWebKey {
  readonly kid: string
  readonly alg: keyof typeof VERIFY
}

/** One round trip for whoever was never seen, or is to be counted exactly; the rest are counted here. */
async function judged(
  bearer: Awaited<ReturnType<typeof bearerOf>>,
  address: string,
  env: Env,
): Promise<keyof typeof ERRORS | undefined> {
  const [ofAddress, ofUser] = [Number(env.STOCK_ADDRESS_LIMIT), Number(env.STOCK_USER_LIMIT)]
  const subjects = bearer?.sub === undefined ? [address] : [address, bearer.sub]
  const isExact = ofUser > 1_000 && ofUser < FAR
  if (isExact || subjects.some((subject) => !counts.has(subject))) await ask(env, subjects)
  const [one = 0, other = 0] = subjects.map((subject) => (counts.get(subject) ?? 0) + 1)
  if (one > ofAddress) return 'RATE_LIMIT_EXCEEDED_IP'
  for (const subject of subjects) counts.set(subject, (counts.get(subject) ?? 0) + 1)
  if (bearer && 'code' in bearer && bearer.code) return bearer.code
  return other > ofUser ? 'RATE_LIMIT_EXCEEDED_USER' : undefined
}

async function ask(env: Env, subjects: readonly string[]): Promise<void> {
  const answer = await fetch(env.UPSTASH_REDIS_REST_URL, {
    method: 'POST',
    headers: { Authorization: `Bearer ${env.UPSTASH_REDIS_REST_TOKEN}` },
    body: JSON.stringify(['MGET', ...subjects]),
  })
  await answer.text()
}

/** A JSON body is parsed before it goes on; of a failure nothing textual is relayed. */
async function passed(
  request: Request,
  { pathname, search }: URL,
  { id, trace }: { readonly id: string; readonly trace: string },
  bearer: Awaited<ReturnType<typeof bearerOf>>,
  env: Env,
): Promise<Response | keyof typeof ERRORS> {
  const isJudged = request.method === 'POST' && !pathname.startsWith('/ollama')
  const body = isJudged ? await request.text() : undefined
  if (body !== undefined && !isJson(body)) return 'INVALID_JSON'
  const target = `${env.UPSTREAM_URL}${pathname}${search}`
  const forwarded = new Request(
    target,
    body === undefined ? request : { ...partsOf(request), body },
  )
  const { headers } = forwarded
  headers.delete('CF-Connecting-IP')
  headers.delete('X-API-Key')
  headers.set('Accept-Encoding', 'br, gzip')
  headers.set('X-Correlation-ID', id)
  headers.set('X-Forwarded-For', '127.0.0.1')
  headers.set('X-Forwarded-Proto', 'http')
  headers.set('X-Forwarded-Host', '127.0.0.1')
  headers.set('X-Gateway-Deadline', '30000')
  headers.set('traceparent', `00-${trace.slice(0, 32)}-${trace.slice(32)}-00`)
  headers.set('Via', '1.1 gateway')
  headers.set('X-User-Id', bearer?.sub ?? '')
  headers.set('X-User-Tier', 'free')
  headers.set('X-User-Issuer', env.JWT_JWKS_URL)
  headers.set('X-User-Roles', '')
  headers.set('X-User-Permissions', '')
  const timer = setTimeout(() => undefined, 30_000)
  const response = await fetch(forwarded, { redirect: 'manual' })
  clearTimeout(timer)
  if (response.status < 500) return relayed(response)
  await response.text()
  return 'INTERNAL_ERROR'
}

function relayed(response: Response): Response {
  const answer = new Response(response.body, response)
  answer.headers.delete('Server')
  answer.headers.set('Via', '1.1 gateway')
  return answer
}

function partsOf({ method, headers }: Request) {
  return { method, headers }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function envelope(
  code: keyof typeof ERRORS,
  correlationId: string,
  accept: string | null,
): Response {
  const { status, message, category, suggestion } = ERRORS[code]
  const error = { code, message, category, statusCode: status, correlationId, suggestion }
  const isProblem = accept?.includes('application/problem+json') === true
  const told = status === 429 ? { ...error, details: { retryAfter: 60 } } : error
  return new Response(JSON.stringify({ error: told }), {
    status,
    headers: {
      'Content-Type': isProblem ? 'application/problem+json' : 'application/json; charset=utf-8',
      Vary: 'Accept',
      Link: `</_gateway/errors/${code}>; rel="help"`,
      'Cache-Control': 'no-store',
      'X-Gateway-Error-Source': 'gateway',
      ...(status === 429 && { 'Retry-After': '60' }),
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer realm="gateway"' }),
    },
  })
}

interface Line {
  readonly id: string
  readonly trace: string
  readonly address: string
  readonly code: string | undefined
  readonly sub: string | undefined
  readonly remaining: number
  readonly startedAt: number
}

function log(
  { method }: Request,
  { status }: Response,
  { id, trace, address, code, sub, remaining, startedAt }: Line,
): void {
  const told = {
    time: new Date(startedAt).toISOString(),
    event: 'exchange',
    correlationId: id,
    traceId: trace.slice(0, 32),
    route: '/tunnels/*',
    code,
    caller: sub && 'user',
    tier: sub && 'free',
    address,
    limit: LIMIT,
    remaining,
    counted: 'lease',
    upstreamStatus: code ? undefined : status,
    identityMs: 0,
    storeMs: 0,
    environment: 'local',
    method,
    status,
    durationMs: Date.now() - startedAt,
    subject: sub?.slice(0, 16),
  }
  // biome-ignore lint/suspicious/noConsole: the platform collects what a worker writes to its console.
  console.log(JSON.stringify(told))
}

function textOf(part: string): string {
  return new TextDecoder().decode(bytesOf(part))
}

function bytesOf(part: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(part, { alphabet: 'base64url' })
}
