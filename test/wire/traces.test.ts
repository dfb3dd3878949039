import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { attributesOf, type OtlpSpan } from './otlp-payload.ts'
import { type OtlpReceiver, startReceiver } from './otlp-receiver.ts'
import { keepSecret } from './produced.ts'
import { openWorld, type World } from './world.ts'

const COLLECTOR_KEY = 'collector-key-0123456789'
const NOWHERE = 'http://127.0.0.1:9'

/** Spans come together for five seconds before they go, and a pause or two may follow. */
const PATIENCE_MS = 45_000

/** What is read, once there is so much of it. Tests that run at once cannot poll by `expect`. */
async function gathered<T>(count: number, read: () => readonly T[]): Promise<readonly T[]> {
  const end = Date.now() + PATIENCE_MS
  while (read().length < count && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return read()
}

let collector: OtlpReceiver
let world: World
beforeAll(async () => {
  await keepSecret(COLLECTOR_KEY)
  collector = await startReceiver()
  world = await openWorld({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${COLLECTOR_KEY},x-team=a%20team`,
    UPSTREAM_TIMEOUT_MS: '1000',
  })
})
afterAll(async () => {
  await world.stop()
  await collector.stop()
})

const [SAMPLED, UNSAMPLED] = ['01', '00']
let traces = 0

/** A trace that its client has begun. */
function traceOf(flags: string) {
  traces += 1
  const traceId = traces.toString(16).padStart(32, 'abcdef0123456789')
  return { traceId, headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-${flags}` } }
}

/** Of so many exchanges of one trace; those of one arrive together. */
async function spansOf(traceId: string, exchanges = 1): Promise<readonly OtlpSpan[]> {
  const found = () => collector.spans().filter((span) => span.traceId === traceId)
  await gathered(exchanges, () => found().filter(({ kind }) => kind === 2))
  return found()
}

/** The headers of what the upstream was sent that has this somewhere in them. */
function sentFor(text: string): readonly Headers[] {
  return world.upstream.received
    .filter(({ headers }) => headers.some(([, value]) => value.includes(text)))
    .map(({ headers }) => new Headers(headers.map(([name, value]) => [name, value])))
}

const named = (spans: readonly OtlpSpan[], name: string) =>
  spans.find((span) => span.name === name) ?? { spanId: 'missing', attributes: [] }

describe.concurrent('a trace', { timeout: 60_000 }, () => {
  it('leads from the client’s span over the gateway’s to the upstream’s', async () => {
    const token = await world.issuer.mint({})
    const { traceId, headers } = traceOf(SAMPLED)
    const answer = await fetch(`${world.gateway.url}/tunnels?trail=1`, {
      headers: { ...headers, Authorization: `Bearer ${token}`, tracestate: 'vendor=1' },
    })
    await answer.text()
    const [sent] = sentFor(traceId)

    const spans = await spansOf(traceId)

    const server = named(spans, 'GET /tunnels')
    expect(server).toMatchObject({ kind: 2, parentSpanId: '00f067aa0ba902b7' })
    expect(spans.filter(({ parentSpanId }) => parentSpanId === server.spanId)).toHaveLength(
      spans.length - 1,
    )
    expect(sent?.get('traceparent')).toBe(`00-${traceId}-${named(spans, 'GET').spanId}-01`)
    expect(sent?.get('tracestate')).toBe('vendor=1')
    expect(spans.map(({ name }) => name)).toEqual([
      'GET /tunnels',
      'identify',
      'enter',
      'meter',
      'validate',
      'GET',
    ])
  })

  it('says what became of the request, in the names of the conventions', async () => {
    const { traceId, headers } = traceOf(SAMPLED)
    const answer = await fetch(`${world.gateway.url}/demo/status/200`, {
      headers: { ...headers, 'X-Correlation-ID': 'order-12345678' },
    })
    await answer.text()

    const spans = await spansOf(traceId)

    const port = Number(new URL(world.gateway.url).port)
    expect(attributesOf(named(spans, 'GET /demo/*'))).toEqual({
      'http.request.method': 'GET',
      'http.route': '/demo/*',
      'http.response.status_code': 200,
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': port,
      'gateway.correlation_id': 'order-12345678',
      'gateway.counted': expect.stringMatching(/^(?:store|lease)$/),
      'gateway.caller': 'anonymous',
    })
    expect(attributesOf(named(spans, 'GET'))).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(world.upstream.url).port),
    })
  })

  it('has every part within the whole', async () => {
    const { traceId, headers } = traceOf(SAMPLED)
    const answer = await fetch(`${world.gateway.url}/demo/slow?ms=200`, { headers })
    await answer.text()

    const [whole, ...parts] = await spansOf(traceId)

    const outside = parts.filter(
      (part) =>
        BigInt(part.startTimeUnixNano) < BigInt(whole?.startTimeUnixNano ?? 0) ||
        BigInt(part.endTimeUnixNano) > BigInt(whole?.endTimeUnixNano ?? 0),
    )
    expect(parts).not.toEqual([])
    expect(outside).toEqual([])
    const [call] = parts.slice(-1)
    expect(
      Number(BigInt(call?.endTimeUnixNano ?? 0) - BigInt(call?.startTimeUnixNano ?? 0)),
    ).toBeGreaterThan(150_000_000)
  })

  it.each([
    ['an upstream’s failure', '/demo/status/500', 'INTERNAL_ERROR', '500'],
    ['a lost connection', '/demo/errors/23', 'EXTERNAL_SERVICE_UNAVAILABLE', 'lost'],
  ])('of %s is kept, though nobody asked for it', async (_, path, code, type) => {
    const { traceId, headers } = traceOf(UNSAMPLED)
    await (await fetch(world.gateway.url + path, { headers })).text()

    const spans = await spansOf(traceId)

    const server = named(spans, 'GET /demo/*')
    expect(server).toMatchObject({ status: { code: 2 } })
    expect(attributesOf(server)).toMatchObject({ 'error.type': code })
    expect(named(spans, 'GET')).toMatchObject({ status: { code: 2 } })
    expect(attributesOf(named(spans, 'GET'))).toMatchObject({ 'error.type': type })
  })

  it('of a refusal is kept, and is no fault of the server', async () => {
    const { traceId, headers } = traceOf(UNSAMPLED)
    await (await fetch(`${world.gateway.url}/tunnels`, { headers })).text()

    const spans = await spansOf(traceId)

    const server = named(spans, 'GET /tunnels')
    expect(server).toMatchObject({ status: { code: 0 } })
    expect(attributesOf(server)).toMatchObject({
      'error.type': 'MISSING_TOKEN',
      'http.response.status_code': 401,
    })
  })

  it('of a good answer is let go where its client does not record it', async () => {
    const good = traceOf(UNSAMPLED)
    const bad = traceOf(UNSAMPLED)
    await (await fetch(`${world.gateway.url}/demo/status/200`, good)).text()
    await (await fetch(`${world.gateway.url}/demo/status/503`, bad)).text()

    await spansOf(bad.traceId)

    expect(collector.spans().filter(({ traceId }) => traceId === good.traceId)).toEqual([])
  })

  it('is told as the protocol says, with the collector’s own headers, and under the gateway’s name', async () => {
    const { traceId, headers } = traceOf(SAMPLED)
    await (await fetch(`${world.gateway.url}/demo/status/200`, { headers })).text()
    await spansOf(traceId)

    expect(collector.requests.flatMap(({ flaws }) => flaws)).toEqual([])
    expect(collector.requests.at(-1)?.headers).toMatchObject({
      'x-collector-key': COLLECTOR_KEY,
      'x-team': 'a team',
    })
    const { resourceSpans } = JSON.parse(collector.requests.at(-1)?.body ?? '{}')
    expect(resourceSpans).toHaveLength(1)
    expect(attributesOf(resourceSpans[0].resource)).toEqual({
      'service.name': 'cloudtolocalllm-gateway',
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'deployment.environment.name': 'local',
    })
  })

  it('holds no token, no key, no path, no query, no subject and no secret of the gateway’s', async () => {
    const token = await world.issuer.mint({ subject: 'auth0|very-private' })
    const { traceId, headers } = traceOf(SAMPLED)
    const asked = [
      ['/tunnels/path-secret?access_token=query-secret', { Authorization: `Bearer ${token}` }],
      ['/demo/errors/29', { 'X-API-Key': 'ctll_key-secret-0123' }],
      [`/demo/status/500?token=${token}`, { Authorization: 'Bearer not-a-token-secret' }],
    ] as const
    for (const [path, own] of asked) {
      await (await fetch(world.gateway.url + path, { headers: { ...headers, ...own } })).text()
    }
    const spans = await spansOf(traceId, 3)

    expect(spans.filter(({ kind }) => kind === 2)).toHaveLength(3)
    const told = collector.requests.map(({ body }) => body).join('\n')
    expect(told).not.toContain(token)
    expect(told).not.toMatch(/secret|very-private|collector-key|wire-store-token/)
  })
})

