import { createHash } from 'node:crypto'
import { createServer as createTlsServer } from 'node:https'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type WebSocketClient from 'ws'
import type { ServedWorker } from '../../scripts/serve.ts'
import { close, listen } from '../../scripts/upstream/listen.ts'
import {
  type Behaviour,
  type BrokenUpstream,
  CLOSED_PORT,
  startBrokenUpstream,
} from './broken-upstream.ts'
import { startFullQueue } from './full-queue.ts'
import { selfSigned } from './self-signed.ts'
import { openWorld, parseRaw, sendRaw, type World } from './world.ts'

const WebSocket: typeof WebSocketClient = createRequire(import.meta.url)('ws')

const DEADLINE_MS = 1_000
/** For uploads, of which nothing is claimed about time: a machine that has other things to do takes long over megabytes. */
const UPLOAD_DEADLINE_MS = 10_000
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'
const FAILED = 'HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n'
const TOO_LARGE = 'HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

/** Lets what was written go its way first. */
function resetAfter(socket: Socket, text: string) {
  socket.write(text)
  setTimeout(() => socket.resetAndDestroy(), 50)
}

/** A byte each 20 ms. */
function dribble(socket: Socket, text: string) {
  const bytes = [...text]
  const timer = setInterval(() => {
    const next = bytes.shift()
    if (next === undefined || socket.destroyed) clearInterval(timer)
    else socket.write(next)
  }, 20)
}

function writeForever(socket: Socket, line: string) {
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer)
    else socket.write(line)
  }, 5)
}

/** RFC 6455, section 4.2.2. */
function upgrade(socket: Socket, key: string, then: string) {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept.digest('base64')}`,
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n${then}`, 'latin1')
}

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'a reset at once': { accept: (socket) => socket.resetAndDestroy() },
  'an end at once': { accept: (socket) => socket.destroy() },
  'a silent accept': {},
  'a reset before the header': { answer: (socket) => socket.resetAndDestroy() },
  'an end before the header': { answer: (socket) => socket.end() },
  'a reset in the header': { answer: (socket) => resetAfter(socket, 'HTTP/1.1 200 OK\r\nConte') },
  'a slow header': { answer: (socket) => dribble(socket, `${OK}Content-Length: 2\r\n\r\nok`) },
  'another protocol': { answer: (socket) => socket.end('SSH-2.0-OpenSSH_9.6p1\r\n') },
  'no status': { answer: (socket) => socket.end('HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n') },
  'a field without a colon': { answer: (socket) => socket.end(`${OK}what is this\r\n\r\n`) },
  'a length that is no number': {
    answer: (socket) => socket.end(`${OK}Content-Length: many\r\n\r\nok`),
  },
  'an endless header': {
    answer: (socket) => {
      socket.write(OK)
      writeForever(socket, `X-Filler: ${'a'.repeat(60_000)}\r\n`)
    },
  },
  'a 101 that nobody asked for': {
    answer: (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nnonsense'),
  },
  'a reset in an error’s body': {
    answer: (socket) => resetAfter(socket, `${FAILED}Content-Length: 99\r\n\r\n{"code":"DATAB`),
  },
  'an error’s chunk cut': {
    answer: (socket) =>
      resetAfter(socket, `${FAILED}Transfer-Encoding: chunked\r\n\r\nff\r\n{"code":"DATAB`),
  },
  'an error’s chunk of no size': {
    answer: (socket) => socket.end(`${FAILED}Transfer-Encoding: chunked\r\n\r\nzzz\r\n{}`),
  },
  'an error’s body that stays away': {
    answer: (socket) => socket.write(`${FAILED}Content-Length: 99\r\n\r\n{"code":"DATAB`),
  },
  'a reset in the body': {
    answer: (socket) => resetAfter(socket, `${OK}Content-Length: 99\r\n\r\nhalf of it`),
  },
  'a body shorter than its length': {
    answer: (socket) => socket.end(`${OK}Content-Length: 99\r\n\r\nhalf of it`),
  },
  'a body longer than its length': {
    answer: (socket) =>
      socket.write(`${OK}Content-Length: 5\r\n\r\nhello${OK}Content-Length: 6\r\n\r\nstolen`),
  },
  'a slow body': {
    answer: (socket) => {
      socket.write(`${OK}Content-Length: 60\r\n\r\n`)
      dribble(socket, 'a'.repeat(60))
    },
  },
  'an answer before the upload’s end': { answer: (socket) => socket.write(TOO_LARGE) },
  'an answer before the upload’s end, and an end': { answer: (socket) => socket.end(TOO_LARGE) },
  'a good answer before the upload’s end': {
    answer: (socket) => socket.write(`${OK}Content-Length: 4\r\n\r\ndone`),
  },
  'a reset while uploading': { answer: (socket) => socket.resetAndDestroy() },
  'a handshake with another’s key': { answer: (socket) => upgrade(socket, 'x', '') },
  'garbage after 101': {
    answer: (socket, head) =>
      upgrade(socket, /^sec-websocket-key: (.+)$/im.exec(head)?.[1] ?? '', '\xff'.repeat(100)),
  },
}

