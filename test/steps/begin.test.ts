import { describe, expect, it } from 'vitest'
import type { Exchange } from '../../src/exchange.ts'
import { begin, type StreamTimes } from '../../src/steps/begin.ts'

const NEVER = 3_600_000
const TIMES: StreamTimes = { heldMs: NEVER, idleMs: NEVER }

/** An answer that is written as the test goes, on the runtime's own stream as `fetch` hands it over. */
function answer(contentType: string, headers: Record<string, string> = {}) {
  const { readable, writable } = new IdentityTransformStream()
  const writer = writable.getWriter()
  return {
    response: new Response(readable, { headers: { 'Content-Type': contentType, ...headers } }),
    /** Settles when it has been taken. */
    write: (text: string) => writer.write(new TextEncoder().encode(text)),
    end: () => writer.close(),
    break: () => writer.abort(new Error('reset')),
    /** Whether nobody wants any more of it. */
    isUnwanted: () =>
      writer.write(new Uint8Array(1)).then(
        () => false,
        () => true,
      ),
  }
}

function watched(
  response: Response,
  {
    method = 'GET',
    timeLeftMs = NEVER,
    ...times
  }: Partial<StreamTimes> & { method?: string; timeLeftMs?: number } = {},
) {
  const records: Readonly<Record<string, unknown>>[] = []
  const background: Promise<unknown>[] = []
  const exchange: Exchange = {
    url: new URL('https://gateway.test/things'),
    startedAt: Date.now(),
    correlationId: 'req-of-this-test',
    trace: { traceparent: '00-0-0-00' },
    address: '203.0.113.7',
    waited: {},
  }
  const ports = {
    now: Date.now,
    log: { write: (record: Readonly<Record<string, unknown>>) => void records.push(record) },
    background: (work: Promise<unknown>) => void background.push(work),
  }
  const request = new Request(exchange.url, { method })
  return {
    exchange,
    begun: begin(response, request, exchange, timeLeftMs, ports, { ...TIMES, ...times }),
    /** What was logged until the stream had ended. */
    async logged() {
      await Promise.all(background)
      return records
    },
  }
}

async function passed(begun: ReturnType<typeof begin>): Promise<Response> {
  const decision = await begun
  if (!decision.allowed) throw new Error(`denied: ${decision.code}`)
  return decision.value
}

describe('an answer that is not watched', () => {
  it.each([
    ['one with a length', 'GET', new Response('{}', { headers: { 'Content-Length': '2' } })],
    ['a compressed one', 'GET', new Response('{}', { headers: { 'Content-Encoding': 'gzip' } })],
    ['one without a body', 'GET', new Response(null, { status: 204 })],
    ['the answer to HEAD', 'HEAD', new Response('')],
  ])('passes untouched: %s', async (_, method, response) => {
    const { begun, exchange } = watched(response, { method })

    expect(await passed(begun)).toBe(response)
    expect(exchange.streamed).toBeUndefined()
  })
})

