import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorShapes, statusesOf } from '../../../scripts/upstream/error-shapes.ts'
import { neverRelayed } from '../../../scripts/upstream/secrets.ts'
import { type DemoUpstream, startUpstream } from '../../../scripts/upstream/server.ts'
import { rawGet } from './raw-exchange.ts'

let upstream: DemoUpstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.stop())

const ask = (path: string) => fetch(upstream.url + path, { redirect: 'manual' })

describe('error shapes as JSON', () => {
  it.each([
    [1, 404, { error: 'Not found' }],
    [2, 500, { error: 'Internal server error', message: 'Something went wrong' }],
    [3, 403, { error: 'HTTPS required', code: 'HTTPS_REQUIRED' }],
    [4, 400, { error: 'Bad request', code: 'INVALID_REQUEST', message: 'Tunnel name is required' }],
    [5, 400, { correlationId: expect.any(String), code: expect.any(String) }],
    [6, 500, { details: 'connect ENOENT /var/run/docker.sock' }],
    [7, 403, { code: 'TIER_INSUFFICIENT', userTier: 'free', requiredTier: 'premium' }],
    [
      8,
      503,
      {
        error: 'SERVICE_UNAVAILABLE',
        message: 'Proxy health service not initialized',
        code: 'PROXY_002',
      },
    ],
    [9, 503, { code: 'EXEMPTION_MANAGER_NOT_INITIALIZED', message: expect.any(String) }],
    [10, 400, { success: false, error: expect.any(String) }],
    [
      11,
      500,
      {
        success: false,
        error: { code: 'INTERNAL_SERVER_ERROR', message: 'Failed to get quotas' },
      },
    ],
    [12, 401, { error: { code: 'AUTH_TOKEN_MISSING', timestamp: expect.any(String) } }],
    [13, 400, { error: { code: 'UNSUPPORTED_API_VERSION', statusCode: 400 } }],
    [14, 403, { error: { code: 'SANDBOX_DISABLED', message: expect.any(String) } }],
    [15, 500, { status: 'error', message: expect.any(String), timestamp: expect.any(String) }],
    [16, 503, { status: 'unhealthy', dependencies: expect.any(Object) }],
    [
      20,
      429,
      { error: 'Too many registration attempts', code: 'RATE_LIMIT_EXCEEDED', retryAfter: 900 },
    ],
    [21, 500, { error: 'connect ECONNREFUSED 127.0.0.1:5432', stack: expect.any(String) }],
    [25, 200, { status: 'degraded' }],
    [26, 404, { error: "model 'x' not found" }],
    [27, 401, { error: 'Unauthorized', timestamp: expect.any(String) }],
    [29, 500, { message: expect.stringContaining('INSERT INTO') }],
  ])('%i answers %i', async (number, status, body) => {
    const answer = await ask(`/api/demo/errors/${number}`)

    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await answer.json()).toMatchObject(body)
  })

  it.each([
    [1, 401, { error: 'Not found' }],
    [2, 410, { error: 'Internal server error', message: 'Something went wrong' }],
    [4, 409, { error: 'Bad request', code: 'INVALID_REQUEST', message: 'Tunnel name is required' }],
    [5, 504, { code: 'QUEUE_TIMEOUT', correlationId: expect.any(String) }],
    [6, 400, { details: [expect.any(String), expect.any(String)] }],
    [7, 415, { supportedTypes: expect.any(Array) }],
    [12, 429, { error: { code: 'ADMIN_RATE_LIMIT_EXCEEDED' } }],
    [27, 403, { currentTier: 'free', requiredTier: 'premium' }],
    [27, 429, { error: 'Too Many Requests', retryAfter: 42, limitType: 'user' }],
  ])('%i answers %i when asked for that status', async (number, status, body) => {
    const answer = await ask(`/demo/errors/${number}?status=${status}`)

    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject(body)
  })
})

describe('error shapes as text and pages', () => {
  it.each([
    ['17', 429, 'Too many requests from this IP, please try again later.'],
    ['18', 400, '<pre>Bad Request</pre>'],
    ['18?status=500', 500, '/app/node_modules/pg-pool/'],
    ['19', 500, 'Error exporting metrics'],
    ['28', 502, '<center><h1>502 Bad Gateway</h1></center>'],
    ['28?status=522', 522, 'Connection timed out'],
  ])('%s answers %i as HTML', async (shape, status, fragment) => {
    const answer = await ask(`/demo/errors/${shape}`)

    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await answer.text()).toContain(fragment)
  })

  it('17 and 20 say when to come back', async () => {
    const answers = await Promise.all([ask('/demo/errors/17'), ask('/demo/errors/20')])

    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(['900', '900'])
  })

  it('18 hides its cause in a header', async () => {
    const answer = await ask('/demo/errors/18?status=401')

    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  it.each([
    [307, 'text/plain; charset=utf-8'],
    [301, 'text/html; charset=utf-8'],
  ])('24 redirects with %i to a relative place', async (status, contentType) => {
    const answer = await ask(`/api/demo/errors/24?status=${status}`)

    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe(contentType)
    expect(answer.headers.get('location')).toBe('./25')
  })

  it.each([
    ['', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ['?status=431', 'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n'],
  ])('22%s is a status line and nothing else', async (query, bytes) => {
    expect(await rawGet(upstream.url, `/demo/errors/22${query}`)).toEqual({ bytes, end: 'closed' })
  })
})

describe('the index of shapes', () => {
  it('lists all 29 in order, with where to see them', async () => {
    const listing = await (await ask('/api/demo/errors')).json()

    expect(listing).toEqual({
      shapes: Array.from({ length: 29 }, (_, i) =>
        expect.objectContaining({ number: i + 1, path: `/api/demo/errors/${i + 1}` }),
      ),
    })
  })

  it.each([
    ['/demo/errors/30', 404],
    ['/demo/errors/3?status=418', 400],
    ['/demo/errors/23?how=nicely', 400],
  ])('refuses %s with %i', async (path, status) => {
    expect((await ask(path)).status).toBe(status)
  })
})

describe('what must not leak', () => {
  const failures = errorShapes.flatMap((shape) =>
    statusesOf(shape)
      .filter((status) => status >= 500)
      .map((status) => `/demo/errors/${shape.number}?status=${status}`),
  )
  const bodies = () => Promise.all(failures.map(async (path) => (await ask(path)).text()))

  it('is in the body of each 5xx', async () => {
    const clean = (await bodies()).filter((body) => !neverRelayed.some((it) => body.includes(it)))

    expect(failures.length).toBeGreaterThan(30)
    expect(clean).toEqual([])
  })

  it('is all in use', async () => {
    const all = (await bodies()).join('\n')

    expect(neverRelayed.filter((text) => !all.includes(text))).toEqual([])
  })

  it('is nothing that the contract itself says', async () => {
    const contract = await readFile('test/contract/catalogue.json', 'utf8')

    expect(neverRelayed.filter((text) => contract.includes(text))).toEqual([])
  })
})
