import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage, type Stage } from '../../scripts/upstream/stage.ts'
import { openWorld, type World } from './world.ts'

let world: World
let stage: Stage
let url: string
let port: number
beforeAll(async () => {
  stage = await openStage()
  world = await openWorld({ UPSTREAM_URL: stage.url })
  url = `${world.gateway.url}/demo/stream`
  port = world.gateway.port
})
afterAll(async () => {
  await world.stop()
  await stage.stop()
})

/** A chunk at a time, as it comes. */
function readerOf(response: Response) {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  return {
    async next() {
      const chunk = await reader?.read()
      return chunk?.value && decoder.decode(chunk.value)
    },
  }
}

/** What comes of a body until it ends or breaks. */
async function readToEnd(response: Response): Promise<{ text: string; broke: boolean }> {
  const reader = readerOf(response)
  let text = ''
  try {
    for (let next = await reader.next(); next !== undefined; next = await reader.next())
      text += next
    return { text, broke: false }
  } catch {
    return { text, broke: true }
  }
}

/** The records about a broken stream, of one correlation id. */
function breaksOf(id: string): Record<string, unknown>[] {
  return world.gateway
    .log()
    .split('\n')
    .filter((line) => line.includes('stream.broken') && line.includes(id))
    .map((line) => JSON.parse(line.slice(line.indexOf('{'), line.lastIndexOf('}') + 1)))
}

