import { SELF } from 'cloudflare:test'
import { describe, expect, inject, it } from 'vitest'
import { ApiError } from '../../src/client/api-error.ts'
import { type ClientOptions, createClient } from '../../src/client/client.ts'
import { clientWorld, good, lost, page, refusal } from '../support/client-world.ts'

async function rejectionOf(call: Promise<unknown>): Promise<ApiError> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof ApiError)) throw new Error(`not an ApiError: ${thrown}`)
  return thrown
}

describe('where a call goes', () => {
  it.each([
    ['https://gateway.test', '/tunnels?page=2', 'https://gateway.test/tunnels?page=2'],
    ['https://gateway.test', 'tunnels', 'https://gateway.test/tunnels'],
    ['https://gateway.test/', '/tunnels', 'https://gateway.test/tunnels'],
    ['https://gateway.test/api', '/tunnels', 'https://gateway.test/api/tunnels'],
    ['https://gateway.test/api/', 'tunnels', 'https://gateway.test/api/tunnels'],
    ['https://gateway.test', 'https://gateway.test/ws', 'https://gateway.test/ws'],
    ['https://gateway.test', '//evil.test/tunnels', 'https://gateway.test//evil.test/tunnels'],
    ['https://gateway.test', '\\\\evil.test', 'https://gateway.test///evil.test'],
    ['https://gateway.test', '@evil.test', 'https://gateway.test/@evil.test'],
  ])('%s and %s', async (baseUrl, path, url) => {
    const world = clientWorld([good], { baseUrl })

    await world.call(path)

    expect(world.sent).toMatchObject([{ url }])
  })

  it.each([
    ['a text', 'https://evil.test/tunnels'],
    ['a URL', new URL('https://evil.test/tunnels')],
    ['a Request', new Request('https://evil.test/tunnels')],
    ['another port', 'https://gateway.test:8443/tunnels'],
    ['plain http', 'http://gateway.test/tunnels'],
  ])('is never another origin, which would learn the token: %s', async (_, input) => {
    const world = clientWorld([good], { token: 'secret' })

    await expect(world.call(input)).rejects.toBeInstanceOf(TypeError)
    expect(world.sent).toEqual([])
  })
})

describe('the credential of a call', () => {
  it.each<[string, ClientOptions['token'], string | null]>([
    ['a text', 'a', 'Bearer a'],
    ['a function', () => 'b', 'Bearer b'],
    ['a promise', async () => 'c', 'Bearer c'],
    ['none yet', () => undefined, null],
  ])('comes from %s', async (_, token, authorization) => {
    const world = clientWorld([good], { token })

    await world.call('/tunnels')

    expect(world.sent[0]?.headers.get('Authorization')).toBe(authorization)
  })

  it('is asked for before every try', async () => {
    const tokens = ['first', undefined, 'third']
    const world = clientWorld([lost, lost, good], { token: () => tokens.shift() })

    await world.call('/tunnels')

    const shown = world.sent.map(({ headers }) => headers.get('Authorization'))
    expect(shown).toEqual(['Bearer first', null, 'Bearer third'])
  })

  it.each([
    ['Authorization', 'Basic x'],
    ['X-API-Key', 'ctl_x'],
  ])('is the call’s own where it brings one in %s', async (name, value) => {
    const world = clientWorld([refusal(401, 'TOKEN_EXPIRED')], { token: 'ours', refresh: {} })

    await rejectionOf(world.call('/bridge', { headers: { [name]: value } }))

    expect(world.sent.length).toBe(1)
    expect(world.sent[0]?.headers.get(name)).toBe(value)
    expect([...(world.sent[0]?.headers.values() ?? [])].join()).not.toContain('ours')
  })
})

describe('the correlation id', () => {
  it('is one for all tries of a call, another for the next, and one that a gateway accepts', async () => {
    const world = clientWorld([lost, lost, good])
    await world.call('/tunnels')
    await world.call('/tunnels')

    const [first, second, third, other] = world.sent.map(({ headers }) =>
      headers.get('X-Correlation-ID'),
    )

    expect(first).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/)
    expect([second, third]).toEqual([first, first])
    expect(other).not.toBe(first)
  })

  it('is the caller’s own where it has one', async () => {
    const world = clientWorld([page(404)])

    const headers = { 'X-Correlation-ID': 'my-own-id-1' }
    const error = await rejectionOf(world.call('/tunnels', { headers }))

    expect(error.correlationId).toBe('my-own-id-1')
  })
})

