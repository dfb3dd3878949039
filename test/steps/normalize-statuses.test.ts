import { describe, expect, it } from 'vitest'
import type { UpstreamOutcome } from '../../src/ports.ts'
import { normalize } from '../../src/steps/normalize.ts'
import { answered, forwarded, responseOf, seen, seenOf } from './normalize-support.ts'

describe('an answer that is good', () => {
  it.each([200, 201, 202, 204, 206, 207, 226, 299, 300, 301, 302, 303, 304, 307, 308, 399])(
    'passes %i as it came, its body unread',
    async (status) => {
      const response = responseOf(status, 'as it came', { 'X-Own': '1' })

      const decision = await normalize(answered(response), forwarded())

      expect(decision).toEqual({ allowed: true, value: response })
      expect(response.bodyUsed).toBe(false)
      expect(await response.text()).toBe('as it came')
    },
  )

  it('passes a 200 that tells of a failure inside', async () => {
    const response = Response.json({ valid: false, error: 'INVALID_TOKEN' })

    expect(await normalize(answered(response), forwarded())).toEqual({
      allowed: true,
      value: response,
    })
  })

  it('passes a 101 that brings its socket', async () => {
    const { 0: socket } = new WebSocketPair()
    const response = new Response(null, { status: 101, webSocket: socket })

    expect(await normalize(answered(response), forwarded())).toEqual({
      allowed: true,
      value: response,
    })
  })
})

// Written by hand from the contract: upstream status, answer to a GET, answer to a POST.
const LOST = ['503 EXTERNAL_SERVICE_UNAVAILABLE', '500 SERVICE_ERROR'] as const
const NEVER_REACHED = ['503 SERVICE_UNAVAILABLE', '503 SERVICE_UNAVAILABLE'] as const
const INVALID = ['400 VALIDATION_ERROR', '400 VALIDATION_ERROR'] as const
const OURS = ['500 SERVICE_ERROR', '500 SERVICE_ERROR'] as const

const ROWS: readonly (readonly [number, string, string])[] = [
  [400, ...INVALID],
  [401, '401 AUTH_REQUIRED', '401 AUTH_REQUIRED'],
  [402, '403 TIER_FEATURE_UNAVAILABLE', '403 TIER_FEATURE_UNAVAILABLE'],
  [403, '403 INSUFFICIENT_PERMISSIONS', '403 INSUFFICIENT_PERMISSIONS'],
  [404, '404 NOT_FOUND', '404 NOT_FOUND'],
  [405, ...INVALID],
  [406, ...INVALID],
  [407, ...OURS],
  [408, ...LOST],
  [409, ...INVALID],
  [410, '404 NOT_FOUND', '404 NOT_FOUND'],
  [411, ...INVALID],
  [412, ...INVALID],
  [413, ...INVALID],
  [414, ...INVALID],
  [415, ...INVALID],
  [416, ...INVALID],
  [417, ...INVALID],
  [418, ...INVALID],
  [420, ...INVALID],
  [421, ...OURS],
  [422, ...INVALID],
  [423, ...INVALID],
  [424, ...INVALID],
  [425, ...NEVER_REACHED],
  [426, ...INVALID],
  [428, ...INVALID],
  [429, '429 RATE_LIMIT_EXCEEDED', '429 RATE_LIMIT_EXCEEDED'],
  [431, ...INVALID],
  [444, ...INVALID],
  [451, '403 INSUFFICIENT_PERMISSIONS', '403 INSUFFICIENT_PERMISSIONS'],
  [499, ...INVALID],
  [500, '500 INTERNAL_ERROR', '500 INTERNAL_ERROR'],
  [501, ...OURS],
  [502, ...LOST],
  [503, ...NEVER_REACHED],
  [504, ...LOST],
  [505, ...OURS],
  [506, ...OURS],
  [507, ...OURS],
  [508, ...OURS],
  [509, ...OURS],
  [510, ...OURS],
  [511, ...OURS],
  [519, ...OURS],
  [520, ...LOST],
  [521, ...NEVER_REACHED],
  [522, ...LOST],
  [523, ...NEVER_REACHED],
  [524, ...LOST],
  [525, ...NEVER_REACHED],
  [526, ...NEVER_REACHED],
  [527, ...LOST],
  [528, ...OURS],
  [529, ...OURS],
  [530, ...NEVER_REACHED],
  [531, ...OURS],
  [599, ...OURS],
  [100, ...LOST],
  [101, ...LOST],
  [102, ...LOST],
  [103, ...LOST],
  [199, ...LOST],
  [600, ...LOST],
  [777, ...LOST],
  [999, ...LOST],
]

