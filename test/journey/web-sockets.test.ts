import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

/** RFC 6455, section 1.2. */
const HANDSHAKE = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

const KEY = 'ctll_key-of-alice-0123'

/** A gateway before an upstream that accepts every WebSocket and then says nothing. */
function socketGateway(subprotocol?: string) {
  return testGateway({
    upstream: () =>
      new Response(null, {
        status: 101,
        webSocket: new WebSocketPair()[0],
        ...(subprotocol !== undefined && { headers: { 'Sec-WebSocket-Protocol': subprotocol } }),
      }),
  })
}

type Gateway = Awaited<ReturnType<typeof testGateway>>

function upgrade(gateway: Gateway, path: string, headers: Readonly<Record<string, string>> = {}) {
  return gateway.get(path, { headers: { ...HANDSHAKE, ...headers } })
}

describe('a token at the upgrade', () => {
  it.each([
    ['the header', '/ws', (token: string) => ({ Authorization: `Bearer ${token}` })],
    [
      'the header, in another case',
      '/ws',
      (token: string) => ({ Authorization: `bearer ${token}` }),
    ],
    [
      'the subprotocols',
      '/ws',
      (token: string) => ({ 'Sec-WebSocket-Protocol': `bearer, ${token}` }),
    ],
    [
      'the subprotocols, without a space',
      '/ssh',
      (token: string) => ({ 'Sec-WebSocket-Protocol': `bearer,${token}` }),
    ],
    [
      'the subprotocols, last',
      '/api/ws',
      (token: string) => ({ 'Sec-WebSocket-Protocol': `chat, Bearer, ${token}` }),
    ],
    ['the query', '/ws?access_token=TOKEN', () => ({})],
    ['the query, by its short name', '/api/ssh?a=1&token=TOKEN&b', () => ({})],
    ['the query, percent-encoded', '/ws?t%6Fken=TOKEN', () => ({})],
    ['the query twice', '/ws?token=TOKEN&access_token=TOKEN', () => ({})],
    [
      'every place at once',
      '/ws?token=TOKEN',
      (token: string) => ({
        Authorization: `Bearer ${token}`,
        'Sec-WebSocket-Protocol': `bearer, ${token}`,
      }),
    ],
    ['the query, beside an empty one', '/ws?token=&access_token=TOKEN&token', () => ({})],
  ])('is taken from %s, and forwarded as a header alone', async (_, path, headers) => {
    const gateway = await socketGateway()
    const token = await gateway.mint({ subject: 'auth0|bob' })
    const spelled = path.includes('%') ? token.replaceAll('.', '%2e') : token

    const answer = await upgrade(gateway, path.replaceAll('TOKEN', spelled), headers(token))

    const [request] = gateway.received
    const forwarded = new Headers(request?.headers)
    expect(answer.status).toBe(101)
    expect(forwarded.get('Authorization')).toBe(`Bearer ${token}`)
    expect(forwarded.get('X-User-Id')).toBe('auth0|bob')
    forwarded.delete('Authorization')
    expect(JSON.stringify([request?.url, ...forwarded])).not.toContain(token.slice(-20))
    expect(JSON.stringify(gateway.records)).not.toContain(token.slice(-20))
  })

  it('leaves the rest of the query as it came', async () => {
    const gateway = await socketGateway()

    await upgrade(gateway, `/ws?a=%7e&token=${await gateway.mint()}&b=1`)

    expect(gateway.received[0]?.url).toBe('https://upstream.test/ws?a=%7e&b=1')
  })

  it.each([
    [
      'header and query',
      (a: string, b: string) => [`/ws?token=${b}`, { Authorization: `Bearer ${a}` }],
    ],
    [
      'header and subprotocols',
      (a: string, b: string) => [
        '/ws',
        { Authorization: `Bearer ${a}`, 'Sec-WebSocket-Protocol': `bearer, ${b}` },
      ],
    ],
    [
      'subprotocols and query',
      (a: string, b: string) => [
        `/ws?access_token=${b}`,
        { 'Sec-WebSocket-Protocol': `bearer, ${a}` },
      ],
    ],
    ['both names in the query', (a: string, b: string) => [`/ws?access_token=${b}&token=${a}`, {}]],
    ['one name twice', (a: string, b: string) => [`/ws?token=${b}&token=${a}`, {}]],
    [
      'two in the subprotocols',
      (a: string, b: string) => ['/ws', { 'Sec-WebSocket-Protocol': `bearer, ${a}, bearer, ${b}` }],
    ],
    [
      'another scheme in the header',
      (a: string) => [`/ws?token=${a}`, { Authorization: 'Basic YTpi' }],
    ],
  ] as const)('is refused where another one is shown beside it: %s', async (_, show) => {
    const gateway = await socketGateway()
    const [path, headers] = show(
      await gateway.mint({ subject: 'auth0|alice' }),
      await gateway.mint({ subject: 'auth0|mallory' }),
    )

    const answer = await upgrade(gateway, String(path), headers as Record<string, string>)

    expect([answer.status, answer.error.code]).toEqual([401, 'INVALID_TOKEN_FORMAT'])
    expect(gateway.received).toEqual([])
  })

  it.each([
    ['/ws?token=not-a-token', {}],
    ['/ws?token=a%20b', {}],
    ['/ws?token=%0d%0aX-User-Id:%20admin', {}],
    ['/ws?token=%ff', {}],
    [`/ws?token=${KEY}`, {}],
    ['/ws', { 'Sec-WebSocket-Protocol': 'bearer, bearer' }],
    ['/ws', { 'Sec-WebSocket-Protocol': `bearer, ${KEY}` }],
  ])('is INVALID_TOKEN_FORMAT where it is none: %s %j', async (path, headers) => {
    const gateway = await socketGateway()

    const answer = await upgrade(gateway, path, headers)

    expect([answer.status, answer.error.code]).toEqual([401, 'INVALID_TOKEN_FORMAT'])
  })

  it.each([
    ['/ws', {}],
    ['/ws?token=', {}],
    ['/ws?Token=x&tokens=y', {}],
    ['/ws', { 'Sec-WebSocket-Protocol': 'bearer' }],
    ['/ws', { 'Sec-WebSocket-Protocol': 'chat' }],
  ])('is missing: %s %j', async (path, headers) => {
    const gateway = await socketGateway()

    expect((await upgrade(gateway, path, headers)).error.code).toBe('MISSING_TOKEN')
  })

  it.each([
    ['no upgrade', {}],
    ['another upgrade', { ...HANDSHAKE, Upgrade: 'h2c' }],
    ['an upgrade alone', { Upgrade: 'websocket', Connection: 'Upgrade' }],
    ['another version', { ...HANDSHAKE, 'Sec-WebSocket-Version': '8' }],
  ])('is not looked for in the query of a request with %s', async (_, headers) => {
    const gateway = await socketGateway()

    const answer = await gateway.get(`/ws?token=${await gateway.mint()}`, { headers })

    expect(answer.error.code).toBe('MISSING_TOKEN')
  })

  it('is not looked for in the query of another method', async () => {
    const gateway = await socketGateway()
    const path = `/tunnels?token=${await gateway.mint()}`

    const answer = await gateway.ask(path, { method: 'DELETE', headers: HANDSHAKE })

    expect(answer.error.code).toBe('MISSING_TOKEN')
  })

  it('is not looked for in the subprotocols of a plain request', async () => {
    const gateway = await socketGateway()
    const headers = { 'Sec-WebSocket-Protocol': `bearer, ${await gateway.mint()}` }

    expect((await gateway.get('/tunnels', { headers })).error.code).toBe('MISSING_TOKEN')
  })

  it('may be an API key where the route takes one', async () => {
    const gateway = await socketGateway()

    const answer = await upgrade(gateway, `/ollama/chat?token=${KEY}`)

    expect(answer.status).toBe(101)
    expect(gateway.received[0]?.headers.get('Authorization')).toBe(`Bearer ${KEY}`)
    expect(gateway.received[0]?.url).not.toContain(KEY)
  })

  it('is the upstream’s own affair on a public route', async () => {
    const gateway = await socketGateway('own')

    const answer = await upgrade(gateway, '/health?token=own', {
      'Sec-WebSocket-Protocol': 'bearer, own',
    })

    const [request] = gateway.received
    expect(request?.url).toBe('https://upstream.test/health?token=own')
    expect(request?.headers.get('Sec-WebSocket-Protocol')).toBe('bearer, own')
    expect(request?.headers.get('Authorization')).toBeNull()
    expect(answer.headers.get('Sec-WebSocket-Protocol')).toBe('own')
  })
})