describe('an error', () => {
  it('tells all that the envelope does', async () => {
    const details = { missingFields: ['name'] }
    const world = clientWorld([refusal(400, 'MISSING_PARAMETER', { details })])

    const error = await rejectionOf(world.call('/tunnels'))

    expect(error).toMatchObject({
      name: 'ApiError',
      message: 'The message of MISSING_PARAMETER',
      status: 400,
      code: 'MISSING_PARAMETER',
      category: 'server',
      correlationId: 'req-12345-abcde',
      suggestion: 'Do something',
      details,
    })
    expect(error).not.toHaveProperty('text')
  })

  it('of an answer that is not the contract’s has its status, headers and beginning, and no code', async () => {
    const world = clientWorld([page(502)])

    const error = await rejectionOf(world.call('/tunnels'))

    expect(error).toMatchObject({
      status: 502,
      message: 'HTTP 502',
      text: '<!doctype html><title>Error 1102</title>',
      correlationId: world.sent[0]?.headers.get('X-Correlation-ID'),
    })
    expect(error.code).toBeUndefined()
    expect(error.headers?.get('CF-Ray')).toBe('8f2-AMS')
  })

  it.each([
    ['null', 'null'],
    ['an error that is a text', '{"error":"Not found"}'],
    ['an error without a suggestion', '{"error":{"code":"NOT_FOUND","message":"x"}}'],
    ['a code that is none', '{"error":{"code":7,"message":"x","category":"c","suggestion":"s"}}'],
    ['half of it', '{"error":{"code":"NOT_FO'],
    ['nothing', ''],
  ])('has no code where the body is %s', async (_, body) => {
    const world = clientWorld([() => new Response(body, { status: 404 })])

    const error = await rejectionOf(world.call('/tunnels'))

    expect(error).toMatchObject({ status: 404, text: body })
    expect(error.code).toBeUndefined()
  })

  it('whose body breaks off still has its status', async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('cut')) })
    const world = clientWorld([() => new Response(broken, { status: 403 })])

    expect(await rejectionOf(world.call('/tunnels'))).toMatchObject({ status: 403, text: '' })
  })

  it('of a lost connection has the reason of fetch for its cause', async () => {
    const world = clientWorld([lost])

    const error = await rejectionOf(world.call('/tunnels', { method: 'POST' }))

    expect(error).toMatchObject({ status: 0, cause: { message: 'fetch failed' } })
  })
})

describe('inside a Worker, against the worker itself', () => {
  const { issuer } = inject('outside')
  async function api(options: Partial<ClientOptions> = {}) {
    const response = await fetch(`${issuer}dev/tokens`, {
      method: 'POST',
      body: JSON.stringify({ subject: crypto.randomUUID() }),
    })
    const { token } = await response.json<{ token: string }>()
    return createClient({
      baseUrl: 'https://gateway.test',
      token,
      fetch: (input, init) => SELF.fetch(input, init),
      ...options,
    })
  }

  it('a good answer is fetch’s own', async () => {
    const call = await api()

    const response = await call('/tunnels')

    expect(response.bodyUsed).toBe(false)
    expect(await response.json()).toMatchObject({ success: true })
    expect(response.headers.get('X-Correlation-ID')).toMatch(/^req-\d+-\d+-\d+$/)
  })

  it('a refusal is an error with a code', async () => {
    const call = await api()

    expect(await rejectionOf(call('/admin/users'))).toMatchObject({
      code: 'ADMIN_REQUIRED',
      category: 'authorization',
      status: 403,
      suggestion: 'Use admin account',
      details: { requiredRole: 'admin' },
    })
  })

  it('a WebSocket is opened with the token', async () => {
    const call = await api()

    const { status, webSocket } = await call('/ssh', {
      headers: {
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    })
    webSocket?.accept()
    const echo = new Promise((resolve) =>
      webSocket?.addEventListener('message', ({ data }) => resolve(data)),
    )
    webSocket?.send('hello')

    expect(status).toBe(101)
    expect(await echo).toBe('hello')
    webSocket?.close(1000)
  })
})
