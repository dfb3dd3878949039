import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { send } from '../../../scripts/bench/client.ts'
import { type CountedStore, startCountedStore } from '../../../scripts/bench/counted-store.ts'
import { type Load, OWN_LOAD, wrkLoad } from '../../../scripts/bench/load.ts'
import {
  type FastUpstream,
  findNginx,
  startNginx,
  startNode,
} from '../../../scripts/bench/upstream.ts'
import type { WireRequest } from '../../../scripts/bench/wire-request.ts'
import { findProgram } from '../../../scripts/find-program.ts'
import { findRedisServer } from '../../../scripts/store/redis/find.ts'
import { close, listen } from '../../../scripts/upstream/listen.ts'

const nginx = findNginx() ?? ''
const wrk = findProgram('wrk') ?? ''

describe.skipIf(findRedisServer() === undefined)('the counted store', () => {
  let store: CountedStore
  beforeAll(async () => {
    store = await startCountedStore(2)
  })
  afterAll(() => store.stop())

  async function ask(path: string, body: unknown, url = store.url): Promise<unknown> {
    const headers = { Authorization: `Bearer ${store.token}` }
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return answer.json()
  }

  async function costOf(asking: () => Promise<unknown>) {
    const before = await store.counts()
    await asking()
    const after = await store.counts()
    return [after.roundTrips - before.roundTrips, after.commands - before.commands]
  }

  const script = "redis.call('MGET', KEYS[1]) return redis.call('SET', KEYS[1], 1)"

  it.each([
    ['a command', '', ['GET', 'a'], [1, 1]],
    [
      'a pipeline of three',
      '/pipeline',
      [
        ['GET', 'a'],
        ['GET', 'b'],
        ['DEL', 'c'],
      ],
      [1, 3],
    ],
    [
      'a transaction of two',
      '/multi-exec',
      [
        ['GET', 'a'],
        ['GET', 'b'],
      ],
      [1, 4],
    ],
    ['a script of two commands', '', ['EVAL', script, 1, 'a'], [1, 3]],
    ['a script that is not there', '', ['EVALSHA', '0'.repeat(40), 0], [1, 1]],
  ])('counts round trips and commands: %s', async (_, path, body, cost) => {
    expect(await costOf(() => ask(path, body))).toEqual(cost)
  })

  it('counts nothing while nobody asks', async () => {
    expect(await costOf(() => store.counts())).toEqual([0, 0])
  })

  it('keeps apart what is kept at its addresses, whoever asks between', async () => {
    const [one = '', other = ''] = store.urls
    const writing = (url: string) => [
      ask('', ['SET', 'name', url], url),
      ask('/multi-exec', [['INCR', 'count']], url),
      ask(
        '/pipeline',
        [
          ['INCR', 'count'],
          ['INCR', 'count'],
        ],
        url,
      ),
    ]
    await Promise.all([one, other, one].flatMap(writing))

    const kept = (url: string) => ask('', ['MGET', 'name', 'count'], url)
    expect(await kept(one)).toEqual({ result: [one, '6'] })
    expect(await kept(other)).toEqual({ result: [other, '3'] })
    await store.clear()
    expect(await kept(one)).toEqual({ result: [null, null] })
    expect(await kept(other)).toEqual({ result: [null, null] })
  })

  it('answers no sooner than it is told, one asker or many', async () => {
    store.delayMs = 20
    const startedAt = performance.now()
    await ask('', ['GET', 'a'])
    const alone = performance.now() - startedAt
    await Promise.all([ask('', ['GET', 'a']), ask('', ['GET', 'b'])])
    const all = performance.now() - startedAt
    store.delayMs = 0

    expect(alone).toBeGreaterThanOrEqual(20)
    // A timer may come a millisecond early.
    expect(all).toBeGreaterThanOrEqual(39)
  })
})

const get = (path: string): WireRequest => ({ method: 'GET', path, headers: { 'X-Name': 'a' } })

