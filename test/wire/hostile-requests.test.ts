import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, parseRaw, sendRaw, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.stop())

function raw(requestLine: string, ...headers: string[]): Promise<string> {
  const lines = [requestLine, 'Host: gateway.test', 'Connection: close', ...headers]
  return sendRaw(world.gateway.port, `${lines.join('\r\n')}\r\n\r\n`)
}

describe('a hostile client', () => {
  it('gets HTTPS_REQUIRED over plain HTTP, whatever it forwards', async () => {
    const answer = parseRaw(await raw('GET /tunnels HTTP/1.1', 'X-Forwarded-Proto: https'))

    expect(answer.status).toBe(401)
    expect(answer.body).toContain('HTTPS_REQUIRED')
  })

  async function loopback(requestLine: string, ...headers: string[]) {
    const lines = [requestLine, 'Host: 127.0.0.1', 'Connection: close', ...headers]
    return parseRaw(await sendRaw(world.gateway.port, `${lines.join('\r\n')}\r\n\r\n`))
  }

  it.each([
    ['/demo/../admin/users'],
    ['/demo/%2e%2e/admin/users'],
    ['/demo/..;/admin/users'],
    ['/demo\\..\\admin'],
    ['//demo/echo'],
    ['/demo//echo'],
    ['/demo/%2fecho'],
    ['/demo/%00'],
    ['/demo/%zz'],
    ['/demo/%c3%28'],
  ])('gets VALIDATION_ERROR for %s, and the upstream nothing', async (path) => {
    const before = world.upstream.received.length

    const answer = await loopback(`GET ${path} HTTP/1.1`)

    expect(answer.status).toBe(400)
    expect(answer.body).toContain('VALIDATION_ERROR')
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('1000')
    expect(world.upstream.received).toHaveLength(before)
  })

  it.each([
    ['a host that is none', 'a b%'],
    ['two hosts', '127.0.0.1\r\nHost: 127.0.0.2'],
  ])('gets an envelope for %s', async (_, host) => {
    const answer = parseRaw(
      await sendRaw(
        world.gateway.port,
        `GET /demo/echo HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      ),
    )

    expect(answer.status).toBe(400)
    expect(answer.body).toContain('VALIDATION_ERROR')
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('1000')
  })

  it.each<[string, (token: string) => readonly string[]]>([
    ['two tokens', (token) => [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`]],
    ['a token and nothing', (token) => [`Authorization: Bearer ${token}`, 'Authorization:']],
    [
      'a token and Basic',
      (token) => ['Authorization: Basic YTpi', `authorization: Bearer ${token}`],
    ],
    ['a tab before its token', (token) => [`Authorization: Bearer\t${token}`]],
    ['two spaces before its token', (token) => [`Authorization: Bearer  ${token}`]],
    ['a byte 0xA0 before its token', (token) => [`Authorization: Bearer\xa0${token}`]],
    ['a byte 0xA0 after its token', (token) => [`Authorization: Bearer ${token}\xa0`]],
    ['a vertical tab after its token', (token) => [`Authorization: Bearer ${token}\x0b`]],
    ['a space in its token', (token) => [`Authorization: Bearer ${token.replace('.', '. ')}`]],
  ])('gets INVALID_TOKEN_FORMAT for %s', async (_, headersFor) => {
    const before = world.upstream.received.length

    const answer = await loopback(
      'GET /tunnels HTTP/1.1',
      ...headersFor(await world.issuer.mint({})),
    )

    expect(answer.body).toContain('"INVALID_TOKEN_FORMAT"')
    expect(world.upstream.received).toHaveLength(before)
  })

  it('may leave spaces around the whole of a header, as HTTP has it', async () => {
    const token = await world.issuer.mint({})

    const answer = await loopback('GET /tunnels HTTP/1.1', `Authorization: \t Bearer ${token} \t`)

    expect(answer.status).toBe(200)
  })

  it.each(['access_token', 'token'])(
    'gets MISSING_TOKEN for a good %s in the query',
    async (name) => {
      const token = await world.issuer.mint({})

      const answer = await loopback(`GET /tunnels?${name}=${token} HTTP/1.1`)

      expect(answer.body).toContain('"MISSING_TOKEN"')
      expect(world.gateway.log()).not.toContain(token)
    },
  )

  it('cannot make itself someone else for the upstream', async () => {
    const id = crypto.randomUUID()
    await loopback(
      'GET /demo/echo HTTP/1.1',
      `X-Correlation-ID: ${id}`,
      'X-User-Id: admin',
      'x-user-tier: enterprise',
      'X_User_Roles: super_admin',
      'X-RateLimit-Remaining: 5',
      'X-Forwarded-For: 10.0.0.1',
      'X-Forwarded-For: 10.0.0.2',
      'Forwarded: for=10.0.0.1',
      'CF-Ray: 1',
      'X-Gateway-Deadline: 1',
    )

    const request = world.upstream.received.find(({ correlationId }) => correlationId === id)
    const names = request?.headers.map(([name]) => name.toLowerCase()) ?? []
    const forwardedFor = request?.headers.filter(
      ([name]) => name.toLowerCase() === 'x-forwarded-for',
    )
    expect(names).not.toContain('x-user-id')
    expect(names).not.toContain('x-user-tier')
    expect(names).not.toContain('x_user_roles')
    expect(names).not.toContain('x-ratelimit-remaining')
    expect(names).not.toContain('forwarded')
    expect(names).not.toContain('cf-ray')
    expect(forwardedFor?.map(([, value]) => value)).toEqual(['127.0.0.1'])
  })

  it.each([
    ['TRACE', 'NOT_FOUND'],
    ['PROPFIND', 'NOT_FOUND'],
  ])('cannot have %s forwarded', async (method, code) => {
    const answer = await loopback(`${method} /demo/echo HTTP/1.1`)

    expect(answer.body).toContain(code)
  })

  it('is answered over an unannounced body that is too large', async () => {
    const small = await world.another({ MAX_BODY_BYTES: '1000' })
    const chunk = `3e8\r\n${'x'.repeat(1_000)}\r\n`
    const head = 'POST /webhooks/stripe HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n'

    const answer = parseRaw(
      await sendRaw(
        small.port,
        `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(4)}0\r\n\r\n`,
      ),
    )

    expect(answer.status).toBe(400)
    expect(answer.body).toContain('"maxBytes":1000')
  })

  it('is answered over an announced body that is too large, unread', async () => {
    const small = await world.another({ MAX_BODY_BYTES: '1000' })
    const head = 'POST /webhooks/stripe HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n'

    const answer = parseRaw(
      await sendRaw(small.port, `${head}Content-Length: 2000\r\n\r\n${'x'.repeat(2_000)}`),
    )

    expect(answer.status).toBe(400)
    expect(answer.body).toContain('"maxBytes":1000')
  })

  const thousand = 'x'.repeat(1_000)
  const refusedThenGood = (body: string) =>
    sendRaw(
      world.gateway.port,
      `POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n${body}` +
        'GET /demo/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    )
  const statusesIn = (text: string) => text.match(/HTTP\/1\.1 \d+/g)

  it.each([
    ['announced', `Content-Length: 1000\r\n\r\n${thousand}`],
    ['not announced', `Transfer-Encoding: chunked\r\n\r\n3e8\r\n${thousand}\r\n0\r\n\r\n`],
  ])('may go on asking on one connection after a refusal, its body %s', async (_, body) => {
    const answers = await refusedThenGood(body)

    expect(statusesIn(answers)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200'])
  })

  it('is told when a refusal ends its connection, because too much was left unread', async () => {
    const answers = await refusedThenGood(`Content-Length: 300000\r\n\r\n${thousand.repeat(300)}`)

    expect(statusesIn(answers)).toEqual(['HTTP/1.1 404'])
    expect(parseRaw(answers).headers.get('Connection')).toBe('close')
  })

  it('may send a body with a GET', async () => {
    const head = 'GET /demo/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n'

    const announced = parseRaw(
      await sendRaw(world.gateway.port, `${head}Content-Length: 3\r\n\r\nabc`),
    )
    const chunked = parseRaw(
      await sendRaw(
        world.gateway.port,
        `${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
      ),
    )

    expect([announced.status, chunked.status]).toEqual([200, 200])
  })

  it('gets no body from HEAD', async () => {
    const answer = await loopback('HEAD /nowhere HTTP/1.1')

    expect(answer.status).toBe(404)
    expect(answer.body).toBe('')
  })

  it('may send sixteen kilobytes of a header and still gets an envelope', async () => {
    const answer = await loopback('GET /demo/echo HTTP/1.1', `X-Big: ${'x'.repeat(20_000)}`)

    expect(answer.status).toBe(400)
    expect(answer.body).toContain('VALIDATION_ERROR')
  })
})
