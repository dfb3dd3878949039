import { createServer, type Server, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, type World } from './world.ts'

const TIMEOUT_MS = 300

let world: World
const servers: Server[] = []
beforeAll(async () => {
  world = await openWorld()
})
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await world.stop()
})

/** Something that speaks HTTP where the store should be. */
async function storeThat(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

const saying = (body: string, status = 200) =>
  storeThat((response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })

const FAULTS: readonly [name: string, settings: () => Promise<Readonly<Record<string, string>>>][] =
  [
    ['is not there', async () => ({ UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' })],
    ['does not know the token', async () => ({ UPSTASH_REDIS_REST_TOKEN: 'another' })],
    ['never answers', () => at(storeThat(() => undefined))],
    ['hangs up', () => at(storeThat((response) => response.destroy()))],
    ['answers 500', () => at(saying('{"error":"ERR internal"}', 500))],
    ['answers 500 in HTML', () => at(saying('<h1>Bad gateway</h1>', 502))],
    ['answers garbage', () => at(saying('}{'))],
    ['answers nothing', () => at(saying(''))],
    ['answers null', () => at(saying('{"result":null}'))],
    ['answers half a pipeline', () => at(saying('[]'))],
    ['answers an empty list', () => at(saying('{"result":[]}'))],
    ['answers half of what was asked', () => at(saying('{"result":["admitted",0,0]}'))],
    ['answers no numbers', () => at(saying('{"result":["admitted",0,"a","b","c","d","e","f"]}'))],
    ['answers half a body', () => at(storeThat((response) => cutShort(response)))],
    ['answers byte by byte', () => at(storeThat((response) => trickle(response)))],
  ]

async function at(url: Promise<string>) {
  return { UPSTASH_REDIS_REST_URL: await url }
}

function cutShort(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 1_000 })
  response.write('{"result":["admi')
  setTimeout(() => response.destroy(), 20)
}

function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 50)
  response.on('close', () => clearInterval(timer))
}

describe('a store that', () => {
  it.each(FAULTS)('%s leaves every answer within the contract', async (_, settings) => {
    const gateway = await world.another({
      STORE_TIMEOUT_MS: String(TIMEOUT_MS),
      ...(await settings()),
    })
    const admin = await world.issuer.mint({ roles: ['super_admin'] })
    const asUser = () => fetch(`${gateway.url}/demo/echo`)

    const first = await asUser()
    const guarded = await fetch(`${gateway.url}/admin/users`, {
      headers: { Authorization: `Bearer ${admin}` },
    })
    const ready = await fetch(`${gateway.url}/_gateway/ready`)

    expect(first.status).toBe(200)
    expect(first.headers.get('X-RateLimit-Limit')).toBe('250')
    expect(first.headers.get('X-RateLimit-Remaining')).toBe('249')
    expect(guarded.status).toBe(503)
    expect((await guarded.json()).error.code).toBe('CACHE_UNAVAILABLE')
    expect(guarded.headers.get('Retry-After')).toBe('5')
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({
      status: 'degraded',
      dependencies: { store: { state: 'down' } },
    })
    expect(gateway.log()).toContain('"counted":"isolate"')
    expect(gateway.log()).not.toContain('command was')
  })

  it('hangs up is asked once for a request: it may have charged it', async () => {
    let asked = 0
    const url = await storeThat((response) => {
      asked += 1
      response.destroy()
    })
    const gateway = await world.another({ UPSTASH_REDIS_REST_URL: url })

    await fetch(`${gateway.url}/demo/echo`)

    expect(asked).toBe(1)
  })

  it('is slow is not waited for after three requests, and trusted again once it is fast', async () => {
    let delayMs = 10 * TIMEOUT_MS
    const { port } = new URL(world.store.url)
    const url = await slowDoor(Number(port), () => delayMs)
    const gateway = await world.another({
      UPSTASH_REDIS_REST_URL: url,
      STORE_TIMEOUT_MS: String(TIMEOUT_MS),
    })
    const counted = async () => {
      await (await fetch(`${gateway.url}/demo/echo`)).body?.cancel()
      return lastExchange(gateway.log())
    }
    const slow = [await counted(), await counted(), await counted()]
    const left = await counted()
    delayMs = 0

    expect(slow.map(({ storeMs }) => Number(storeMs) >= TIMEOUT_MS - 5)).toEqual([true, true, true])
    expect(left).toMatchObject({ counted: 'isolate', storeMs: 0 })
    await expect
      .poll(async () => (await counted()).counted, { timeout: 5_000, interval: 200 })
      .not.toBe('isolate')
  })
})

/** The store behind a door that opens late. */
async function slowDoor(port: number, delayMs: () => number): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', async () => {
      await new Promise((resolve) => setTimeout(resolve, delayMs()))
      const { authorization = '' } = request.headers
      const answer = await fetch(`http://127.0.0.1:${port}${request.url}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: Buffer.concat(chunks),
      })
      response.writeHead(answer.status, { 'content-type': 'application/json' })
      response.end(await answer.text())
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

function lastExchange(log: string): Readonly<Record<string, unknown>> {
  const line = log.split('\n').findLast((text) => text.includes('"event":"exchange"'))
  return JSON.parse(line?.slice(line.indexOf('{')) ?? '{}')
}
