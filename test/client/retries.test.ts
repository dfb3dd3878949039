import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../../src/client/api-error.ts'
import { clientWorld, good, lost, type Part, page, refusal } from '../support/client-world.ts'

const bodies = new Set(['POST', 'PUT', 'PATCH'])

async function triesOf(part: Part, method: string): Promise<number> {
  const world = clientWorld([part])
  const init = { method, ...(bodies.has(method) && { body: '{"name":"lab"}' }) }
  await expect(world.call('/tunnels', init)).rejects.toBeInstanceOf(ApiError)
  return world.sent.length
}

describe('whether a call is sent again is the contract’s word', () => {
  const tooMany = refusal(429, 'RATE_LIMIT_EXCEEDED')
  const away = refusal(503, 'SERVICE_UNAVAILABLE')
  const broken = refusal(500, 'INTERNAL_ERROR')
  const late = refusal(504, 'SERVICE_ERROR')
  it.each([
    ['429', tooMany, ['GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH']],
    ['503', away, ['GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH']],
    ['500', broken, ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']],
    ['504', late, ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']],
    ['a lost connection', lost, ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']],
    ['a 429 of whoever stands in between', page(429), ['GET', 'POST']],
    ['a 503 of whoever stands in between', page(503), ['GET', 'PUT', 'DELETE']],
  ])('%s: yes', async (_, part, methods) => {
    const tries = await Promise.all(methods.map((method) => triesOf(part, method)))

    expect(tries).toEqual(methods.map(() => 4))
  })

  it.each([
    ['500', broken, ['POST', 'PATCH', 'post']],
    ['504', late, ['POST', 'PATCH']],
    ['a lost connection', lost, ['POST', 'PATCH']],
    ['a 503 of whoever stands in between', page(503), ['POST', 'PATCH']],
    ['QUOTA_EXCEEDED', refusal(429, 'QUOTA_EXCEEDED'), ['GET', 'POST']],
    ['400', refusal(400, 'VALIDATION_ERROR'), ['GET', 'PUT']],
    ['401', refusal(401, 'AUTH_REQUIRED'), ['GET', 'PUT']],
    ['TOKEN_EXPIRED without a way to refresh', refusal(401, 'TOKEN_EXPIRED'), ['GET']],
    ['403', refusal(403, 'ADMIN_REQUIRED'), ['GET', 'PUT']],
    ['404', refusal(404, 'NOT_FOUND'), ['GET', 'PUT']],
    ['a 404 of whoever stands in between', page(404), ['GET']],
    ['a 502', page(502), ['GET']],
  ])('%s: no', async (_, part, methods) => {
    const tries = await Promise.all(methods.map((method) => triesOf(part, method)))

    expect(tries).toEqual(methods.map(() => 1))
  })

  it.each([
    ['redirect', () => new Response(null, { status: 307, headers: { Location: '/elsewhere' } })],
    ['304', () => new Response(null, { status: 304 })],
    ['204', () => new Response(null, { status: 204 })],
  ])('a %s is a good answer', async (_, part) => {
    const world = clientWorld([part])

    const { status } = await world.call('/tunnels')

    expect(status).toBe(part().status)
  })
})

describe('a body is sent again as it was', () => {
  const form = new FormData()
  form.set('name', 'lab')
  it.each([
    ['text', '{"name":"lab"}'],
    ['bytes', new TextEncoder().encode('lab')],
    ['a blob', new Blob(['lab'])],
    ['a form', form],
    ['parameters', new URLSearchParams({ name: 'lab' })],
  ])('%s', async (_, body) => {
    const world = clientWorld([refusal(503, 'CACHE_UNAVAILABLE'), good])

    await world.call('/tunnels', { method: 'POST', body })

    const [first, second, ...more] = world.sent.map((sent) =>
      sent.body.replaceAll(/--[0-9a-f]{32}/g, ''),
    )
    expect(first).toContain('lab')
    expect(second).toBe(first)
    expect(more).toEqual([])
  })

  it.each([
    ['a stream', '/tunnels', { body: new Blob(['lab']).stream(), duplex: 'half' }],
    ['a Request', new Request('https://gateway.test/tunnels', { method: 'POST', body: 'lab' }), {}],
  ])('but %s, which can be read only once', async (_, input, init) => {
    const world = clientWorld([refusal(503, 'CACHE_UNAVAILABLE'), good])

    const call = world.call(input, { method: 'POST', ...init })

    await expect(call).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' })
    expect(world.sent.map(({ body }) => body)).toEqual(['lab'])
  })

  it('a Request without one can be sent again', async () => {
    const world = clientWorld([refusal(503, 'CACHE_UNAVAILABLE'), good])
    const request = new Request('https://gateway.test/tunnels/1', {
      method: 'DELETE',
      headers: { 'If-Match': '"7"' },
    })

    await world.call(request)

    const deletion = { method: 'DELETE', url: 'https://gateway.test/tunnels/1' }
    expect(world.sent).toMatchObject([deletion, deletion])
    expect(world.sent.map(({ headers }) => headers.get('If-Match'))).toEqual(['"7"', '"7"'])
  })
})

function pausesBetween(sent: readonly { at: number }[]): number[] {
  return sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0))
}

describe('the pause before the next try', () => {
  it.each([
    ['at its shortest', 0, [250, 500, 1000]],
    ['at its longest', 1, [500, 1000, 2000]],
  ])('doubles, %s', async (_, chance, pauses) => {
    const world = clientWorld([lost], {}, () => chance)

    await world.call('/tunnels').catch(() => undefined)

    expect(pausesBetween(world.sent)).toEqual(pauses)
  })

  it.each([
    ['seconds', { headers: { 'Retry-After': '7' } }, 7_000],
    ['a date', { headers: { 'Retry-After': 'Mon, 23 Nov 2026 00:00:09 GMT' } }, 9_000],
    ['details alone, where CORS hides the header', { details: { retryAfter: 4 } }, 4_000],
    ['a date gone by', { headers: { 'Retry-After': 'Sun, 22 Nov 2026 00:00:09 GMT' } }, 0],
    ['nonsense', { headers: { 'Retry-After': 'later' } }, 0],
  ])('comes on top of Retry-After: %s', async (_, more, asked) => {
    const world = clientWorld([refusal(503, 'SERVICE_UNAVAILABLE', more), good], {}, () => 0)

    await world.call('/tunnels')

    expect(pausesBetween(world.sent)).toEqual([asked + 250])
  })

  it('is never shorter than asked for, and never begun when it would pass the deadline', async () => {
    const asked = fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 5 })
    const deadlineMs = fc.integer({ min: 1, max: 120_000 })
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    const property = fc.asyncProperty(asked, deadlineMs, chance, async (seconds, most, luck) => {
      const parts = seconds.map((s) =>
        refusal(429, 'RATE_LIMIT_EXCEEDED_USER', { headers: { 'Retry-After': `${s}` } }),
      )
      const world = clientWorld(parts, { deadlineMs: most }, () => luck)
      const startedAt = world.now()

      await expect(world.call('/tunnels')).rejects.toMatchObject({ status: 429 })

      const pauses = pausesBetween(world.sent)
      const wanted = pauses.map((_, index) => (seconds[index] ?? seconds.at(-1) ?? 0) * 1000)
      expect(pauses.filter((pause, index) => pause < (wanted[index] ?? 0))).toEqual([])
      expect(world.now() - startedAt).toBeLessThan(most)
      expect(world.sent.length).toBeLessThanOrEqual(4)
    })
    await fc.assert(property, { numRuns: 200 })
  })
})

