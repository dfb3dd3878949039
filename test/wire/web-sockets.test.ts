import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refused, SocketClient } from './web-socket-client.ts'
import { openWorld, type World } from './world.ts'

const MIB = 1_048_576

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.stop())

const at = (path: string) => world.gateway.url + path
const bearer = async () => ({
  headers: { Authorization: `Bearer ${await world.issuer.mint({ subject: crypto.randomUUID() })}` },
})
/** A socket that the upstream can be asked about afterwards. */
async function open(query = '') {
  const name = `/ssh?id=${crypto.randomUUID()}${query}`
  const client = await SocketClient.open(at(name), [], await bearer())
  const atUpstream = () => world.upstream.closedWebSockets.find(({ url }) => url === name)
  return { client, atUpstream }
}

describe('the handshake of a WebSocket', () => {
  it.each([
    ['its subprotocols', async (token: string) => SocketClient.open(at('/ssh'), ['bearer', token])],
    ['its query', async (token: string) => SocketClient.open(at(`/ssh?access_token=${token}`))],
    [
      'its query, by the short name',
      async (token: string) => SocketClient.open(at(`/ssh?token=${token}`)),
    ],
  ])('may bring a token in %s, which the upstream gets as a header alone', async (_, connect) => {
    const subject = crypto.randomUUID()
    const token = await world.issuer.mint({ subject })
    const client = await connect(token)
    client.socket.send('x')
    await client.take(1)
    client.socket.close()

    const isIts = ([, value]: readonly [string, string]) => value === subject
    const received = world.upstream.received.find(({ headers }) => headers.some(isIts))
    const shown = received?.headers.filter(([, value]) => value.includes(token))
    expect(shown).toEqual([['Authorization', `Bearer ${token}`]])
    expect(received?.url).toBe('/ssh')
    expect(world.gateway.log()).not.toContain(token.slice(-20))
  })

  it('is answered with bearer, or with what the upstream chose', async () => {
    const token = await world.issuer.mint({})
    const alone = await SocketClient.open(at('/ssh'), ['bearer', token])
    const chosen = await SocketClient.open(at('/ssh'), ['bearer', token, 'chat', 'ssh'])

    expect([alone.socket.protocol, chosen.socket.protocol]).toEqual(['bearer', 'chat'])
    expect((await chosen.headers).get('X-RateLimit-Remaining')).toMatch(/^\d+$/)
    alone.socket.close()
    chosen.socket.close()
  })

  it('compresses on both hops where both sides can', async () => {
    const client = await SocketClient.open(at('/ssh'), [], {
      ...(await bearer()),
      perMessageDeflate: { threshold: 0 },
    })
    client.socket.send('x'.repeat(10_000))

    expect(client.socket.extensions).toContain('permessage-deflate')
    expect(await client.take(1)).toEqual(['x'.repeat(10_000)])
    client.socket.close()
  })

  it.each([
    ['without a token', '/ssh', {}, 401, 'MISSING_TOKEN'],
    ['with one that is none', '/ssh?token=none', {}, 401, 'INVALID_TOKEN_FORMAT'],
    [
      'by a user where an admin is asked for',
      '/admin/users?token=TOKEN',
      {},
      403,
      'ADMIN_REQUIRED',
    ],
    [
      'of what the upstream does not know',
      '/tunnels/none?token=TOKEN',
      {},
      404,
      'TUNNEL_NOT_FOUND',
    ],
    ['of no route', '/nowhere?token=TOKEN', {}, 404, 'NOT_FOUND'],
  ])('is refused in plain HTTP: %s', async (_, path, headers, status, code) => {
    const token = await world.issuer.mint({})
    const answer = await refused(at(path.replace('TOKEN', token)), [], { headers })

    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ error: { code, statusCode: status } })
    expect(answer.headers.get('X-Correlation-ID')).toMatch(/^req-/)
    expect(answer.headers.get('X-RateLimit-Limit')).not.toBeNull()
  })

  it('is refused in plain HTTP over a limit, with the seconds to wait', async () => {
    const limited = await world.another({ LIMITS: '{"tiers":{"free":{"minute":1}}}' })
    const options = await bearer()
    const first = await SocketClient.open(`${limited.url}/ssh`, [], options)
    const answer = await refused(`${limited.url}/ssh`, [], options)
    first.socket.close()

    expect(answer.status).toBe(429)
    expect(answer.body).toMatchObject({ error: { code: 'RATE_LIMIT_EXCEEDED_USER' } })
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
  })

  it('is refused in plain HTTP while the upstream is not there', async () => {
    const lonely = await world.another({ UPSTREAM_URL: 'http://127.0.0.1:9' })
    const answer = await refused(`${lonely.url}/ssh`, [], await bearer())

    expect(answer.status).toBe(503)
    expect(answer.body).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } })
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
  })
})

