import { describe, expect, it } from 'vitest'
import { seenOf } from './normalize-support.ts'

const envelope = (fields: object) => ({
  error: {
    code: 'TUNNEL_NOT_FOUND',
    message: 'Gone, I fear',
    category: 'validation',
    statusCode: 418,
    correlationId: 'theirs',
    suggestion: 'Look on the other shelf',
    details: { tunnelId: 't-1', seen: [{ at: 1 }] },
    stack: 'at /srv',
    ...fields,
  },
  trace: 'theirs too',
})

const nested = (levels: number): object =>
  JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)

describe("an upstream that speaks the contract's envelope", () => {
  it('passes with its code, suggestion and details; the rest is ours', async () => {
    const { status, error } = await seenOf(400, envelope({}))

    expect(status).toBe(404)
    expect(error).toEqual({
      code: 'TUNNEL_NOT_FOUND',
      message: 'Tunnel not found',
      category: 'not_found',
      statusCode: 404,
      correlationId: 'req-of-this-test',
      suggestion: 'Look on the other shelf',
      details: { tunnelId: 't-1', seen: [{ at: 1 }] },
    })
  })

  it('is told from a body that only looks a little like it', async () => {
    const { error } = await seenOf(404, {
      error: { code: 'TUNNEL_NOT_FOUND', message: 'Gone', timestamp: '2026' },
    })

    expect(error.suggestion).toBe('Check tunnel ID')
    expect(error.details).toEqual({
      upstreamStatus: 404,
      upstreamCode: 'TUNNEL_NOT_FOUND',
      reason: 'Gone',
    })
  })

  it.each([
    ['a sentence', 'no object'],
    ['an array', ['a']],
    ['more than 8 KiB', { text: 'x'.repeat(9000) }],
    ['deeper than any form', nested(1000)],
    ['deeper than a serializer likes', nested(10_000)],
    ['nothing', {}],
  ])('loses details that are %s', async (_, details) => {
    const { error } = await seenOf(404, envelope({ details }))

    expect(error.code).toBe('TUNNEL_NOT_FOUND')
    expect(error).not.toHaveProperty('details')
  })

  it('has its suggestion tidied and bounded', async () => {
    const long = await seenOf(404, envelope({ suggestion: `a\u0000b\n\n  ${'é'.repeat(400)}` }))
    const none = await seenOf(404, envelope({ suggestion: ' \u0007 ' }))

    expect(long.error.suggestion).toBe(`ab ${'é'.repeat(297)}`)
    expect(none.error.suggestion).toBe('Check tunnel ID')
  })

  it('is not believed outside its class', async () => {
    const { error } = await seenOf(500, envelope({}))

    expect(error.code).toBe('INTERNAL_ERROR')
    expect(error.details).toEqual({ upstreamStatus: 500, upstreamCode: 'TUNNEL_NOT_FOUND' })
  })

  it('passes nothing textual of a 5xx', async () => {
    const { error } = await seenOf(
      503,
      envelope({
        code: 'CACHE_UNAVAILABLE',
        suggestion: 'Ask redis-7.internal',
        details: {
          host: 'redis-7.internal',
          attempts: 3,
          warm: false,
          nested: { host: 'redis-7.internal' },
          'redis-7.internal is down': 1,
          retryAfter: 30,
          dependencies: { cache: 'down', note: 'redis-7.internal' },
        },
      }),
    )

    expect(error.suggestion).toBe('Retry or use fallback')
    expect(error.details).toEqual({
      attempts: 3,
      warm: false,
      dependencies: { cache: 'down' },
      retryAfter: 30,
    })
  })

  it('passes at most twenty figures and twenty dependencies of a 5xx', async () => {
    const many = Array.from({ length: 25 }, (_, index) => `n${index}`)
    const figures = Object.fromEntries(many.map((name) => [name, 1]))
    const dependencies = Object.fromEntries(many.map((name) => [name, 'up']))

    const told = await seenOf(500, envelope({ code: 'SERVICE_ERROR', details: figures }))
    const health = await seenOf(503, { dependencies })

    expect(Object.keys(told.error.details ?? {})).toEqual(many.slice(0, 20))
    expect(health.error.details?.dependencies).toEqual(
      Object.fromEntries(many.slice(0, 20).map((name) => [name, 'up'])),
    )
  })

  it('cannot promise that a POST is safe to repeat after a 500', async () => {
    const told = envelope({ code: 'DATABASE_UNAVAILABLE', details: { attempts: 3 } })

    const { error } = await seenOf(500, told, { method: 'POST' })

    expect(error.code).toBe('DATABASE_ERROR')
    expect(error.suggestion).toBe('Retry or contact support')
  })

  it.each(['soon', -3, null, { a: 1 }])(
    'cannot put %j where a number of seconds belongs',
    async (retryAfter) => {
      const told = envelope({ code: 'QUOTA_EXCEEDED', details: { retryAfter, limit: 9 } })

      const { error, headers } = await seenOf(429, told)

      expect(error.code).toBe('QUOTA_EXCEEDED')
      expect(error.details).toEqual({ limit: 9, retryAfter: 5 })
      expect(headers.get('Retry-After')).toBe('5')
    },
  )
})