describe.concurrent('a collector', { timeout: 60_000 }, () => {
  /** Spans of traces that the gateway is asked to keep, one for each request; the answers are all good. */
  async function ask(gateway: ServedWorker, times: number) {
    const { traceId, headers } = traceOf(SAMPLED)
    const statuses = []
    for (let time = 0; time < times; time += 1) {
      const answer = await fetch(`${gateway.url}/demo/status/200`, { headers })
      await answer.text()
      statuses.push(answer.status)
    }
    return { traceId, statuses }
  }

  const eventsIn = (gateway: ServedWorker) =>
    gateway
      .log()
      .split('\n')
      .filter((line) => line.includes('"event":"traces.'))
      .map((line) => JSON.parse(line))

  it('that is not there slows no answer, and has one line in the log', async () => {
    const gateway = await world.another({ OTEL_EXPORTER_OTLP_ENDPOINT: NOWHERE })

    const { statuses } = await ask(gateway, 3)

    expect(statuses).toEqual([200, 200, 200])
    expect(await gathered(1, () => eventsIn(gateway))).toEqual([
      { time: expect.any(String), event: 'traces.away', reason: 'unreachable' },
    ])
  })

  it('that says nothing is given up, and told of everything once it speaks again', {
    timeout: 60_000,
  }, async () => {
    const slow = await startReceiver()
    slow.behave('silent')
    const gateway = await world.another({ OTEL_EXPORTER_OTLP_ENDPOINT: slow.url })
    const { traceId, statuses } = await ask(gateway, 3)
    await gathered(1, () => eventsIn(gateway))

    slow.behave()

    expect(statuses).toEqual([200, 200, 200])
    const servers = () => slow.spans().filter((span) => span.traceId === traceId && span.kind === 2)
    expect(await gathered(3, servers)).toHaveLength(3)
    expect(await gathered(2, () => eventsIn(gateway))).toEqual([
      { time: expect.any(String), event: 'traces.away', reason: 'late' },
      { time: expect.any(String), event: 'traces.back', lost: 0 },
    ])
    await slow.stop()
  })

  it('that has too much to do is asked again no sooner than it wishes', {
    timeout: 60_000,
  }, async () => {
    const busy = await startReceiver()
    busy.behave({ status: 429, headers: { 'Retry-After': '7' } })
    const gateway = await world.another({ OTEL_EXPORTER_OTLP_ENDPOINT: busy.url })
    const { traceId } = await ask(gateway, 1)
    await gathered(1, () => busy.requests)

    busy.behave()

    const [first, second] = await gathered(2, () => busy.requests)
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(6_900)
    expect(busy.spans().some((span) => span.traceId === traceId)).toBe(true)
    await busy.stop()
  })

  it('that refuses a batch is not told of it again', async () => {
    const strict = await startReceiver()
    strict.behave({ status: 400 })
    const gateway = await world.another({ OTEL_EXPORTER_OTLP_ENDPOINT: strict.url })
    const first = await ask(gateway, 1)
    await gathered(1, () => strict.requests)
    strict.behave()

    const second = await ask(gateway, 1)

    const traceIds = () => [...new Set(strict.spans().map((span) => span.traceId))]
    expect(await gathered(1, traceIds)).toEqual([second.traceId])
    expect(first.traceId).not.toBe(second.traceId)
    expect(await gathered(2, () => eventsIn(gateway))).toMatchObject([
      { event: 'traces.away', reason: 'status 400' },
      { event: 'traces.back', lost: 1 },
    ])
    await strict.stop()
  })
})

describe('without a collector', () => {
  it('a trace that begins here is not said to be recorded', async () => {
    const gateway = await world.another({
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      OTEL_EXPORTER_OTLP_HEADERS: '',
    })
    const headers = { 'X-Correlation-ID': 'told-to-nobody' }
    for (let time = 0; time < 40; time += 1) {
      await (await fetch(`${gateway.url}/demo/status/200`, { headers })).text()
    }

    const flags = sentFor('told-to-nobody').map((sent) => sent.get('traceparent')?.slice(-2))
    expect(flags).toEqual(Array.from({ length: 40 }, () => '00'))
  })
})