describe('an open WebSocket', () => {
  it('passes text as text and bytes as bytes, up to a mebibyte, in their order', async () => {
    const { client } = await open()
    const bytes = crypto.getRandomValues(new Uint8Array(65_536))
    client.socket.send('grüße')
    client.socket.send(bytes)
    client.socket.send('x'.repeat(MIB))
    client.socket.send(Buffer.alloc(MIB, 7))
    client.socket.send('')

    const [text, binary, long, wide, empty] = await client.take(5)

    expect(text).toBe('grüße')
    expect(binary).toEqual(Buffer.from(bytes))
    expect(long).toBe('x'.repeat(MIB))
    expect(wide).toEqual(Buffer.alloc(MIB, 7))
    expect(empty).toBe('')
    client.socket.close()
  })

  it('loses nothing of what either side says first', async () => {
    const { client } = await open('&greet=welcome')
    for (let i = 0; i < 500; i += 1) client.socket.send(String(i))

    expect(await client.take(501)).toEqual([
      'welcome',
      ...Array.from({ length: 500 }, (_, i) => `${i}`),
    ])
    client.socket.close()
  })

  it.each([
    [1000, 'done'],
    [1001, ''],
    [3000, 'ü'.repeat(61)],
    [4999, 'why'],
  ])('tells the upstream that the client closed with %i', async (code, reason) => {
    const { client, atUpstream } = await open()
    client.socket.close(code, reason)

    expect(await client.closed).toEqual({ code, reason })
    await expect.poll(atUpstream).toMatchObject({ code, reason })
  })

  it.each([1000, 1011, 1012, 1014, 3000, 4321])(
    'tells the client that the upstream closed with %i',
    async (code) => {
      const { client } = await open(`&closeWith=${code}`)
      client.socket.send('x')

      expect(await client.closed).toEqual({ code, reason: 'as asked' })
      expect(client.messages).toEqual(['x'])
    },
  )

  it('passes a close without a code as one, both ways', async () => {
    const { client, atUpstream } = await open()
    client.socket.close()
    const other = await open('&closeWith=1005')
    other.client.socket.send('x')

    expect(await other.client.closed).toEqual({ code: 1005, reason: '' })
    await expect.poll(atUpstream).toMatchObject({ code: 1005 })
  })

  it('ends with 1011 when the upstream breaks off', async () => {
    const { client } = await open('&drop')
    client.socket.send('x')

    expect(await client.closed).toEqual({ code: 1011, reason: 'upstream failed' })
  })

  it('ends at the upstream with 1001 when the client breaks off', async () => {
    const { client, atUpstream } = await open()
    client.socket.terminate()

    await expect.poll(atUpstream).toMatchObject({ code: 1001, reason: '' })
  })

  it('ends at the upstream with 1001 when the client breaks the protocol', async () => {
    const { client, atUpstream } = await open()
    // A frame whose kind no standard knows.
    Reflect.get(client.socket, '_socket').write(Buffer.from('838200000000c328', 'hex'))

    expect((await client.closed).code).toBe(1002)
    await expect.poll(atUpstream).toMatchObject({ code: 1001, reason: '' })
  })

  it.each([
    ['text', 'x'.repeat(MIB + 1)],
    ['short text of many bytes', '€'.repeat(MIB / 2)],
    ['bytes', Buffer.alloc(MIB + 1)],
  ])('ends with 1009 when the client sends more than a mebibyte: %s', async (_, message) => {
    const { client, atUpstream } = await open()
    client.socket.send(message)

    expect(await client.closed).toEqual({ code: 1009, reason: 'message too large' })
    await expect.poll(atUpstream).toMatchObject({ code: 1001, messages: 0 })
  })

  it('ends with 1011 when the upstream sends more than a mebibyte, and tells it so', async () => {
    const { client, atUpstream } = await open(`&answerBytes=${MIB + 1}`)
    client.socket.send('x')

    expect(await client.closed).toEqual({ code: 1011, reason: 'upstream failed' })
    expect(client.messages).toEqual([])
    await expect.poll(atUpstream).toMatchObject({ code: 1009, reason: 'message too large' })
  })

  it('ends with 4429 when the client floods it', async () => {
    const { client, atUpstream } = await open()
    for (let i = 0; i < 20_000; i += 1) client.socket.send('x')

    expect(await client.closed).toEqual({ code: 4429, reason: 'too many messages' })
    await expect.poll(atUpstream).toMatchObject({ code: 4429 })
    expect(atUpstream()?.messages).toBeGreaterThanOrEqual(2_000)
    expect(atUpstream()?.messages).toBeLessThan(20_000)
  })

  it('ends with 4401 within a second of the end of its token', async () => {
    const token = await world.issuer.mint({ expiresInSeconds: 3 })
    const expiresAt = JSON.parse(atob(token.split('.')[1] ?? '')).exp * 1000
    const client = await SocketClient.open(at('/ssh'), [], {
      headers: { Authorization: `Bearer ${token}` },
    })

    expect(await client.closed).toEqual({ code: 4401, reason: 'token expired' })
    expect(Date.now() - expiresAt).toBeGreaterThanOrEqual(0)
  })

  it('is one of fifty, each with its own messages', async () => {
    const clients = await Promise.all(Array.from({ length: 50 }, async () => (await open()).client))
    for (const [i, { socket }] of clients.entries())
      for (let n = 0; n < 20; n += 1) socket.send(`${i}.${n}`)

    const heard = await Promise.all(clients.map((client) => client.take(20)))

    expect(heard).toEqual(clients.map((_, i) => Array.from({ length: 20 }, (_, n) => `${i}.${n}`)))
    for (const { socket } of clients) socket.close()
  })

  it('holds its place among its user’s requests until it closes', async () => {
    const token = await world.issuer.mint({ subject: crypto.randomUUID(), tier: 'free' })
    const headers = { Authorization: `Bearer ${token}` }
    const openOne = () => SocketClient.open(at('/ssh'), [], { headers })
    const clients = await Promise.all(Array.from({ length: 10 }, openOne))
    const ask = async () => (await fetch(at('/tunnels'), { headers })).status
    const whileOpen = await ask()
    clients[0]?.socket.terminate()
    clients[1]?.socket.close()

    expect(whileOpen).toBe(429)
    await expect.poll(ask, { timeout: 5_000 }).toBe(200)
    for (const { socket } of clients) socket.terminate()
  })

  it('leaves a record of its end', async () => {
    const id = `socket-${crypto.randomUUID()}`
    const { headers } = await bearer()
    const client = await SocketClient.open(at('/ssh'), [], {
      headers: { ...headers, 'X-Correlation-ID': id },
    })
    client.socket.send('one')
    client.socket.send('two')
    await client.take(2)
    client.socket.close(4_000, 'a secret reason')
    const records = () =>
      world.gateway
        .log()
        .split('\n')
        .filter((line) => line.includes(id))
        .map((line) => JSON.parse(line))

    await expect.poll(() => records().length).toBe(2)
    expect(records()[0]).toMatchObject({ event: 'exchange', route: '/ssh', status: 101 })
    expect(records()[1]).toEqual({
      time: expect.any(String),
      event: 'socket',
      correlationId: id,
      route: '/ssh',
      endedBy: 'client',
      code: 4_000,
      fromClient: 2,
      fromUpstream: 2,
      durationMs: expect.any(Number),
    })
  })
})