describe('a stream', () => {
  it.each([
    ['of events', { 'content-type': 'text/event-stream' }],
    ['of lines', { 'content-type': 'application/x-ndjson' }],
    ['of rows', { 'content-type': 'text/csv; charset=utf-8' }],
    ['of bytes', { 'content-type': 'application/octet-stream' }],
    ['of a known length', { 'content-type': 'application/octet-stream', 'content-length': '40' }],
    ['of unknown kind', {}],
  ])('%s is with the client before the upstream writes more', async (_, headers) => {
    const answer = fetch(url)
    const { response: upstream } = await stage.next()
    upstream.writeHead(200, headers)
    upstream.write('chunk 0!')
    const reader = readerOf(await answer)
    const seen = [await reader.next()]

    // The next is written only now that the last has been seen: whoever held one back would wait for ever.
    for (const chunk of ['chunk 1!', 'chunk 2!', 'chunk 3!', 'chunk 4!']) {
      upstream.write(chunk)
      seen.push(await reader.next())
    }
    upstream.end()

    expect(seen).toEqual(['chunk 0!', 'chunk 1!', 'chunk 2!', 'chunk 3!', 'chunk 4!'])
    expect(await reader.next()).toBeUndefined()
  })

  it('of events shows its header before there is an event', async () => {
    const answer = fetch(url)
    const { response: upstream } = await stage.next()
    upstream.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    upstream.flushHeaders()

    const response = await answer
    upstream.end('data: at last\n\n')

    expect(response.status).toBe(200)
    expect(await response.text()).toBe('data: at last\n\n')
  })

  it('that says nothing for a while is begun without it', async () => {
    const answer = fetch(url)
    const { response: upstream } = await stage.next()
    upstream.writeHead(200, { 'content-type': 'text/plain' })
    upstream.flushHeaders()

    const response = await answer
    upstream.end('late')

    expect(await response.text()).toBe('late')
  })

  it('is not begun at all while a long poll waits, and then is answered whole', async () => {
    const answer = fetch(url)
    const { response: upstream } = await stage.next()
    // Longer than a header ever waits for its body.
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    upstream.writeHead(200, { 'content-type': 'application/json' }).end('{"requests":[]}')

    const response = await answer

    expect(response.headers.get('Content-Length')).toBe('15')
    expect(await response.text()).toBe('{"requests":[]}')
  })

  it('is taken from the upstream no faster than the client reads', async () => {
    const answer = fetch(url)
    const { response: upstream } = await stage.next()
    upstream.writeHead(200, { 'content-type': 'application/octet-stream' })
    const chunk = Buffer.alloc(65_536)
    let written = 0
    const most = 64 * 1_048_576
    const write = () => {
      while (written < most) {
        written += chunk.length
        if (!upstream.write(chunk)) {
          upstream.once('drain', write)
          return
        }
      }
      upstream.end()
    }
    write()
    const response = await answer

    // Until nothing moves any more: what is in between has room for so much.
    let before = -1
    while (written !== before) {
      before = written
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const unread = written
    const { byteLength } = await response.arrayBuffer()

    expect(unread).toBeLessThan(32 * 1_048_576)
    expect(byteLength).toBe(most)
  })
})

describe('a client that leaves', () => {
  /** Asks over a socket of its own, which can be closed in good order or torn. */
  async function ask() {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    socket.write('GET /demo/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    const scene = await stage.next()
    const heard = (text: string) =>
      new Promise<void>((resolve) => {
        let all = ''
        socket.on('data', (bytes) => {
          all += bytes
          if (all.includes(text)) resolve()
        })
      })
    return { socket, heard, ...scene }
  }

  it.each([
    ['text/event-stream', 'destroy'],
    ['text/event-stream', 'resetAndDestroy'],
    ['text/csv', 'destroy'],
  ] as const)('takes a stream along that flows: %s, %s', async (type, how) => {
    const { socket, heard, response, gone } = await ask()
    const begun = heard('data')
    response.writeHead(200, { 'content-type': type })
    const timer = setInterval(() => response.write('data: x\n\n'), 10)
    await begun

    socket[how]()

    await gone
    clearInterval(timer)
    expect(response.writableFinished).toBe(false)
  })

  it('and tears its connection takes a silent stream along', async () => {
    const { socket, heard, response, gone } = await ask()
    const begun = heard('data: 1')
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n')
    await begun

    socket.resetAndDestroy()

    await gone
    expect(response.writableFinished).toBe(false)
  })

  it('in good order takes a silent stream along with its next chunk', async () => {
    const { socket, heard, response, gone } = await ask()
    const begun = heard('data: 1')
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n')
    await begun
    socket.destroy()
    await new Promise((resolve) => socket.once('close', resolve))

    response.write(': is anybody there?\n\n')

    await gone
    expect(response.writableFinished).toBe(false)
  })

  it('before the header takes the request along, when it tears its connection', async () => {
    const { socket, response, gone } = await ask()

    socket.resetAndDestroy()

    await gone
    expect(response.headersSent).toBe(false)
  })
})

describe('a body that the upstream cuts', () => {
  const half = '{"rows":["a row","another'

  it.each([
    ['GET', 'application/json', 'EXTERNAL_SERVICE_UNAVAILABLE', 503],
    ['GET', 'application/problem+json; charset=utf-8', 'EXTERNAL_SERVICE_UNAVAILABLE', 503],
    ['DELETE', 'Application/JSON', 'EXTERNAL_SERVICE_UNAVAILABLE', 503],
    ['POST', 'application/json', 'SERVICE_ERROR', 500],
    ['PATCH', 'application/json', 'SERVICE_ERROR', 500],
  ])('in the middle of JSON is an error: %s, %s: %s', async (method, type, code, status) => {
    const answer = fetch(url, { method })
    const { request, response: upstream } = await stage.next()
    upstream.writeHead(200, { 'content-type': type })
    upstream.write(half, () => setTimeout(() => request.socket.destroy(), 20))

    const response = await answer

    expect(response.status).toBe(status)
    expect((await response.json()).error.code).toBe(code)
  })

  it.each(['text/csv', 'application/x-ndjson', 'application/octet-stream'])(
    'before it begins is an error: %s',
    async (type) => {
      const answer = fetch(url)
      const { request, response: upstream } = await stage.next()
      upstream.writeHead(200, { 'content-type': type })
      upstream.flushHeaders()
      setTimeout(() => request.socket.destroy(), 20)

      const response = await answer

      expect(response.status).toBe(503)
      expect((await response.json()).error.code).toBe('EXTERNAL_SERVICE_UNAVAILABLE')
    },
  )

  it.each([
    ['of events', 'GET', { 'content-type': 'text/event-stream' }, 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['of rows', 'GET', { 'content-type': 'text/csv' }, 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['of lines', 'POST', { 'content-type': 'application/x-ndjson' }, 'SERVICE_ERROR'],
  ])('later breaks off, and the log tells: %s', async (_, method, headers, code) => {
    const id = crypto.randomUUID()
    const answer = fetch(url, { method, headers: { 'X-Correlation-ID': id } })
    const { request, response: upstream } = await stage.next()
    upstream.writeHead(200, headers)
    upstream.write('data: 1\n\n')
    const response = await answer
    const reading = readToEnd(response)
    setTimeout(() => request.socket.destroy(), 20)

    expect(await reading).toEqual({ text: 'data: 1\n\n', broke: true })
    await expect.poll(() => breaksOf(id)).toHaveLength(1)
    expect(breaksOf(id)).toMatchObject([
      {
        event: 'stream.broken',
        correlationId: id,
        route: '/demo/*',
        code,
        cause: 'upstream cut',
      },
    ])
  })

  it.each([1_000, 2_000_000])('of %i announced bytes breaks off', async (bytes) => {
    const answer = fetch(url)
    const { request, response: upstream } = await stage.next()
    upstream.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes })
    upstream.write('x'.repeat(500))
    const response = await answer
    const reading = readToEnd(response)
    request.socket.destroy()

    expect(response.status).toBe(200)
    expect(await reading).toEqual({ text: 'x'.repeat(500), broke: true })
  })
})

describe('JSON without a length', () => {
  it('passes byte for byte, and its length is told', async () => {
    const answer = fetch(url)
    const { response: upstream } = await stage.next()
    upstream.writeHead(201, [
      ['content-type', 'application/json'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['etag', '"1"'],
    ])
    upstream.write('{"ok":')
    upstream.end(' true}\n')

    const response = await answer

    expect(response.status).toBe(201)
    expect(response.headers.get('Content-Length')).toBe('13')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('ETag')).toBe('"1"')
    expect(await response.text()).toBe('{"ok": true}\n')
  })

  it('of more than 64 KiB flows', async () => {
    const answer = fetch(url)
    const { response: upstream } = await stage.next()
    const text = JSON.stringify('x'.repeat(70_000))
    upstream.writeHead(200, { 'content-type': 'application/json' })
    upstream.write(text.slice(0, 69_000))

    const response = await answer
    upstream.end(text.slice(69_000))

    expect(response.headers.has('Content-Length')).toBe(false)
    expect(await response.text()).toBe(text)
  })

  it.each([204, 304])('is not waited for where there is none: %i', async (status) => {
    const answer = fetch(url)
    const { response: upstream } = await stage.next()
    upstream.writeHead(status, { 'content-type': 'application/json' }).end()

    const response = await answer

    expect(response.status).toBe(status)
    expect(await response.text()).toBe('')
  })

  it('is not waited for in the answer to HEAD', async () => {
    const answer = fetch(url, { method: 'HEAD' })
    const { response: upstream } = await stage.next()
    upstream.writeHead(200, { 'content-type': 'application/json' }).end()

    expect((await answer).status).toBe(200)
  })
})
