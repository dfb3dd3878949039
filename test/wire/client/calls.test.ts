import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../../scripts/serve.ts'
import { ApiError } from '../../../src/client/api-error.ts'
import { type ClientOptions, createClient } from '../../../src/client/client.ts'
import { PLATFORM } from '../../../src/client/outside.ts'
import { openWorld, type World } from '../world.ts'
import { failing, reset, type ScriptedApi, silent, startScriptedApi, well } from './scripted-api.ts'

let world: World
let upstream: ScriptedApi
let gateway: ServedWorker
beforeAll(async () => {
  world = await openWorld()
  upstream = await startScriptedApi()
  gateway = await world.another({
    UPSTREAM_URL: upstream.url,
    ROUTES: '[{"path":"/things","access":"public"},{"path":"/mine","access":"user"}]',
  })
})
afterAll(async () => {
  // First: workerd waits for whom it serves, and some are never answered.
  await upstream.stop()
  await world.stop()
})

/** A client, how often it has sent something, and how often it has begun to wait. */
function client(options: Partial<ClientOptions> = {}) {
  let sent = 0
  let waits = 0
  const call = createClient(
    {
      baseUrl: gateway.url,
      ...options,
      fetch(input, init) {
        sent += 1
        return fetch(input, init)
      },
    },
    {
      ...PLATFORM,
      sleep(milliseconds, signal) {
        waits += 1
        return PLATFORM.sleep(milliseconds, signal)
      },
    },
  )
  return { call, sent: () => sent, waits: () => waits }
}

const post = { method: 'POST', body: '{"name":"lab"}' }

describe('a call through the gateway', () => {
  it('is made again after a 503, with the same body and under the same correlation id', async () => {
    upstream.say(failing(503, { 'Retry-After': '1' }), well)

    const response = await client().call('/things', post)

    expect(await response.text()).toBe('{"good":true}')
    const correlationId = response.headers.get('X-Correlation-ID')
    const expected = { method: 'POST', correlationId, body: post.body }
    expect(upstream.received).toEqual([expected, expected])
    await expect
      .poll(() => gateway.log().split(`"correlationId":"${correlationId}"`).length - 1)
      .toBe(2)
  })

  it('is made again after a 500 where that changes nothing', async () => {
    upstream.say(failing(500), failing(500), well)

    const response = await client().call('/things', { ...post, method: 'PUT' })

    expect(response.status).toBe(200)
    expect(upstream.received.length).toBe(3)
  })

  it.each([
    ['that failed', failing(500), 'INTERNAL_ERROR'],
    ['whose answer was lost', reset, 'SERVICE_ERROR'],
  ])('is not made again where it was a POST %s', async (_, answer, code) => {
    upstream.say(answer, well)

    const call = client().call('/things', post)

    await expect(call).rejects.toMatchObject({ code, category: 'server', status: 500 })
    expect(upstream.received.length).toBe(1)
  })

  it('over its limit waits as long as it is told, and is admitted', async () => {
    const limited = await world.another({ LIMITS: '{"ip":{"second":1}}' })
    const { call, sent } = client({ baseUrl: limited.url })
    await call('/demo/echo')

    const response = await call('/demo/echo', post)

    expect(response.status).toBe(200)
    expect(sent()).toBe(3)
  })

  it('over its quota is told so at once', async () => {
    const limited = await world.another({ LIMITS: '{"tiers":{"free":{"month":1}}}' })
    const token = await world.issuer.mint({ subject: 'auth0|quota' })
    const { call, sent } = client({ baseUrl: limited.url, token })
    await call('/tunnels')

    const again = call('/tunnels', { deadlineMs: Number.POSITIVE_INFINITY })

    await expect(again).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      details: { retryAfter: 30 * 24 * 60 * 60 },
    })
    expect(sent()).toBe(2)
  })

  it('to a gateway that is not there fails after four tries, with the reason', async () => {
    const { call, sent } = client({ baseUrl: 'http://127.0.0.1:9' })

    const error: unknown = await call('/things').catch((thrown) => thrown)

    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 0, cause: { name: 'TypeError' } })
    expect(sent()).toBe(4)
  })
})

describe('a call that is given up', () => {
  it('beforehand sends nothing', async () => {
    const { call, sent } = client()

    const given = call('/things', { signal: AbortSignal.abort(new Error('never mind')) })

    await expect(given).rejects.toThrow('never mind')
    expect(sent()).toBe(0)
  })

  it('while it waits for its answer ends with the caller’s reason', async () => {
    upstream.say(silent)
    const leaving = new AbortController()
    const given = client().call('/things', { signal: leaving.signal })
    const ended = expect(given).rejects.toThrow('never mind')
    await expect.poll(() => upstream.received.length).toBe(1)

    leaving.abort(new Error('never mind'))

    await ended
  })

  it('while it pauses does not come back', async () => {
    upstream.say(failing(503, { 'Retry-After': '20' }))
    const leaving = new AbortController()
    const { call, sent, waits } = client()
    const given = call('/things', { ...post, signal: leaving.signal })
    const ended = expect(given).rejects.toMatchObject({ name: 'AbortError' })
    // For its deadline, and for its turn.
    await expect.poll(waits).toBe(2)

    leaving.abort()

    await ended
    expect(sent()).toBe(1)
  })

  it('while its token is looked for sends nothing', async () => {
    const leaving = new AbortController()
    const { call, sent } = client({ token: () => new Promise(() => undefined) })
    const given = call('/mine', { signal: leaving.signal })

    leaving.abort()

    await expect(given).rejects.toMatchObject({ name: 'AbortError' })
    expect(sent()).toBe(0)
  })

  it('by its deadline says so', async () => {
    upstream.say(silent)

    const call = client().call('/things', { deadlineMs: 200 })

    await expect(call).rejects.toMatchObject({ status: 0, cause: { name: 'TimeoutError' } })
  })
})

describe('a stream', () => {
  it('outlasts the deadline once its header has come, until its caller leaves', async () => {
    const chunks: (() => void)[] = []
    upstream.say((response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders()
      chunks.push(() => response.write('data: one\n\n'))
    })
    const leaving = new AbortController()
    const { signal } = leaving

    const response = await client().call('/things', { deadlineMs: 3_000, signal })
    const reader = response.body?.getReader()
    await new Promise((resolve) => setTimeout(resolve, 3_200))
    chunks[0]?.()
    const first = await reader?.read()
    leaving.abort()

    expect(new TextDecoder().decode(first?.value)).toBe('data: one\n\n')
    await expect(reader?.read()).rejects.toMatchObject({ name: 'AbortError' })
  })
})
