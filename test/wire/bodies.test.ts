import { createHash, randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { openWorld, parseRaw, sendRaw, type World } from './world.ts'

const ROUTES = JSON.stringify([
  { path: '/demo/echo', access: 'public', body: 'json' },
  { path: '/tunnels', access: 'user', body: 'tunnel' },
  { path: '/webhooks/stripe', access: 'public' },
])

let world: World
let hasty: ServedWorker
beforeAll(async () => {
  world = await openWorld({ ROUTES })
  hasty = await world.another({ ROUTES, UPSTREAM_TIMEOUT_MS: '1000' })
})
afterAll(() => world.stop())

function headOf(path: string, id: string, ...headers: string[]): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: close',
    `X-Correlation-ID: ${id}`,
    ...headers,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

const JSON_TYPE = 'Content-Type: application/json'
const CHUNKED = 'Transfer-Encoding: chunked'

const chunksOf = (...texts: string[]) =>
  texts.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')

function receivedAs(id: string) {
  const request = world.upstream.received.find(({ correlationId }) => correlationId === id)
  const header = (wanted: string) =>
    request?.headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  return { request, header }
}

const digestOf = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')

function open(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => undefined)
}

describe('a judged body', () => {
  const text = '{ "name":\t"Zoe", "n": 1.0 }\n'

  it.each([
    ['announced', [`Content-Length: ${text.length}`], text],
    [
      'in chunks',
      [CHUNKED],
      `${chunksOf(text.slice(0, 3), text.slice(3, 11), text.slice(11))}0\r\n\r\n`,
    ],
  ])('%s arrives byte for byte, with its length', async (_, headers, body) => {
    const id = randomUUID()
    const answer = parseRaw(
      await sendRaw(world.gateway.port, headOf('/demo/echo', id, JSON_TYPE, ...headers) + body),
    )

    expect(answer.status).toBe(200)
    const { request, header } = receivedAs(id)
    expect(request?.bodySha256).toBe(digestOf(text))
    expect(header('content-length')).toBe(String(text.length))
    expect(header('content-type')).toBe('application/json')
    expect(header('transfer-encoding')).toBeUndefined()
  })

  it('compressed arrives compressed', async () => {
    const id = randomUUID()
    const bytes = gzipSync(text)
    const response = await fetch(`${world.gateway.url}/demo/echo`, {
      method: 'POST',
      body: bytes,
      headers: {
        'Content-Type': 'application/json',
        'Content-Encoding': 'gzip',
        'X-Correlation-ID': id,
      },
    })
    await response.text()

    const { request, header } = receivedAs(id)
    expect(request?.bodySha256).toBe(digestOf(bytes))
    expect(header('content-encoding')).toBe('gzip')
    expect(header('content-length')).toBe(String(bytes.length))
  })

  it('that came in pieces, with waits between them, is put together', async () => {
    const id = randomUUID()
    const socket = open(world.gateway.port)
    const answered = new Promise<string>((resolve) => {
      let seen = ''
      socket.on('data', (chunk) => {
        seen += chunk.toString('latin1')
      })
      socket.on('close', () => resolve(seen))
    })
    socket.write(headOf('/demo/echo', id, JSON_TYPE, CHUNKED))
    for (const piece of ['{"a"', ':"b', '"}']) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      socket.write(chunksOf(piece))
    }
    expect(receivedAs(id).request).toBeUndefined()
    socket.write('0\r\n\r\n')

    expect(parseRaw(await answered).status).toBe(200)
    expect(receivedAs(id).request?.bodySha256).toBe(digestOf('{"a":"b"}'))
  })

  it.each([
    ['announced', ['Content-Length: 6'], '{"a":}'],
    ['in chunks', [CHUNKED], `${chunksOf('{"a"', ':}')}0\r\n\r\n`],
  ])('that is not JSON, %s, reaches no upstream', async (_, headers, body) => {
    const id = randomUUID()
    const answer = parseRaw(
      await sendRaw(world.gateway.port, headOf('/demo/echo', id, JSON_TYPE, ...headers) + body),
    )

    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body).error).toMatchObject({
      code: 'INVALID_JSON',
      details: { position: 5, line: 1, column: 6 },
    })
    expect(receivedAs(id).request).toBeUndefined()
  })

  it.each([
    ['latin1 charset', ['Content-Type: application/json; charset=latin1']],
    ['unknown encoding', [JSON_TYPE, 'Content-Encoding: lzma']],
    ['two types', [JSON_TYPE, 'Content-Type: text/plain']],
    ['no type', []],
  ])('with %s is refused before it is read', async (_, headers) => {
    const id = randomUUID()
    // Of the body announced, nothing ever comes.
    const answer = parseRaw(
      await sendRaw(
        world.gateway.port,
        headOf('/demo/echo', id, 'Content-Length: 100', ...headers),
      ),
    )

    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body).error.code).toBe('VALIDATION_ERROR')
    expect(receivedAs(id).request).toBeUndefined()
  })

  it('leaves its connection good for the next request, refused or not', async () => {
    const head = (connection: string) =>
      `POST /demo/echo HTTP/1.1\r\nHost: 127.0.0.1\r\n${JSON_TYPE}\r\nConnection: ${connection}\r\n`
    const answers = await sendRaw(
      world.gateway.port,
      `${head('keep-alive')}Content-Length: 1\r\n\r\n{` +
        `${head('keep-alive')}Content-Length: 2\r\n\r\n{}` +
        `${head('close')}${CHUNKED}\r\n\r\n${chunksOf('[')}0\r\n\r\n`,
    )

    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 400',
      'HTTP/1.1 200',
      'HTTP/1.1 400',
    ])
  })
})

