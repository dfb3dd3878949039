import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Attempted } from '../../src/ports.ts'
import { testGateway } from '../support/gateway.ts'
import { RFC_KEY } from '../support/own-keys.ts'

const ROUTES = JSON.stringify([
  { path: '/things', access: 'public' },
  { path: '/elsewhere', access: 'public', upstream: 'https://elsewhere.test' },
])
const LOST: Attempted = { kind: 'lost' }
const POST = { method: 'POST', body: '{}' }

/** A gateway whose upstream fails until it is told to stop. */
async function troubled(settings: Readonly<Record<string, string>> = {}) {
  let failure: (() => Attempted | Response) | undefined
  const gateway = await testGateway({
    settings: { ROUTES, ...settings },
    upstream: (request) => {
      const { hostname } = new URL(request.url)
      const answer = Response.json({ from: hostname })
      return hostname === 'upstream.test' ? (failure?.() ?? answer) : answer
    },
  })
  return {
    ...gateway,
    failWith(how: typeof failure) {
      failure = how
    },
    /** Enough failures to be left alone for. */
    async giveUpOn(path: string) {
      failure = () => LOST
      for (let count = 0; count < 30; count += 1) await gateway.ask(path, POST)
    },
    record: () => gateway.records.findLast(({ event }) => event === 'exchange'),
  }
}

describe('an answer that came at the second try', () => {
  it('is the answer, and the record tells of the first', async () => {
    const gateway = await troubled()
    const failures = [LOST]
    gateway.failWith(() => failures.pop() ?? Response.json({ good: true }))

    const answer = await gateway.get('/things')

    expect(answer.status).toBe(200)
    expect(answer.text).toBe('{"good":true}')
    expect(gateway.record()).toMatchObject({ upstreamStatus: 200, retries: 1, upstreamMs: 50 })
  })

  it('was asked for with less time and an assertion of its own', async () => {
    const gateway = await troubled({ GATEWAY_SIGNING_KEY: JSON.stringify(RFC_KEY) })
    const failures = [LOST]
    gateway.failWith(() => failures.pop() ?? Response.json({}))

    await gateway.get('/things')

    const header = (name: string) => gateway.received.map(({ headers }) => headers.get(name) ?? '')
    expect(header('X-Gateway-Deadline')).toEqual(['30000', '29950'])
    const claims = header('X-Gateway-Assertion').map((assertion) => decodeJwt(assertion))
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(2)
    expect(new Set(claims.map(({ correlationId }) => correlationId)).size).toBe(1)
  })

  it('leaves nothing in the record of one that came at the first', async () => {
    const gateway = await troubled()

    await gateway.get('/things')

    expect(gateway.record()).not.toHaveProperty('retries', expect.anything())
    expect(gateway.record()).not.toHaveProperty('breaker', expect.anything())
  })
})

describe('an upstream that asks for patience', () => {
  it('gets it from the client where it asks for long', async () => {
    const gateway = await troubled()
    gateway.failWith(() => new Response(null, { status: 503, headers: { 'Retry-After': '120' } }))

    const answer = await gateway.get('/things')

    expect(answer.error.code).toBe('SERVICE_UNAVAILABLE')
    expect(answer.headers.get('Retry-After')).toBe('120')
    expect(answer.error.details).toMatchObject({ retryAfter: 120 })
    expect(gateway.received.length).toBe(1)
  })
})

describe('an upstream that is left alone', () => {
  it.each(['GET', 'PUT', 'POST', 'PATCH', 'DELETE'])(
    'is a 503 for every method, because nothing was sent: %s',
    async (method) => {
      const gateway = await troubled()
      await gateway.giveUpOn('/things')
      const sent = gateway.received.length

      const answer = await gateway.ask('/things', { method })

      expect(answer.status).toBe(503)
      expect(answer.error.code).toBe('SERVICE_UNAVAILABLE')
      expect(answer.error.details).toEqual({ retryAfter: 1 })
      expect(answer.headers.get('Retry-After')).toBe('1')
      expect(answer.headers.get('X-Gateway-Error-Source')).toBe('gateway')
      expect(gateway.received.length).toBe(sent)
      expect(gateway.record()).toMatchObject({ breaker: 'open', cause: 'upstream open' })
    },
  )

  it('is asked again by a client that waited as it was told', async () => {
    const gateway = await troubled()
    await gateway.giveUpOn('/things')
    gateway.failWith(undefined)
    const refused = await gateway.get('/things')
    gateway.pass(Number(refused.headers.get('Retry-After')) * 1_000)

    const probe = await gateway.get('/things')
    const probed = gateway.record()
    const next = await gateway.get('/things')

    expect([refused.status, probe.status, next.status]).toEqual([503, 200, 200])
    expect(probed).toMatchObject({ breaker: 'probe' })
    const events = gateway.records.filter(({ event }) => String(event).startsWith('upstream.'))
    expect(events).toEqual([
      { event: 'upstream.open', upstream: 'https://upstream.test/', requests: 30, failures: 30 },
      { event: 'upstream.closed', upstream: 'https://upstream.test/', openMs: 1_000 },
    ])
  })

  it('is not asked again by a probe that failed, whatever its method', async () => {
    const gateway = await troubled()
    await gateway.giveUpOn('/things')
    gateway.pass(1_000)
    const sent = gateway.received.length

    const probe = await gateway.get('/things')
    const next = await gateway.get('/things')

    expect(probe.error.code).toBe('EXTERNAL_SERVICE_UNAVAILABLE')
    expect(next.error.code).toBe('SERVICE_UNAVAILABLE')
    expect(gateway.received.length).toBe(sent + 1)
  })

  it('is none of the concern of a route with another upstream', async () => {
    const gateway = await troubled()
    await gateway.giveUpOn('/things')

    expect((await gateway.get('/things')).status).toBe(503)
    expect((await gateway.get('/elsewhere')).status).toBe(200)
  })
})

