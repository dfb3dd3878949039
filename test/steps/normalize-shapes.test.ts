import { describe, expect, it } from 'vitest'
import { normalize } from '../../src/steps/normalize.ts'
import { answered, forwarded, responseOf, seen, seenOf } from './normalize-support.ts'

const HTML = { 'Content-Type': 'text/html; charset=utf-8' }
const PAGE = (text: string) =>
  `<!DOCTYPE html>\n<html><head><title>Error</title></head><body>\n<pre>${text}</pre>\n</body></html>`

const LEAK = 'connect ENOENT /var/run/docker.sock'
const SQL = 'relation "tunnel_owners" does not exist: SELECT secret FROM tunnel_owners'

interface Case {
  readonly shape: string
  readonly status: number
  readonly body: unknown
  readonly answer: string
  readonly details: object
}

// The backend's own bodies, each with the answer that the contract demands, written by hand.
const JSON_SHAPES: readonly Case[] = [
  {
    shape: '1',
    status: 404,
    body: { error: 'Not found' },
    answer: '404 NOT_FOUND',
    details: { upstreamStatus: 404, reason: 'Not found' },
  },
  {
    shape: '1 on a 401',
    status: 401,
    body: { error: 'Not found' },
    answer: '401 AUTH_REQUIRED',
    details: { upstreamStatus: 401, reason: 'Not found' },
  },
  {
    shape: '1 on a 500',
    status: 500,
    body: { error: 'Not found' },
    answer: '500 INTERNAL_ERROR',
    details: { upstreamStatus: 500 },
  },
  {
    shape: '2',
    status: 500,
    body: { error: 'Internal server error', message: 'Something went wrong' },
    answer: '500 INTERNAL_ERROR',
    details: { upstreamStatus: 500 },
  },
  {
    shape: '2 on a 429',
    status: 429,
    body: { error: 'Internal server error', message: 'Something went wrong' },
    answer: '429 RATE_LIMIT_EXCEEDED',
    details: { upstreamStatus: 429, reason: 'Something went wrong', retryAfter: 5 },
  },
  {
    shape: '3',
    status: 403,
    body: { error: 'HTTPS required', code: 'HTTPS_REQUIRED' },
    answer: '401 HTTPS_REQUIRED',
    details: { upstreamStatus: 403, upstreamCode: 'HTTPS_REQUIRED', reason: 'HTTPS required' },
  },
  {
    shape: '4',
    status: 400,
    body: { error: 'Bad request', code: 'INVALID_REQUEST', message: 'Tunnel name is required' },
    answer: '400 INVALID_PARAMETER',
    details: {
      upstreamStatus: 400,
      upstreamCode: 'INVALID_REQUEST',
      reason: 'Tunnel name is required',
    },
  },
  {
    shape: '5',
    status: 413,
    body: { error: 'Too large', code: 'PAYLOAD_TOO_LARGE', message: 'm', correlationId: 'req-1' },
    answer: '400 VALIDATION_ERROR',
    details: { upstreamStatus: 413, upstreamCode: 'PAYLOAD_TOO_LARGE', reason: 'm' },
  },
  {
    shape: '5 on a 408',
    status: 408,
    body: { error: 'Timeout', code: 'REQUEST_TIMEOUT', message: 'm', correlationId: 'req-1' },
    answer: '503 EXTERNAL_SERVICE_UNAVAILABLE',
    details: { upstreamStatus: 408, upstreamCode: 'REQUEST_TIMEOUT', retryAfter: 5 },
  },
  {
    shape: '6',
    status: 500,
    body: { error: 'Failed', code: 'CONTAINER_ERROR', message: 'm', details: LEAK },
    answer: '500 INTERNAL_ERROR',
    details: { upstreamStatus: 500, upstreamCode: 'CONTAINER_ERROR' },
  },
  {
    shape: '6 with an array',
    status: 400,
    body: { error: 'Invalid', code: 'VALIDATION_ERROR', message: 'm', details: [{ field: 'a' }] },
    answer: '400 VALIDATION_ERROR',
    details: { upstreamStatus: 400, upstreamCode: 'VALIDATION_ERROR', reason: 'm' },
  },
  {
    shape: '7',
    status: 403,
    body: {
      error: 'Upgrade',
      code: 'TIER_INSUFFICIENT',
      userTier: 'free',
      requiredTier: 'premium',
      upgradeUrl: 'https://inside.example/upgrade',
    },
    answer: '403 TIER_FEATURE_UNAVAILABLE',
    details: { upstreamStatus: 403, upstreamCode: 'TIER_INSUFFICIENT', reason: 'Upgrade' },
  },
  {
    shape: '8',
    status: 503,
    body: {
      error: 'SERVICE_UNAVAILABLE',
      message: 'Proxy health service not initialized',
      code: 'PROXY_002',
    },
    answer: '503 SERVICE_UNAVAILABLE',
    details: { upstreamStatus: 503, upstreamCode: 'PROXY_002', retryAfter: 5 },
  },
  {
    shape: '9',
    status: 503,
    body: { code: 'EXEMPTION_MANAGER_NOT_INITIALIZED', message: 'm' },
    answer: '503 SERVICE_UNAVAILABLE',
    details: {
      upstreamStatus: 503,
      upstreamCode: 'EXEMPTION_MANAGER_NOT_INITIALIZED',
      retryAfter: 5,
    },
  },
  {
    shape: '10',
    status: 400,
    body: { success: false, error: 'Name is taken' },
    answer: '400 VALIDATION_ERROR',
    details: { upstreamStatus: 400, reason: 'Name is taken' },
  },
  {
    shape: '11',
    status: 500,
    body: {
      success: false,
      error: { code: 'INTERNAL_SERVER_ERROR', message: 'Failed to get quotas' },
    },
    answer: '500 INTERNAL_ERROR',
    details: { upstreamStatus: 500, upstreamCode: 'INTERNAL_SERVER_ERROR' },
  },
  {
    shape: '12',
    status: 401,
    body: { error: { code: 'AUTH_TOKEN_MISSING', message: 'No token', timestamp: '2026' } },
    answer: '401 MISSING_TOKEN',
    details: { upstreamStatus: 401, upstreamCode: 'AUTH_TOKEN_MISSING', reason: 'No token' },
  },
  {
    shape: '12 on a 429',
    status: 429,
    body: { error: { code: 'AUTH_TOKEN_MISSING', message: 'Too many', timestamp: '2026' } },
    answer: '429 RATE_LIMIT_EXCEEDED',
    details: {
      upstreamStatus: 429,
      upstreamCode: 'AUTH_TOKEN_MISSING',
      reason: 'Too many',
      retryAfter: 5,
    },
  },
  {
    shape: '13',
    status: 400,
    body: {
      error: {
        code: 'UNSUPPORTED_API_VERSION',
        message: 'Version 9 is unknown',
        statusCode: 400,
        supportedVersions: ['1', '2'],
        suggestion: 'Use 1 or 2',
      },
    },
    answer: '400 VALIDATION_ERROR',
    details: {
      upstreamStatus: 400,
      upstreamCode: 'UNSUPPORTED_API_VERSION',
      reason: 'Version 9 is unknown',
    },
  },
  {
    shape: '14',
    status: 403,
    body: { error: { code: 'SANDBOX_DISABLED', message: 'Off' } },
    answer: '403 INSUFFICIENT_PERMISSIONS',
    details: { upstreamStatus: 403, upstreamCode: 'SANDBOX_DISABLED', reason: 'Off' },
  },
  {
    shape: '15',
    status: 500,
    body: { status: 'error', message: 'm', error: 'e', timestamp: '2026' },
    answer: '500 INTERNAL_ERROR',
    details: { upstreamStatus: 500 },
  },
  {
    shape: '16',
    status: 503,
    body: {
      status: 'unhealthy',
      dependencies: {
        database: { status: 'unhealthy', error: 'connect ECONNREFUSED 127.0.0.1:5432' },
        cache: 'degraded',
        auth: { healthy: true },
        queue: 'up',
        'a sentence': 'down',
        '10.42.3.17': 'down',
        'redis.cache.svc.cluster.local': 'down',
        secret: 'no state at all',
      },
    },
    answer: '503 SERVICE_UNAVAILABLE',
    details: {
      upstreamStatus: 503,
      dependencies: { database: 'down', cache: 'degraded', auth: 'up', queue: 'up' },
      retryAfter: 5,
    },
  },
  {
    shape: '20',
    status: 429,
    body: {
      error: 'Too many registration attempts',
      code: 'RATE_LIMIT_EXCEEDED',
      retryAfter: 900,
    },
    answer: '429 RATE_LIMIT_EXCEEDED',
    details: {
      upstreamStatus: 429,
      upstreamCode: 'RATE_LIMIT_EXCEEDED',
      reason: 'Too many registration attempts',
      retryAfter: 900,
    },
  },
  {
    shape: '21',
    status: 500,
    body: { error: 'connect ECONNREFUSED 127.0.0.1:5432', stack: 'Error: connect\n    at x' },
    answer: '503 DATABASE_UNAVAILABLE',
    details: { upstreamStatus: 500, retryAfter: 5 },
  },
  {
    shape: '26',
    status: 404,
    body: { error: "model 'x' not found" },
    answer: '404 NOT_FOUND',
    details: { upstreamStatus: 404, reason: "model 'x' not found" },
  },
  {
    shape: '26 on a 500',
    status: 500,
    body: { error: "model 'x' not found" },
    answer: '500 INTERNAL_ERROR',
    details: { upstreamStatus: 500 },
  },
  {
    shape: '27 on a 401',
    status: 401,
    body: { error: 'Unauthorized', message: 'Who are you?', timestamp: '2026' },
    answer: '401 AUTH_REQUIRED',
    details: { upstreamStatus: 401, reason: 'Who are you?' },
  },
  {
    shape: '27 on a 429',
    status: 429,
    body: { error: 'Too Many Requests', retryAfter: 12.2, resetAt: 'later', limitType: 'x' },
    answer: '429 RATE_LIMIT_EXCEEDED',
    details: { upstreamStatus: 429, reason: 'Too Many Requests', retryAfter: 13 },
  },
  {
    shape: '27 on a 403',
    status: 403,
    body: { error: 'Not in your tier', currentTier: 'free', requiredTier: 'premium' },
    answer: '403 INSUFFICIENT_PERMISSIONS',
    details: { upstreamStatus: 403, reason: 'Not in your tier' },
  },
  {
    shape: '29',
    status: 500,
    body: { error: 'Internal', message: SQL },
    answer: '500 INTERNAL_ERROR',
    details: { upstreamStatus: 500 },
  },
]