/** What comes of a POST, and of a PUT. */
const UPLOADS = [
  ['an answer before the upload’s end', 400, 400],
  ['an answer before the upload’s end, and an end', 400, 400],
  ['a good answer before the upload’s end', 200, 200],
  ['a reset while uploading', 500, 503],
] as const

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'PUT', 'POST', 'PATCH']

let world: World
let gateway: ServedWorker
const raw = new Map<string, BrokenUpstream>()
const stops: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  world = await openWorld()
  const queue = await startFullQueue()
  const tls = createTlsServer(selfSigned(), (_, response) => response.end('ok'))
  const tlsPort = await listen(tls)
  stops.push(queue.stop, () => close(tls))
  const rows = [
    ['a refused connection', `http://127.0.0.1:${CLOSED_PORT}`],
    ['a full queue', `http://127.0.0.1:${queue.port}`],
    ['a name that does not resolve', 'http://nowhere.invalid'],
    // To the broadcast address there is no route for TCP, and no packet leaves this machine.
    ['no route', 'http://255.255.255.255'],
    ['no TLS where it is spoken to', world.upstream.url.replace('http:', 'https:')],
    ['a certificate that nobody vouches for', `https://127.0.0.1:${tlsPort}`],
  ]
  for (const [name, behaviour] of Object.entries(BEHAVIOURS)) {
    const upstream = await startBrokenUpstream(behaviour)
    raw.set(name, upstream)
    stops.push(upstream.stop)
    rows.push([name, `http://127.0.0.1:${upstream.port}`])
  }
  // Each base has a breaker and a budget of its own.
  rows.push(['slow uploads', `http://127.0.0.1:${raw.get('a silent accept')?.port}/uploads`])
  const resetting = raw.get('a reset before the header')
  for (const method of METHODS) {
    rows.push([`again ${method}`, `http://127.0.0.1:${resetting?.port}/${method}`])
  }
  gateway = await world.another({
    UPSTREAM_TIMEOUT_MS: String(DEADLINE_MS),
    // A base of its own for each fault, and with it a breaker: none shall spoil another's.
    ROUTES: JSON.stringify(
      rows.map(([name = '', upstream]) => ({
        path: pathOf(name),
        access: 'public',
        upstream,
        ...(UPLOADS.some(([answer]) => answer === name) && { timeoutMs: UPLOAD_DEADLINE_MS }),
      })),
    ),
  })
})
afterAll(async () => {
  await world.stop()
  await Promise.all(stops.map((stop) => stop()))
})

function pathOf(name: string): string {
  return `/${name.replace(/[^a-z0-9]+/gi, '-')}`
}

const ask = (name: string, init: RequestInit = {}) => fetch(gateway.url + pathOf(name), init)

async function codeOf(response: Response): Promise<string> {
  return JSON.parse(await response.text()).error.code
}

