import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type WebSocketClient from 'ws'
import { openWorld, type World } from './world.ts'

const WebSocket: typeof WebSocketClient = createRequire(import.meta.url)('ws')

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.stop())

describe('streams', () => {
  it('of server-sent events come event by event', async () => {
    const response = await fetch(`${world.gateway.url}/ollama/events?count=4`)
    const arrivals: number[] = []
    for await (const _ of response.body ?? []) arrivals.push(Date.now())

    const span = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)
    expect(response.headers.get('Content-Type')).toContain('text/event-stream')
    expect(arrivals.length).toBeGreaterThanOrEqual(4)
    expect(span).toBeGreaterThan(400)
  })

  it('of ten megabytes arrive whole', async () => {
    const response = await fetch(`${world.gateway.url}/big?bytes=10000000`)

    expect((await response.arrayBuffer()).byteLength).toBe(10_000_000)
  })

  it('end at the upstream when the client goes', async () => {
    const id = crypto.randomUUID()
    const leave = new AbortController()
    const response = await fetch(`${world.gateway.url}/ollama/events?count=100`, {
      signal: leave.signal,
      headers: { 'X-Correlation-ID': id },
    })
    await response.body?.getReader().read()
    leave.abort()
    await expect
      .poll(() => world.upstream.received.find((request) => request.correlationId === id)?.outcome)
      .toBe('broken')
  })

  it('are posted through byte for byte', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')

    const response = await fetch(`${world.gateway.url}/webhooks/stripe`, {
      method: 'POST',
      body: bytes,
    })

    expect(await response.text()).toContain(digest)
  })
})

describe('a redirect', () => {
  it.each([
    ['GET', 307],
    ['POST', 307],
    ['GET', 302],
  ])('is the client’s to follow: %s, %i', async (method, status) => {
    const response = await fetch(`${world.gateway.url}/demo/status/${status}`, {
      method,
      redirect: 'manual',
      ...(method === 'POST' && { body: '{}' }),
    })

    expect(response.status).toBe(status)
    expect(response.headers.get('Location')).toBe('../errors/25')
  })
})

describe('a WebSocket', () => {
  const socketUrl = () => `${world.gateway.url.replace('http', 'ws')}/ssh`

  it('passes text, bytes and the close code both ways', async () => {
    const token = await world.issuer.mint({})
    const socket = new WebSocket(socketUrl(), { headers: { Authorization: `Bearer ${token}` } })
    const messages: unknown[] = []
    const closed = new Promise<number>((resolve) => socket.on('close', resolve))
    socket.on('message', (data, isBinary) => {
      messages.push(isBinary ? [...Buffer.from(data as Buffer)] : String(data))
      if (messages.length === 2) socket.close(4_000, 'enough')
    })
    socket.on('open', () => {
      socket.send('hello')
      socket.send(new Uint8Array([1, 2, 3]))
    })

    expect(await closed).toBe(4_000)
    expect(messages).toEqual(['hello', [1, 2, 3]])
  })

  it('refused is a plain HTTP envelope', async () => {
    const socket = new WebSocket(socketUrl())
    const answer = await new Promise<{ status?: number | undefined; text: string }>((resolve) => {
      socket.on('error', () => undefined)
      socket.on('unexpected-response', async (_, response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve({ status: response.statusCode, text })
      })
    })

    expect(answer.status).toBe(401)
    expect(JSON.parse(answer.text).error.code).toBe('MISSING_TOKEN')
  })
})
