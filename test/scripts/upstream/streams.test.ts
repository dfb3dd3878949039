import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type DemoUpstream, startUpstream } from '../../../scripts/upstream/server.ts'

let upstream: DemoUpstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.stop())

/** Each piece of the body with the moment it came, in milliseconds after the first. */
async function chunksOf(answer: Response) {
  const chunks: { text: string; at: number }[] = []
  const started = performance.now()
  const decoder = new TextDecoder()
  for await (const bytes of answer.body ?? []) {
    chunks.push({ text: decoder.decode(bytes), at: performance.now() - started })
  }
  return chunks
}

describe('streams', () => {
  it('tick as server-sent events, one by one', async () => {
    const answer = await fetch(`${upstream.url}/api/ollama/events?count=3`)
    const chunks = await chunksOf(answer)

    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect(chunks.map(({ text }) => text)).toEqual([
      'id: 1\nevent: tick\ndata: {"tick":1}\n\n',
      'id: 2\nevent: tick\ndata: {"tick":2}\n\n',
      'id: 3\nevent: tick\ndata: {"tick":3}\n\n',
    ])
    // All at once they would be here within a few milliseconds.
    expect(chunks[2]?.at).toBeGreaterThan(100)
  })

  it('carry a chat as lines of JSON, one by one', async () => {
    const answer = await fetch(`${upstream.url}/ollama/api/chat`, {
      method: 'POST',
      body: '{"model":"llama3.2:3b","messages":[]}',
    })
    const chunks = await chunksOf(answer)
    const lines = chunks.map(({ text }) => JSON.parse(text))

    expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
    expect(lines).toHaveLength(7)
    expect(lines[0]).toMatchObject({ message: { content: 'A ' }, done: false })
    expect(lines[6]).toMatchObject({ done: true })
    expect(chunks[6]?.at).toBeGreaterThan(100)
  })

  it('refuse a model that is not there', async () => {
    const body = '{"model":"x"}'
    const answer = await fetch(`${upstream.url}/ollama/api/chat`, { method: 'POST', body })

    expect(answer.status).toBe(404)
    expect(await answer.json()).toEqual({ error: "model 'x' not found" })
  })

  it('export a report as chunked CSV', async () => {
    const answer = await fetch(`${upstream.url}/admin/reports/export?rows=5000`)
    const lines = (await answer.text()).trimEnd().split('\n')

    expect(answer.headers.get('transfer-encoding')).toBe('chunked')
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(lines).toHaveLength(5001)
    expect(lines[5000]).toBe('2026-10-01,auth0|user-5000,35000')
  })

  it.each([0, 1, 65_536, 1_000_001])('hand out exactly %i bytes', async (bytes) => {
    const answer = await fetch(`${upstream.url}/big?bytes=${bytes}`)

    expect(answer.headers.get('content-length')).toBe(String(bytes))
    expect((await answer.arrayBuffer()).byteLength).toBe(bytes)
  })

  it('hold a long poll for as long as asked', async () => {
    const started = performance.now()
    const answer = await fetch(`${upstream.url}/bridge-polling/b7/poll?seconds=1`)

    expect(await answer.json()).toEqual({ success: true, bridgeId: 'b7', requests: [] })
    expect(performance.now() - started).toBeGreaterThan(990)
  })

  it('end when their reader leaves', async () => {
    const leave = new AbortController()
    const answer = await fetch(`${upstream.url}/ollama/events?count=1000`, {
      signal: leave.signal,
    })
    leave.abort()

    await expect(answer.text()).rejects.toThrow()
    await expect.poll(() => upstream.received.at(-1)?.outcome).toBe('broken')
  })
})

describe('WebSockets', () => {
  const open = async (path: string) => {
    const socket = new WebSocket(upstream.url.replace('http', 'ws') + path)
    await once(socket, 'open')
    return socket
  }

  it.each(['/ssh', '/ws', '/api/ssh', '/api/ws'])('echo at %s', async (path) => {
    const socket = await open(path)
    socket.send('grüße')
    const [echoed, isBinary] = await once(socket, 'message')
    socket.close()

    expect([String(echoed), isBinary]).toEqual(['grüße', false])
  })

  it('echo bytes as bytes', async () => {
    const socket = await open('/ws')
    socket.send(Buffer.from([0, 255, 128]))
    const [echoed, isBinary] = await once(socket, 'message')
    socket.close()

    expect([[...Buffer.from(echoed)], isBinary]).toEqual([[0, 255, 128], true])
  })

  it('answer a close with its own code', async () => {
    const socket = await open('/ws')
    socket.close(4321, 'done')
    const [code] = await once(socket, 'close')

    expect(code).toBe(4321)
  })

  it('say goodbye themselves when asked to', async () => {
    const socket = await open('/ws?closeWith=4001')
    const closed = once(socket, 'close')
    socket.send('x')
    const [code, reason] = await closed

    expect([code, String(reason)]).toEqual([4001, 'as asked'])
  })

  it('say goodbye without a code when asked to', async () => {
    const socket = await open('/ws?closeWith=1005')
    const closed = once(socket, 'close')
    socket.send('x')

    expect((await closed)[0]).toBe(1005)
  })

  it('break off when asked to', async () => {
    const socket = await open('/ws?drop')
    const closed = once(socket, 'close')
    socket.on('error', () => undefined)
    socket.send('x')

    expect((await closed)[0]).toBe(1006)
  })

  it('greet, and answer as long as asked to', async () => {
    const socket = new WebSocket(`${upstream.url.replace('http', 'ws')}/ws?greet=hi&answerBytes=3`)
    const [greeting] = await once(socket, 'message')
    socket.send('x')
    const [answer] = await once(socket, 'message')
    socket.close()

    expect([String(greeting), String(answer)]).toEqual(['hi', 'xxx'])
  })

  it('tell how they were closed', async () => {
    const socket = await open('/ws?told')
    socket.send('x')
    await once(socket, 'message')
    socket.close(4001, 'enough')

    await expect
      .poll(() => upstream.closedWebSockets.at(-1))
      .toEqual({ url: '/ws?told', code: 4001, reason: 'enough', messages: 1 })
  })

  it('are counted while open and ended by a stop', async () => {
    const own = await startUpstream()
    const socket = new WebSocket(`${own.url.replace('http', 'ws')}/ssh?token=t`)
    await once(socket, 'open')
    const before = own.openWebSockets
    const closed = once(socket, 'close')
    await own.stop()

    expect(before).toBe(1)
    expect(await closed).toEqual([1006, expect.anything()])
    expect(own.received[0]).toMatchObject({ url: '/ssh?token=t', outcome: 'upgraded' })
  })

  it('are not to be had elsewhere', async () => {
    const socket = new WebSocket(`${upstream.url.replace('http', 'ws')}/tunnels`)
    const [error] = await once(socket, 'error')

    expect(error.message).toBe('Unexpected server response: 200')
  })
})