describe("each shape of the backend's error bodies", () => {
  it.each(JSON_SHAPES)('$shape becomes $answer', async ({ status, body, answer, details }) => {
    const told = await seenOf(status, body)

    expect(`${told.status} ${told.error.code}`).toBe(answer)
    expect(told.error.details).toEqual(details)
    expect(told.error.correlationId).toBe('req-of-this-test')
  })

  it('17, a sentence labelled as HTML, becomes the reason of a 429', async () => {
    const sentence = 'Too many requests from this IP, please try again later.'
    const told = await seen(answered(responseOf(429, sentence, { ...HTML, 'Retry-After': '40' })))

    expect(told.error).toMatchObject({
      code: 'RATE_LIMIT_EXCEEDED',
      details: { upstreamStatus: 429, reason: sentence, retryAfter: 40 },
    })
  })

  it.each([
    [400, 'VALIDATION_ERROR'],
    [401, 'AUTH_REQUIRED'],
    [500, 'INTERNAL_ERROR'],
  ])('18, a page with a stack trace on a %i, leaves nothing but %s', async (status, code) => {
    const trace = PAGE('BadRequestError: no<br> &nbsp; at read (/srv/api/body.js:12:3)')
    const told = await seen(
      answered(responseOf(status, trace, { ...HTML, 'WWW-Authenticate': 'Bearer error="/srv"' })),
    )

    expect(told.error).toMatchObject({ code, details: { upstreamStatus: status } })
    expect(told.error.details).not.toHaveProperty('reason')
    expect(told.text + JSON.stringify([...told.headers])).not.toContain('/srv')
  })

  it('19, a sentence on a 500, is not relayed', async () => {
    const told = await seen(answered(responseOf(500, 'Error exporting metrics', HTML)))

    expect(told.error).toMatchObject({ code: 'INTERNAL_ERROR', details: { upstreamStatus: 500 } })
    expect(told.text).not.toContain('exporting')
  })

  it.each([400, 431])('22, a bare %i, becomes VALIDATION_ERROR', async (status) => {
    const told = await seen(answered(responseOf(status)))

    expect(told.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { upstreamStatus: status },
    })
  })

  it('23, no reply, becomes a promise or a warning by its method', async () => {
    expect((await seen({ kind: 'lost' })).status).toBe(503)
    expect((await seen({ kind: 'lost' }, { method: 'POST' })).status).toBe(500)
  })

  it.each([
    [301, '<p>Moved</p>'],
    [307, 'Temporary Redirect'],
  ])('24, a redirect by %i, passes', async (status, body) => {
    const response = responseOf(status, body, { Location: '/conversations/' })

    expect(await normalize(answered(response), forwarded())).toEqual({
      allowed: true,
      value: response,
    })
  })

  it('25, a 200 with a failure inside, passes', async () => {
    const response = Response.json({ status: 'degraded', database: 'connect ECONNREFUSED' })

    expect(await normalize(answered(response), forwarded())).toEqual({
      allowed: true,
      value: response,
    })
  })

  it.each([
    [413, 'VALIDATION_ERROR'],
    [502, 'EXTERNAL_SERVICE_UNAVAILABLE'],
    [503, 'SERVICE_UNAVAILABLE'],
    [504, 'EXTERNAL_SERVICE_UNAVAILABLE'],
    [521, 'SERVICE_UNAVAILABLE'],
    [527, 'EXTERNAL_SERVICE_UNAVAILABLE'],
    [530, 'SERVICE_UNAVAILABLE'],
  ])('28, a proxy page on a %i, becomes %s', async (status, code) => {
    const told = await seen(answered(responseOf(status, PAGE('<h1>nginx/1.25</h1>'), HTML)))

    expect(told.error.code).toBe(code)
    expect(told.text).not.toContain('nginx')
  })
})
