import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { close, listen } from '../../scripts/upstream/listen.ts'
import { openWorld, type World } from './world.ts'

type Mood = 'well' | 'failing 30 %' | 'down'

let world: World
let gateway: ServedWorker
let mood: Mood = 'well'
/** Method and correlation id of each request that came, as often as it came. */
let received: string[] = []

/** Three of ten go wrong, in three ways. */
const FAILURES = ['503', 'reset', 'ok', 'ok', '502', 'ok', 'ok', 'ok', 'ok', 'ok'] as const

function serve(request: IncomingMessage, response: ServerResponse) {
  received.push(`${request.method} ${request.headers['x-correlation-id']}`)
  request.resume()
  const fate = mood === 'failing 30 %' ? FAILURES[received.length % FAILURES.length] : 'ok'
  if (mood === 'down' || fate === 'reset') request.socket.resetAndDestroy()
  else if (fate === 'ok') response.end('{"good":true}')
  else response.writeHead(Number(fate)).end('{"error":"later"}')
}

const upstream = createServer(serve)

let port: number
beforeAll(async () => {
  world = await openWorld()
  port = await listen(upstream)
})
beforeEach(async () => {
  received = []
  gateway = await world.another({
    UPSTREAM_URL: `http://127.0.0.1:${port}`,
    UPSTREAM_TIMEOUT_MS: '2000',
    LIMITS: '{"ip":{"minute":1000000,"hour":1000000}}',
    ROUTES: '[{"path":"/things","access":"public"}]',
  })
})
afterAll(async () => {
  await world.stop()
  await close(upstream)
})

async function ask(method: string) {
  const startedAt = performance.now()
  const response = await fetch(`${gateway.url}/things`, {
    method,
    headers: { 'X-Correlation-ID': crypto.randomUUID() },
    ...(method === 'POST' && { body: '{}' }),
  })
  const text = await response.text()
  return { status: response.status, text, tookMs: performance.now() - startedAt }
}

type Answer = Awaited<ReturnType<typeof ask>>

/** So many clients, each with its next request as soon as it has its answer; three of ten are POSTs. */
async function load(clients: number, next: () => boolean): Promise<Answer[]> {
  const answers: Answer[] = []
  let count = 0
  const client = async () => {
    while (next()) {
      count += 1
      answers.push(await ask(count % 10 < 3 ? 'POST' : 'GET'))
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return answers
}

function times(most: number): () => boolean {
  let left = most
  return () => {
    left -= 1
    return left >= 0
  }
}

/** How many POSTs came more than once. */
function postsRepeated(): number {
  const posts = received.filter((line) => line.startsWith('POST'))
  return posts.length - new Set(posts).size
}

describe('an upstream that fails three of ten requests', { timeout: 30_000 }, () => {
  it('gets a tenth more of them at most, no POST twice, and its clients their answers in time', async () => {
    mood = 'failing 30 %'

    const answers = await load(20, times(3_000))

    expect(answers.length).toBe(3_000)
    expect(received.length).toBeGreaterThan(3_000)
    expect(received.length / answers.length).toBeLessThanOrEqual(1.1)
    expect(postsRepeated()).toBe(0)
    const statuses = new Set(answers.map(({ status }) => status))
    expect([...statuses].sort()).toEqual([200, 500, 503])
    const took = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b)
    expect(took[Math.floor(took.length * 0.99)]).toBeLessThan(2_000)
  })
})

describe('an upstream that goes down under load', { timeout: 30_000 }, () => {
  it('is left alone but for a probe a second, and found again within two', async () => {
    mood = 'well'
    await load(20, times(500))
    mood = 'down'
    received = []
    await load(20, () => !gateway.log().includes('"upstream.open"'))
    expect(postsRepeated()).toBe(0)

    received = []
    const until = Date.now() + 3_000
    const refused = await load(5, () => Date.now() < until)
    const probes = received.length
    mood = 'well'
    const backAt = performance.now()
    while ((await ask('GET')).status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 20))
    const foundAfter = performance.now() - backAt
    const after = await load(20, times(200))

    expect(refused.length).toBeGreaterThan(100)
    expect(refused.filter(({ status }) => status === 503).length).toBeGreaterThan(
      refused.length - 5,
    )
    expect(probes).toBeLessThanOrEqual(4)
    expect(foundAfter).toBeLessThan(2_000)
    expect(after.filter(({ status }) => status !== 200)).toEqual([])
    expect(gateway.log()).toContain('"upstream.closed"')
  })
})