describe.each([
  ['Node', () => startNode()],
  ['nginx', () => startNginx(nginx)],
])('the upstream on %s', (name, start) => {
  describe.skipIf(name === 'nginx' && nginx === '')('where it is installed', () => {
    let upstream: FastUpstream
    beforeAll(async () => {
      upstream = await start()
    })
    afterAll(() => upstream.stop())

    it.each([
      ['GET', '/tunnels', 200, 'application/json', 72],
      ['POST', '/tunnels', 200, 'application/json', 72],
      ['GET', '/tunnels/megabyte', 200, 'application/octet-stream', 1_048_576],
      ['GET', '/tunnels/fails-json', 500, 'application/json', 66],
      ['GET', '/tunnels/fails-envelope', 500, 'application/json', 261],
      ['GET', '/tunnels/fails-html', 500, 'text/html', 385],
      ['GET', '/tunnels/fails-text', 500, 'text/plain', 21],
      ['GET', '/tunnels/fails-empty', 500, 'text/plain', 0],
      ['GET', '/tunnels/fails-chunked', 500, 'application/json', 66],
      ['GET', '/health', 200, 'application/json', 72],
      ['POST', '/ollama/api/chat', 200, 'application/json', 72],
    ])('answers %s %s', async (method, path, status, type, bytes) => {
      const body = method === 'POST' ? { body: 'x'.repeat(10_000) } : {}
      const answer = await fetch(`${upstream.url}${path}`, { method, ...body })

      expect(answer.status).toBe(status)
      expect(answer.headers.get('content-type')).toBe(type)
      expect((await answer.arrayBuffer()).byteLength).toBe(bytes)
    })

    it.each([
      ['/tunnels/fails-json', '66', null],
      ['/tunnels/fails-empty', '0', null],
      ['/tunnels/fails-chunked', null, 'chunked'],
    ])('tells the length of %s, or does not', async (path, length, coding) => {
      const { headers } = await fetch(`${upstream.url}${path}`)

      expect(headers.get('content-length')).toBe(length)
      expect(headers.get('transfer-encoding')).toBe(coding)
    })

    it('counts what it has answered, and not the questions for that', async () => {
      const before = await upstream.requests()
      for (const _ of [1, 2, 3])
        await fetch(`${upstream.url}/tunnels`).then(({ body }) => body?.cancel())

      expect((await upstream.requests()) - before).toBe(3)
      expect((await upstream.requests()) - before).toBe(3)
    })
  })
})

/** Remembers what it was asked, and refuses every second request. */
async function countingServer() {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: string[] = []
    for await (const chunk of request) chunks.push(String(chunk))
    asked.push(`${request.method} ${request.url} ${request.headers['x-name']} ${chunks.join('')}`)
    response.writeHead(asked.length % 2 === 0 ? 429 : 200).end('ok')
  })
  return { asked, port: await listen(server), stop: () => close(server) }
}

const post: WireRequest = {
  method: 'POST',
  path: '/b',
  headers: { 'X-Name': '"b' },
  body: '{"\\":1}',
}

describe.each([
  ['our own client', async () => OWN_LOAD],
  ['wrk', () => wrkLoad(wrk)],
])('a load from %s', (name, open: () => Promise<Load>) => {
  it.skipIf(name === 'wrk' && wrk === '')(
    'sends all requests in turn and counts answers',
    async () => {
      const server = await countingServer()
      const load = await open()

      const { sent, answered, refused } = await load.run([get('/a'), post], server.port, 1)

      expect(new Set(server.asked)).toEqual(new Set(['GET /a a ', 'POST /b "b {"\\":1}']))
      expect(answered).toBeGreaterThan(20)
      // Those cut off at the end, of each connection one that was sent and one on its way, are not answered.
      expect(sent - answered).toBeLessThanOrEqual(32)
      expect(sent).toBeGreaterThanOrEqual(server.asked.length)
      expect(server.asked.length - answered).toBeLessThanOrEqual(32)
      expect(Math.abs(answered / 2 - refused)).toBeLessThanOrEqual(32)
      await load.stop()
      await server.stop()
    },
  )
})

describe('the client', () => {
  it('sends every request once, and tells each status', async () => {
    const server = await countingServer()
    const paths = Array.from({ length: 50 }, (_, n) => `/${n}`)

    const answers = await send(paths.map(get), { port: server.port, connections: 4, seconds: 30 })

    expect(server.asked.map((text) => text.split(' ')[1]).sort()).toEqual([...paths].sort())
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(25)
    await server.stop()
  })

  it('gives up on what is not answered in its time', async () => {
    const server = createServer(() => {})
    const port = await listen(server)

    expect(await send([get('/'), get('/')], { port, connections: 1, seconds: 0.2 })).toEqual([])
    await close(server)
  })

  it('reports no answer that broke off', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'Content-Length': 10 }).write('half')
      setTimeout(() => response.destroy(), 20)
    })
    const port = await listen(server)

    expect(await send([get('/')], { port, connections: 1, seconds: 30 })).toEqual([])
    await close(server)
  })
})