describe('the deadline', () => {
  const later = refusal(503, 'DATABASE_UNAVAILABLE', { headers: { 'Retry-After': '30' } })

  it('makes the error come at once where the wait would pass it', async () => {
    const world = clientWorld([later], { deadlineMs: 30_000 })
    const startedAt = world.now()

    const call = world.call('/tunnels')

    await expect(call).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    expect(world.now()).toBe(startedAt)
    expect(world.sent.length).toBe(1)
  })

  it('ends a try that hangs, be it the second', async () => {
    const world = clientWorld([], { deadlineMs: 8_000 })
    const startedAt = world.now()

    const error: unknown = await world.call('/tunnels').catch((thrown) => thrown)

    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({
      status: 0,
      message: 'No answer within 8000 ms',
      correlationId: world.sent[0]?.headers.get('X-Correlation-ID'),
      cause: { name: 'TimeoutError' },
    })
    expect(world.now() - startedAt).toBe(8_000)
  })

  it('of one call stands over that of the client', async () => {
    const world = clientWorld([later, good], { deadlineMs: 1_000 })

    const response = await world.call('/tunnels', { deadlineMs: 40_000 })

    expect(await response.text()).toBe('good')
  })

  it('can be as far as never', async () => {
    const month = refusal(429, 'RATE_LIMIT_EXCEEDED', { headers: { 'Retry-After': '1728000' } })
    const world = clientWorld([month, good], { deadlineMs: Number.POSITIVE_INFINITY })

    await world.call('/tunnels')

    expect(pausesBetween(world.sent)).toEqual([1_728_000_375])
  })
})