describe('subprotocols', () => {
  it.each([
    ['bearer, TOKEN', undefined, null, 'bearer'],
    ['Bearer, TOKEN', undefined, null, 'Bearer'],
    ['bearer, TOKEN, chat', undefined, 'chat', 'bearer'],
    ['bearer, TOKEN, chat, ssh', 'ssh', 'chat, ssh', 'ssh'],
    ['chat, bearer, TOKEN, ssh', 'chat', 'chat, ssh', 'chat'],
    ['bearer, TOKEN, chat', 'unasked', 'chat', 'bearer'],
    ['bearer, TOKEN', 'bearer', null, 'bearer'],
  ])('offered as %s, of which the upstream chooses %s', async (offered, chosen, sent, answered) => {
    const gateway = await socketGateway(chosen)
    const token = await gateway.mint()

    const answer = await upgrade(gateway, '/ws', {
      'Sec-WebSocket-Protocol': offered.replace('TOKEN', token),
    })

    expect(gateway.received[0]?.headers.get('Sec-WebSocket-Protocol')).toBe(sent)
    expect(answer.headers.get('Sec-WebSocket-Protocol')).toBe(answered)
  })

  it.each([
    ['chat, ssh', 'ssh', 'ssh'],
    ['chat', undefined, null],
    ['chat', 'unasked', null],
  ])('pass beside a token in the header: %s, %s', async (offered, chosen, answered) => {
    const gateway = await socketGateway(chosen)

    const answer = await upgrade(gateway, '/ws', {
      Authorization: `Bearer ${await gateway.mint()}`,
      'Sec-WebSocket-Protocol': offered,
    })

    expect(gateway.received[0]?.headers.get('Sec-WebSocket-Protocol')).toBe(offered)
    expect(answer.headers.get('Sec-WebSocket-Protocol')).toBe(answered)
  })
})