describe('a body that is larger than what is judged', () => {
  it('streams on while it comes', async () => {
    const id = randomUUID()
    const socket = open(world.gateway.port)
    const chunk = 'x'.repeat(70_000)
    socket.write(headOf('/demo/echo', id, JSON_TYPE, CHUNKED) + chunksOf(chunk))

    await expect.poll(() => receivedAs(id).request?.bodyBytes).toBe(70_000)
    const answered = new Promise<string>((resolve) => {
      socket.on('data', (data) => resolve(data.toString('latin1')))
    })
    socket.write(`${chunksOf(chunk)}0\r\n\r\n`)

    expect(await answered).toMatch(/^HTTP\/1\.1 200/)
    expect(receivedAs(id).request?.bodySha256).toBe(digestOf(chunk + chunk))
    socket.destroy()
  })

  it.each(['/demo/echo', '/webhooks/stripe'])(
    'is refused one byte over ten megabytes that nobody announced, and broken off: %s',
    async (path) => {
      const id = randomUUID()
      const megabyte = 'x'.repeat(1_048_576)
      const body = `${chunksOf(...Array<string>(10).fill(megabyte), 'x')}0\r\n\r\n`
      const answer = parseRaw(
        await sendRaw(world.gateway.port, headOf(path, id, JSON_TYPE, CHUNKED) + body),
      )

      expect(answer.status).toBe(400)
      expect(JSON.parse(answer.body).error).toMatchObject({
        code: 'VALIDATION_ERROR',
        details: { maxBytes: 10_485_760 },
      })
      // Never whole, though all that is allowed has come: it would be half an order, executed.
      await expect.poll(() => receivedAs(id).request?.outcome).toBe('broken')
      expect(receivedAs(id).request?.bodySha256).toBeNull()
    },
  )

  it('is passed at ten megabytes exactly', async () => {
    const id = randomUUID()
    const megabyte = 'x'.repeat(1_048_576)
    const body = `${chunksOf(...Array<string>(10).fill(megabyte))}0\r\n\r\n`
    const answer = parseRaw(
      await sendRaw(world.gateway.port, headOf('/demo/echo', id, JSON_TYPE, CHUNKED) + body),
    )

    expect(answer.status).toBe(200)
    expect(receivedAs(id).request?.bodyBytes).toBe(10_485_760)
  })
})

describe('a client that takes its time', () => {
  it.each([
    ['announced', 'Content-Length: 100', '{"a":'],
    ['in chunks', CHUNKED, chunksOf('{"a":')],
    ['in chunks, of which none comes', CHUNKED, ''],
  ])('with a body, %s, is refused once its time is up', async (_, framing, beginning) => {
    const id = randomUUID()
    const answer = parseRaw(
      await sendRaw(hasty.port, headOf('/demo/echo', id, JSON_TYPE, framing) + beginning),
    )

    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body).error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { reason: 'The request body came too slowly', timeoutMs: 1_000 },
    })
    expect(receivedAs(id).request).toBeUndefined()
  })

  it('cannot stretch it by sending a byte now and then', async () => {
    const id = randomUUID()
    const socket = open(hasty.port)
    const answered = new Promise<string>((resolve) => {
      socket.on('data', (data) => resolve(data.toString('latin1')))
    })
    socket.write(headOf('/demo/echo', id, JSON_TYPE, CHUNKED))
    const drip = setInterval(() => socket.write(chunksOf(' ')), 100)
    const answer = await answered
    clearInterval(drip)
    socket.destroy()

    expect(answer).toMatch(/^HTTP\/1\.1 400/)
    expect(receivedAs(id).request).toBeUndefined()
  })
})

describe('a client that leaves in the middle of its body', () => {
  it('leaves nothing behind: no request to the upstream, no fault in the log', async () => {
    const worker = await world.another({ ROUTES })
    const id = randomUUID()
    const socket = open(worker.port)
    socket.write(`${headOf('/demo/echo', id, JSON_TYPE, 'Content-Length: 100')}{"a":`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    socket.destroy()

    const next = await fetch(`${worker.url}/demo/echo`, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    })

    expect(next.status).toBe(200)
    expect(receivedAs(id).request).toBeUndefined()
    await expect.poll(() => worker.log()).toContain('"event":"exchange"')
    expect(worker.log()).not.toContain('"event":"fault"')
    expect(worker.log()).not.toContain('INTERNAL_ERROR')
  })
})

describe('the bytes of a webhook', () => {
  it.each([
    ['odd spaces', Buffer.from('{ "id" :\t"evt_1"\r\n}\n'), [JSON_TYPE]],
    ['an odd charset', Buffer.from('caf\xe9', 'latin1'), [`${JSON_TYPE}; charset=ebcdic`]],
    ['gzip', gzipSync('{"id":'), [JSON_TYPE, 'Content-Encoding: gzip']],
    ['no gzip at all', Buffer.from('{'), [JSON_TYPE, 'Content-Encoding: gzip']],
  ])('arrive as they were signed: %s', async (_, bytes, headers) => {
    const id = randomUUID()
    const answer = parseRaw(
      await sendRaw(
        world.gateway.port,
        headOf('/webhooks/stripe', id, `Content-Length: ${bytes.length}`, ...headers) +
          bytes.toString('latin1'),
      ),
    )

    expect(answer.status).toBe(200)
    expect(receivedAs(id).request?.bodySha256).toBe(digestOf(bytes))
  })
})