describe('an upstream status whose body says nothing', () => {
  it.each(ROWS)('of %i becomes %s for a GET and %s for a POST', async (status, toGet, toPost) => {
    const get = await seenOf(status)
    const post = await seenOf(status, undefined, { method: 'POST' })

    expect(`${get.status} ${get.error.code}`).toBe(toGet)
    expect(`${post.status} ${post.error.code}`).toBe(toPost)
    expect(get.error.details).toMatchObject({ upstreamStatus: status })
  })

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])(
    'of 504 promises that a %s can be repeated',
    async (method) => {
      expect((await seenOf(504, undefined, { method })).status).toBe(503)
    },
  )

  it.each(['POST', 'PATCH', 'PROPPATCH', 'get', ''])(
    'of 504 makes no such promise for "%s"',
    async (method) => {
      expect((await seenOf(504, undefined, { method })).status).toBe(500)
    },
  )
})

describe('an outcome without an answer', () => {
  it.each<[UpstreamOutcome & { kind: 'unreachable' | 'lost' | 'late' }, string, string]>([
    [{ kind: 'unreachable' }, 'SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE'],
    [{ kind: 'lost' }, 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    [{ kind: 'late' }, 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
  ])('%o becomes %s for a GET and %s for a POST', async (outcome, toGet, toPost) => {
    const cause = `upstream ${outcome.kind}`

    expect(await normalize(outcome, forwarded())).toEqual({ allowed: false, code: toGet, cause })
    expect((await seen(outcome, { method: 'POST' })).error.code).toBe(toPost)
  })
})

describe('headers of a refusal', () => {
  it('keeps what tells the client how to ask better, and nothing else', async () => {
    const { headers } = await seenOf(405, undefined, undefined, {
      Allow: 'GET, HEAD',
      'Accept-Patch': 'application/json',
      'Accept-Ranges': 'bytes',
      'Content-Range': 'bytes */1234',
      'WWW-Authenticate': 'Basic realm="inside"',
      Server: 'inside/1.0',
      'Set-Cookie': 'a=b',
    })

    expect(Object.fromEntries(headers)).toEqual({
      allow: 'GET, HEAD',
      'accept-patch': 'application/json',
      'accept-ranges': 'bytes',
      'content-range': 'bytes */1234',
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      link: '</_gateway/errors/VALIDATION_ERROR>; rel="help"',
      vary: 'Accept',
      'x-gateway-error-source': 'upstream',
    })
  })

  it.each([
    ['a control character', { Allow: 'GET\u0001' }],
    ['more than ASCII', { Allow: 'GÉT' }],
    ['more than 1,000 characters', { Allow: 'G'.repeat(1_001) }],
    ['a name that is hardly one', { [`Accept-${'a'.repeat(21)}`]: 'x', 'Accept-1': 'x' }],
  ])('drops those that some clients would stumble over: %s', async (_, hostile) => {
    const { headers } = await seenOf(405, undefined, undefined, {
      ...hostile,
      'Accept-Post': '*/*',
    })

    expect([...headers.keys()].filter((name) => /^a/.test(name))).toEqual(['accept-post'])
  })

  it('keeps at most eight', async () => {
    const many = [...'abcdefghijkl'].map((letter) => [`Accept-${letter}`, 'x'])

    const { headers } = await seenOf(405, undefined, undefined, Object.fromEntries(many))

    expect([...headers.keys()].filter((name) => name.startsWith('accept-'))).toHaveLength(8)
  })

  it('keeps none of them where the answer is a 5xx', async () => {
    const { headers } = await seenOf(501, undefined, undefined, { Allow: 'GET' })

    expect(headers.has('Allow')).toBe(false)
  })

  it('answers a 401 with its own challenge', async () => {
    const { headers } = await seenOf(401, undefined, undefined, {
      'WWW-Authenticate': 'Basic realm="inside"',
    })

    expect(headers.get('WWW-Authenticate')).toBe(
      'Bearer realm="cloudtolocalllm", error="invalid_token"',
    )
  })
})