describe('an upstream that is waited for in vain', () => {
  it.each([
    ['by uploads, which may have been slow themselves', POST, 200],
    ['by requests without a body', {}, 503],
  ])('is judged by what is its own doing: %s', async (_, asked, then) => {
    const gateway = await troubled()
    gateway.failWith(() => ({ kind: 'late' }))
    for (let count = 0; count < 40; count += 1) await gateway.ask('/things', asked)
    gateway.failWith(undefined)

    expect((await gateway.get('/things')).status).toBe(then)
  })
})

describe('UPSTREAM_FALLBACK_URL', () => {
  const settings = { UPSTREAM_FALLBACK_URL: 'https://second.test/copy' }

  it.each([
    ['GET', 200, 'second.test'],
    ['HEAD', 200, 'second.test'],
    ['PUT', 503, undefined],
    ['POST', 503, undefined],
  ])('is asked while the first is left alone: %s', async (method, status, from) => {
    const gateway = await troubled(settings)
    await gateway.giveUpOn('/things')
    const sent = gateway.received.length

    const answer = await gateway.ask('/things?page=2', { method })

    expect(answer.status).toBe(status)
    const [asked] = gateway.received.slice(sent)
    expect(asked && new URL(asked.url).hostname).toBe(from)
    expect(gateway.record()).toMatchObject({ breaker: from ? 'substitute' : 'open' })
  })

  it('gets the request as the first would: path, query, and an assertion made for it', async () => {
    const gateway = await troubled({ ...settings, GATEWAY_SIGNING_KEY: JSON.stringify(RFC_KEY) })
    await gateway.giveUpOn('/things')

    await gateway.get('/things?page=2')

    const asked = gateway.received.at(-1)
    expect(asked?.url).toBe('https://second.test/copy/things?page=2')
    const { aud } = decodeJwt(asked?.headers.get('X-Gateway-Assertion') ?? '')
    expect(aud).toBe('https://second.test')
  })

  it.each([
    ['unsigned', {}],
    ['signed', { GATEWAY_SIGNING_KEY: JSON.stringify(RFC_KEY) }],
  ])('answers those that come at the same time as a probe: %s', async (_, key) => {
    const gateway = await troubled({ ...settings, ...key })
    await gateway.giveUpOn('/things')
    gateway.failWith(undefined)
    gateway.pass(1_000)
    const sent = gateway.received.length

    const answers = await Promise.all(Array.from({ length: 5 }, () => gateway.get('/things')))

    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200))
    const hosts = gateway.received.slice(sent).map(({ url }) => new URL(url).hostname)
    expect(hosts.filter((host) => host === 'upstream.test').length).toBe(1)
  })

  it.each(['well', 'failing now and then'])('is not asked while the first is %s', async (how) => {
    const gateway = await troubled(settings)
    const failures = how === 'well' ? [] : Array(10).fill(LOST)
    gateway.failWith(() => failures.pop() ?? Response.json({}))

    for (let count = 0; count < 30; count += 1) await gateway.get('/things')

    const hosts = gateway.received.map(({ url }) => new URL(url).hostname)
    expect(new Set(hosts)).toEqual(new Set(['upstream.test']))
  })
})

describe('an error body', () => {
  it.each([
    ['in time', 30_000, 'DATABASE_ERROR'],
    ['after the deadline', 100, 'INTERNAL_ERROR'],
  ])('that ends %s', async (_, timeoutMs, code) => {
    const gateway = await troubled({ UPSTREAM_TIMEOUT_MS: String(timeoutMs) })
    const slow = new ReadableStream({
      async start(controller) {
        await new Promise((resolve) => setTimeout(resolve, 500))
        controller.enqueue(new TextEncoder().encode('{"code":"DATABASE_ERROR"}'))
        controller.close()
      },
    })
    gateway.failWith(() => new Response(slow, { status: 500 }))

    const answer = await gateway.ask('/things', POST)

    expect(answer.error.code).toBe(code)
  })
})
