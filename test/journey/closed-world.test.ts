import { describe, expect, it } from 'vitest'
import catalogue from '../contract/catalogue.json' with { type: 'json' }
import { testGateway } from '../support/gateway.ts'

describe('the closed world of errors', () => {
  it('answers in the envelope, whole', async () => {
    const gateway = await testGateway()

    const answer = await gateway.get('/nowhere', { headers: { 'X-Correlation-ID': 'abcd-1234' } })

    expect(JSON.parse(answer.text)).toEqual({
      error: {
        code: 'NOT_FOUND',
        message: 'Resource not found',
        category: 'not_found',
        statusCode: 404,
        correlationId: 'abcd-1234',
        suggestion: 'Verify resource ID',
      },
    })
    expect(answer.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
  })

  it.each([
    ['an unlisted path', 'GET', '/nowhere'],
    ['a version nobody mounted', 'GET', '/v1/tunnels'],
    ['the root', 'GET', '/'],
    ["a page of the gateway's own that does not exist", 'GET', '/_gateway/nothing'],
  ])('answers NOT_FOUND without asking the upstream: %s', async (_, method, path) => {
    const gateway = await testGateway()

    const answer = await gateway.ask(path, { method })

    expect(answer.error.code).toBe('NOT_FOUND')
    expect(gateway.received).toEqual([])
  })

  it('answers NOT_FOUND with Allow to a wrong method on a known path', async () => {
    const gateway = await testGateway()

    const answer = await gateway.ask('/webhooks/stripe', { method: 'GET' })

    expect(answer.error.code).toBe('NOT_FOUND')
    expect(answer.headers.get('Allow')).toContain('POST')
  })

  it.each([['/tunnels//admin'], ['/tunnels/a%2fb'], ['/tunnels/%00'], ['/tunnels/%zz']])(
    'answers VALIDATION_ERROR to a path that two servers read differently: %s',
    async (path) => {
      const gateway = await testGateway()

      const answer = await gateway.get(path, { token: await gateway.mint() })

      expect(answer.error.code).toBe('VALIDATION_ERROR')
      expect(gateway.received).toEqual([])
    },
  )

  it('answers INTERNAL_ERROR to what nobody foresaw, and tells the log alone', async () => {
    const gateway = await testGateway({
      subjects: {
        recall: () => undefined,
        isRevoked: () => false,
        charge: () => Promise.reject(new Error('secret eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.sig')),
      },
    })

    const answer = await gateway.get('/health')

    expect(answer.status).toBe(500)
    expect(answer.error).toMatchObject({
      code: 'INTERNAL_ERROR',
      suggestion: 'Retry or contact support if problem persists',
    })
    expect(answer.text).not.toContain('secret')
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('1000')
    expect(gateway.records).toContainEqual(
      expect.objectContaining({
        event: 'fault',
        fault: expect.stringContaining('secret [redacted]'),
      }),
    )
  })

  it('answers INTERNAL_ERROR to a thrown thing that is no Error', async () => {
    const gateway = await testGateway({
      subjects: {
        recall: () => undefined,
        isRevoked: () => false,
        charge: () => Promise.reject('a word'),
      },
    })

    const answer = await gateway.get('/health')

    expect(answer.error.code).toBe('INTERNAL_ERROR')
    expect(answer.headers.get('X-Correlation-ID')).toBe(answer.error.correlationId)
  })

  it.each([
    ['http://gateway.test/health', 'auto', 401],
    ['https://gateway.test/health', 'auto', 200],
    ['http://127.0.0.1:8787/health', 'auto', 200],
    ['http://localhost/health', 'auto', 200],
    ['http://localhost.evil.test/health', 'auto', 401],
    ['http://localhost/health', 'always', 401],
    ['http://gateway.test/health', 'never', 200],
  ])('%s under REQUIRE_HTTPS=%s is answered %i', async (url, rule, status) => {
    const gateway = await testGateway({ settings: { REQUIRE_HTTPS: rule } })

    const answer = await gateway.get(url)

    expect(answer.status).toBe(status)
    expect(status === 401 ? answer.error.code : 'none').toBe(
      status === 401 ? 'HTTPS_REQUIRED' : 'none',
    )
    expect(answer.headers.get('X-RateLimit-Remaining')).toBe(status === 401 ? '1000' : '999')
  })

  it.each([400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503, 504, 599])(
    'turns a bare %i of the upstream into a code of the contract',
    async (status) => {
      const gateway = await testGateway({
        upstream: () => new Response('SELECT secret FROM users', { status }),
      })

      const answer = await gateway.get('/health')

      const row = catalogue.find(({ code }) => code === answer.error.code)
      expect(row).toMatchObject({
        statusCode: answer.status,
        category: answer.error.category,
        message: answer.error.message,
      })
      expect(status >= 500 && answer.text.includes('SELECT')).toBe(false)
    },
  )

  it.each([
    ['GET', 'unreachable', 'SERVICE_UNAVAILABLE'],
    ['GET', 'lost', 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['DELETE', 'late', 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['POST', 'unreachable', 'SERVICE_UNAVAILABLE'],
    ['POST', 'lost', 'SERVICE_ERROR'],
    ['PATCH', 'late', 'SERVICE_ERROR'],
  ] as const)('%s to an upstream that is %s is %s', async (method, kind, code) => {
    const gateway = await testGateway({ upstream: () => ({ kind }) })

    const answer = await gateway.ask('/tunnels/7', { method, token: await gateway.mint() })

    expect(answer.error.code).toBe(code)
    expect(answer.headers.has('Retry-After')).toBe(code !== 'SERVICE_ERROR')
  })

  it('keeps a HEAD answer without a body', async () => {
    const gateway = await testGateway()

    const answer = await gateway.ask('/nowhere', { method: 'HEAD' })

    expect(answer.status).toBe(404)
    expect(answer.text).toBe('')
  })
})