describe('an upstream that fails at the wire', () => {
  it.each([
    ['a refused connection', 'SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a full queue', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a name that does not resolve', 'SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['no route', 'SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['no TLS where it is spoken to', 'SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a certificate that nobody vouches for', 'SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['an end at once', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a silent accept', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a reset before the header', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['an end before the header', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a reset in the header', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a slow header', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['another protocol', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['no status', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a field without a colon', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a length that is no number', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['an endless header', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a 101 that nobody asked for', 'EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    ['a reset in an error’s body', 'INTERNAL_ERROR', 'INTERNAL_ERROR'],
    ['an error’s chunk cut', 'INTERNAL_ERROR', 'INTERNAL_ERROR'],
    ['an error’s chunk of no size', 'INTERNAL_ERROR', 'INTERNAL_ERROR'],
    ['an error’s body that stays away', 'INTERNAL_ERROR', 'INTERNAL_ERROR'],
  ])('%s: %s to a GET, %s to a POST', async (name, toGet, toPost) => {
    const timed = async (init: RequestInit) => {
      const startedAt = performance.now()
      const response = await ask(name, init)
      const code = await codeOf(response)
      return { code, late: performance.now() - startedAt - DEADLINE_MS }
    }

    const get = await timed({})
    const post = await timed({ method: 'POST', body: '{}' })

    expect([get.code, post.code]).toEqual([toGet, toPost])
    // Measured: 10 ms over the deadline at most. The rest is for a machine that has other things to do.
    expect(Math.max(get.late, post.late)).toBeLessThan(1_000)
  })

  it('a reset at once: a 503 to a GET, whether it looked refused or lost, a 500 to a POST', async () => {
    const get = await ask('a reset at once')
    const post = await ask('a reset at once', { method: 'POST', body: '{}' })

    expect([get.status, post.status]).toEqual([503, 500])
    expect(await codeOf(post)).toBe('SERVICE_ERROR')
  })

  it.each([
    'a reset before the header',
    'an end before the header',
    'a reset in the header',
    'a slow header',
    'another protocol',
    'a reset in an error’s body',
  ])('was sent a POST once: %s', async (name) => {
    const upstream = raw.get(name)
    const before = upstream?.requests.length

    await ask(name, { method: 'POST', body: '{}' }).then((response) => response.text())

    expect(upstream?.requests.slice(before)).toEqual([`POST ${pathOf(name)} HTTP/1.1`])
  })
})

describe('a request whose connection is lost', () => {
  it.each([
    ['GET', '', 3],
    ['HEAD', '', 3],
    ['OPTIONS', '', 3],
    ['DELETE', '', 3],
    ['PUT', '', 3],
    ['PUT', '{}', 1],
    ['DELETE', '{}', 1],
    ['POST', '', 1],
    ['POST', '{}', 1],
    ['PATCH', '{}', 1],
  ])('arrives so often: %s with the body "%s", %i', async (method, body, expected) => {
    const came = raw.get('a reset before the header')?.requests ?? []
    const before = came.length
    const length = body ? `Content-Length: ${body.length}\r\n` : ''
    const path = pathOf(`again ${method}`)

    await sendRaw(
      gateway.port,
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${length}Connection: close\r\n\r\n${body}`,
    )

    expect(came.slice(before)).toEqual(Array(expected).fill(`${method} /${method}${path} HTTP/1.1`))
  })
})

describe('clients that upload a byte and wait', () => {
  it('do not shut the upstream for others', async () => {
    const path = pathOf('slow uploads')
    const slowly = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{`

    const answers = await Promise.all(
      Array.from({ length: 40 }, () => sendRaw(gateway.port, slowly)),
    )

    expect(new Set(answers.map((text) => parseRaw(text).status))).toEqual(new Set([500]))
    // Asked in earnest, and not merely told to come back.
    expect(await codeOf(await ask('slow uploads'))).toBe('EXTERNAL_SERVICE_UNAVAILABLE')
  })
})

describe('a good answer that goes wrong', () => {
  it.each(['a reset in the body', 'a body shorter than its length'])(
    'breaks off where the client can see it: %s',
    async (name) => {
      const response = await ask(name)

      expect(response.status).toBe(200)
      await expect(response.text()).rejects.toThrow('terminated')
    },
  )

  it('after its length is not the next one’s: what an upstream smuggles in goes nowhere', async () => {
    const name = 'a body longer than its length'
    const texts: string[] = []
    for (let count = 0; count < 5; count += 1) texts.push(await (await ask(name)).text())

    expect(texts).toEqual(Array(5).fill('hello'))
    expect(raw.get(name)?.requests.length).toBe(5)
  })

  it('slowly may take longer than the deadline, once it has begun', async () => {
    const response = await ask('a slow body')

    expect(await response.text()).toBe('a'.repeat(60))
  })
})

describe('an answer that comes while the request is still being sent', () => {
  const chunks = () =>
    new ReadableStream({
      start(controller) {
        for (let count = 0; count < 64; count += 1) controller.enqueue(new Uint8Array(65_536))
        controller.close()
      },
    })
  const uploads = [
    ['with a length', () => ({ body: new Uint8Array(4_194_304) })],
    ['in chunks', () => ({ body: chunks(), duplex: 'half' as const })],
  ] as const

  /**
   * RFC 9112, section 9.6: the runtime closes the connection with its answer, and a client that still writes may meet
   * that before it has read anything, or all of it. Whatever else goes wrong is not asked again.
   */
  async function heard(asking: () => Promise<void>, tries = 10): Promise<void> {
    return asking().catch((error) =>
      tries > 1 && error.cause?.code === 'EPIPE' ? heard(asking, tries - 1) : Promise.reject(error),
    )
  }

  it.each(
    UPLOADS.flatMap(([name, post, put]) =>
      uploads.map(([how, body]) => ({ name, how, post, put, body })),
    ),
  )('is heard: $name, $how', async ({ name, post, put, body }) => {
    const statuses: number[] = []
    for (const method of ['POST', 'PUT']) {
      // Of an answer whose body is cut the header is looked at all the same.
      const seen = new Set<number>()
      await heard(async () => {
        const answer = await ask(String(name), { method, ...body() })
        seen.add(answer.status)
        await answer.text()
      })
      statuses.push(...seen)
    }

    expect(statuses).toEqual([post, put])
  })
})

describe('a WebSocket whose upstream speaks nonsense', () => {
  const open = (name: string) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(gateway.url.replace('http', 'ws') + pathOf(name))
      socket.on('error', () => undefined)
      socket.on('unexpected-response', (_, { statusCode }) => resolve(`status ${statusCode}`))
      socket.on('close', (code) => resolve(code === 1000 ? 'closed well' : 'broken off'))
      setTimeout(() => {
        resolve('left open')
        // The worker could not be stopped while it is.
        socket.terminate()
      }, 4_000)
    })

  it('is refused where the handshake is wrong', async () => {
    expect(await open('a handshake with another’s key')).toBe('status 503')
  })

  it('breaks off where the handshake is right', async () => {
    expect(await open('garbage after 101')).toBe('broken off')
  })
})