describe('an upgrade', () => {
  it.each([
    ['no version', { Upgrade: 'websocket', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }],
    ['no key', { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }],
  ])('with %s goes on as a plain request', async (_, headers) => {
    const gateway = await testGateway()

    const answer = await gateway.get('/ws', { token: await gateway.mint(), headers })

    expect(answer.status).toBe(200)
    expect(gateway.received[0]?.headers.get('Upgrade')).toBeNull()
  })

  it('that is granted shows correlation id and rate limits', async () => {
    const gateway = await socketGateway()

    const { status, headers } = await upgrade(gateway, `/ws?token=${await gateway.mint()}`)

    expect(status).toBe(101)
    expect(headers.get('X-Correlation-ID')).toMatch(/^req-/)
    expect(headers.get('X-RateLimit-Limit')).toBe('100')
    expect(headers.get('X-RateLimit-Remaining')).toBe('99')
  })

  it('that the upstream refuses is an envelope', async () => {
    const gateway = await testGateway({
      upstream: () => new Response('<h1>nginx</h1> at 10.0.0.3', { status: 502 }),
    })

    const answer = await upgrade(gateway, `/ws?token=${await gateway.mint()}`)

    expect([answer.status, answer.error.code]).toEqual([503, 'EXTERNAL_SERVICE_UNAVAILABLE'])
    expect(answer.text).not.toContain('nginx')
  })

  it('to an upstream that is not there is an envelope', async () => {
    const gateway = await testGateway({ upstream: () => ({ kind: 'unreachable' }) })

    const answer = await upgrade(gateway, `/ws?token=${await gateway.mint()}`)

    expect([answer.status, answer.error.code]).toEqual([503, 'SERVICE_UNAVAILABLE'])
  })

  it('with an expired token is refused by that name', async () => {
    const gateway = await socketGateway()
    const token = await gateway.mint()
    gateway.pass(3_600_000)

    const answer = await upgrade(gateway, `/ws?token=${token}`)

    expect([answer.status, answer.error.code]).toEqual([401, 'TOKEN_EXPIRED'])
    expect(answer.headers.get('WWW-Authenticate')).toContain('Bearer')
  })
})