describe('JSON without a length', () => {
  it.each([
    'application/json',
    'application/json;charset=utf-8',
    'APPLICATION/JSON ; charset=utf-8',
    'application/problem+json',
  ])('is held back until it is whole: %s', async (type) => {
    const upstream = answer(type)
    const { begun, exchange } = watched(upstream.response)
    let settled = false
    const settles = begun.then(() => {
      settled = true
    })
    await upstream.write('{"a":')
    await upstream.write('1')
    await scheduler.wait(10)
    const early = settled
    await upstream.write('}')
    await upstream.end()
    await settles

    expect(early).toBe(false)
    expect(await (await passed(begun)).text()).toBe('{"a":1}')
    // Nothing of it is left to wait for.
    expect(exchange.streamed).toBeUndefined()
  })

  it.each([
    ['GET', 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['PUT', 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['POST', 'SERVICE_ERROR'],
    ['PATCH', 'SERVICE_ERROR'],
  ])('that breaks is an error: %s, %s', async (method, code) => {
    const upstream = answer('application/json')
    const { begun } = watched(upstream.response, { method })
    await upstream.write('{"a":')
    await upstream.break()

    expect(await begun).toEqual({ allowed: false, code, cause: 'upstream cut' })
  })

  it.each([
    ['too long', { heldMs: 20 }],
    ['all the time that its request has', { timeLeftMs: 20 }],
    ['more than that', { timeLeftMs: -1 }],
  ])('flows when it takes %s, and nothing is lost', async (_, times) => {
    const upstream = answer('application/json')
    const { begun, exchange } = watched(upstream.response, times)
    await upstream.write('{"a":')
    const text = (await passed(begun)).text()
    await upstream.write('1}')
    await upstream.end()

    expect(await text).toBe('{"a":1}')
    expect(await exchange.streamed).toBe('whole')
  })
})

describe('a stream', () => {
  it.each([
    'application/x-ndjson',
    'application/stream+json',
    'application/json-seq',
    'application/jsonlines',
    'text/plain',
    'text/csv',
    '',
  ])('is begun with its first chunk: %j', async (type) => {
    const upstream = answer(type)
    const { begun } = watched(upstream.response)
    await upstream.write('{"line":1}\n')

    const reader = (await passed(begun)).body?.getReader()

    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('{"line":1}\n')
  })

  it('of events is begun before there is one', async () => {
    const { response } = answer('text/event-stream; charset=utf-8')

    expect((await passed(watched(response).begun)).status).toBe(200)
  })

  it('that is empty is whole', async () => {
    const upstream = answer('text/plain')
    const { begun, exchange } = watched(upstream.response)
    await upstream.end()

    expect(await (await passed(begun)).text()).toBe('')
    expect(exchange.streamed).toBeUndefined()
  })

  it('passes whole, with chunks small and large', async () => {
    const upstream = answer('application/octet-stream')
    const { begun, exchange, logged } = watched(upstream.response)
    const sizes = [1, 4_095, 4_096, 4_097, 1, 65_535, 65_536, 65_537, 3, 300_000, 4_096, 4_096, 2]
    const chunks = sizes.map((size, i) => String.fromCharCode(97 + i).repeat(size))
    const writing = (async () => {
      for (const chunk of chunks) await upstream.write(chunk)
      await upstream.end()
    })()

    const text = await (await passed(begun)).text()
    await writing

    expect(text).toBe(chunks.join(''))
    expect(await exchange.streamed).toBe('whole')
    expect(await logged()).toEqual([])
  })

  it('that breaks off is logged with its code', async () => {
    const upstream = answer('text/csv')
    const { begun, exchange, logged } = watched(upstream.response, { method: 'POST' })
    await upstream.write('a,b\n')
    const text = (await passed(begun)).text()
    await upstream.break()

    await expect(text).rejects.toThrow()
    expect(await exchange.streamed).toBe('cut')
    expect(await logged()).toMatchObject([
      {
        event: 'stream.broken',
        correlationId: 'req-of-this-test',
        code: 'SERVICE_ERROR',
        cause: 'upstream cut',
      },
    ])
  })

  it('that its client leaves is taken from the upstream, without a word in the log', async () => {
    const upstream = answer('text/event-stream')
    const { begun, exchange, logged } = watched(upstream.response)
    const reader = (await passed(begun)).body?.getReader()
    upstream.write('data: 1\n\n').catch(() => undefined)
    await reader?.read()

    await reader?.cancel()
    upstream.write('data: 2\n\n').catch(() => undefined)

    expect(await exchange.streamed).toBe('left')
    expect(await upstream.isUnwanted()).toBe(true)
    expect(await logged()).toEqual([])
  })
})

describe('a stream that stands still', () => {
  it('ends when the upstream has been silent for too long', async () => {
    const upstream = answer('text/event-stream')
    const { begun, exchange, logged } = watched(upstream.response, { idleMs: 50 })
    const text = (await passed(begun)).text()
    await upstream.write('data: 1\n\n')

    await expect(text).rejects.toThrow()
    expect(await exchange.streamed).toBe('silent')
    expect(await upstream.isUnwanted()).toBe(true)
    expect(await logged()).toMatchObject([
      {
        event: 'stream.broken',
        code: 'EXTERNAL_SERVICE_UNAVAILABLE',
        cause: 'upstream silent',
      },
    ])
  })

  it('ends when its client has taken nothing for too long', async () => {
    const upstream = answer('text/csv')
    const { begun, exchange, logged } = watched(upstream.response, { idleMs: 50 })
    upstream.write('a,b\n').catch(() => undefined)
    await passed(begun)

    expect(await exchange.streamed).toBe('stalled')
    expect(await upstream.isUnwanted()).toBe(true)
    const [record] = await logged()
    expect(record).toMatchObject({ event: 'stream.broken', cause: 'client stalled' })
    expect(record?.code).toBeUndefined()
  })

  it('goes on while a heartbeat comes in time', async () => {
    const upstream = answer('text/event-stream')
    const idleMs = 400
    const { begun, exchange } = watched(upstream.response, { idleMs })
    const text = (await passed(begun)).text()
    const startedAt = Date.now()
    let heartbeats = 0
    // Longer than the limit in all, and never in one piece.
    while (Date.now() - startedAt < 2 * idleMs) {
      await upstream.write(':\n\n')
      heartbeats += 1
      await scheduler.wait(20)
    }
    await upstream.end()

    expect(await text).toBe(':\n\n'.repeat(heartbeats))
    expect(await exchange.streamed).toBe('whole')
  })
})
