import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

describe('what the upstream is sent', () => {
  async function sent(headers: Record<string, string>, settings: Record<string, string> = {}) {
    const gateway = await testGateway({ settings })
    const token = await gateway.mint({
      subject: 'auth0|zoë, 7%',
      tier: 'premium',
      roles: ['support_admin'],
      permissions: ['read:own'],
    })
    await gateway.get('/api/tunnels?page=2&q=a%20b', { token, headers })
    const [request] = gateway.received
    if (!request) throw new Error('Nothing was sent')
    return request
  }

  it('has path and query as they came, under the base path of the upstream', async () => {
    const request = await sent({}, { UPSTREAM_URL: 'https://upstream.test/base/' })

    expect(request.url).toBe('https://upstream.test/base/api/tunnels?page=2&q=a%20b')
  })

  it.each([
    ['X-RateLimit-Remaining', '5'],
    ['X-Gateway-Assertion', 'forged'],
    ['CF-Ray', 'forged'],
    ['CF-IPCountry', 'XX'],
    ['Forwarded', 'for=10.0.0.1'],
    ['X-Real-IP', '10.0.0.1'],
    ['True-Client-IP', '10.0.0.1'],
    ['Origin', 'https://elsewhere.test'],
    ['Keep-Alive', 'timeout=5'],
    ['TE', 'trailers'],
    ['Proxy-Authorization', 'Basic YTpi'],
    ['X_User_Id', 'admin'],
    ['X.User.Id', 'admin'],
    ['X!User~Roles', 'super_admin'],
    ['X.API.Key', 'ctll_12345678'],
    ['X_Correlation_ID', 'another-id'],
    ['X_Forwarded-For', '10.0.0.1'],
    ['Accept_Encoding', 'br'],
    ['Proxy_Authorization', 'Basic YTpi'],
    ['X_Original_URL', '/admin'],
    ['X-Rate-Limit-Remaining', '5'],
    ['X-HTTP-Method-Override', 'DELETE'],
    ['X-HTTP-Method', 'DELETE'],
    ['X-Method-Override', 'DELETE'],
    ['X-Original-URL', '/admin'],
    ['X-Rewrite-URL', '/admin'],
    ['X-Original-Host', 'evil.test'],
    ['X-User-Anything', 'admin'],
  ])("lacks the client's %s", async (name, value) => {
    expect((await sent({ [name]: value })).headers.get(name)).toBeNull()
  })

  it.each([
    ['X-Forwarded-For', '10.0.0.1, 10.0.0.2', '203.0.113.7'],
    ['X-Forwarded-Proto', 'gopher', 'https'],
    ['X-Forwarded-Host', 'evil.test', 'gateway.test'],
    ['X-User-Id', 'admin', 'auth0|zo%C3%AB%2C%207%25'],
    ['X-User-Issuer', 'https://evil.test/', 'https://issuer.test/'],
    ['X-User-Tier', 'enterprise', 'premium'],
    ['X-User-Roles', 'super_admin', 'support_admin'],
    ['X-Gateway-Deadline', '1', '30000'],
  ])("has our %s in place of the client's", async (name, theirs, ours) => {
    expect((await sent({ [name]: theirs })).headers.get(name)).toBe(ours)
  })

  it('lacks what Connection names', async () => {
    const request = await sent({ Connection: 'close, X-Secret-Hop', 'X-Secret-Hop': '1' })

    expect(request.headers.get('X-Secret-Hop')).toBeNull()
    expect(request.headers.get('Connection')).toBeNull()
  })

  it('lacks what Connection names with underscores too', async () => {
    const request = await sent({ Connection: 'X-Secret-Hop', X_Secret_Hop: '1' })

    expect(request.headers.get('X_Secret_Hop')).toBeNull()
  })

  it('keeps what is the client’s to say', async () => {
    const request = await sent({ 'X-Custom': 'a', 'If-None-Match': '"1"', Cookie: 'a=b' })

    expect(request.headers.get('X-Custom')).toBe('a')
    expect(request.headers.get('If-None-Match')).toBe('"1"')
    expect(request.headers.get('Cookie')).toBe('a=b')
    expect(request.headers.get('Authorization')).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/)
  })

  it('has the permissions of the roles beside those of the token', async () => {
    const permissions = (await sent({})).headers.get('X-User-Permissions')?.split(',')

    expect(permissions).toContain('read:own')
    expect(permissions).toContain('view_users')
  })

  it('asks for no encoding that the client did not name', async () => {
    expect((await sent({})).headers.get('Accept-Encoding')).toBe('identity')
    expect((await sent({ 'Accept-Encoding': 'gzip' })).headers.get('Accept-Encoding')).toBe('gzip')
  })

  it('continues the trace of the client', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const request = await sent({
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      tracestate: 'vendor=1',
    })

    expect(request.headers.get('traceparent')).toMatch(
      new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
    )
    expect(request.headers.get('tracestate')).toBe('vendor=1')
  })

  // https://www.w3.org/TR/trace-context/#traceparent-header, and for `02` level 2 of it.
  it.each([
    ['not sampled', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00', '00'],
    ['sampled', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '01'],
    ['begun at random', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02', '02'],
    [
      'with flags that nobody knows',
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff',
      '03',
    ],
    ['of a later version', 'cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '01'],
    [
      'of a later version that says more',
      'cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more',
      '01',
    ],
  ])('keeps of a trace %s the flags that are known', async (_, traceparent, flags) => {
    const request = await sent({ traceparent })

    expect(request.headers.get('traceparent')).toMatch(
      new RegExp(`^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-${flags}$`),
    )
  })

  it.each([
    ['nothing', undefined],
    ['zeros', '00-00000000000000000000000000000000-00f067aa0ba902b7-01'],
    ['a parent of zeros', '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01'],
    ['a forbidden version', 'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['capitals', '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01'],
    ['more than its version has', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more'],
    ['a dash more', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-'],
    [
      'a later version that goes on without a dash',
      'cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more',
    ],
    ['too little', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7'],
    [
      'two of them',
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, 00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b7-01',
    ],
  ])('begins a trace where the client sent %s', async (_, traceparent) => {
    const request = await sent({ ...(traceparent && { traceparent }), tracestate: 'vendor=1' })

    expect(request.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
    expect(request.headers.get('traceparent')).not.toContain('4bf92f')
    expect(request.headers.get('tracestate')).toBeNull()
  })

  it('goes to the upstream of its route, with the time-out of its route', async () => {
    const gateway = await testGateway({
      settings: {
        ROUTES: JSON.stringify([
          { path: '/far/*', access: 'public', upstream: 'https://far.test/v2', timeoutMs: 5_000 },
        ]),
      },
    })

    await gateway.get('/far/away')

    expect(gateway.received[0]?.url).toBe('https://far.test/v2/far/away')
    expect(gateway.received[0]?.headers.get('X-Gateway-Deadline')).toBe('5000')
  })
})

describe('what comes back', () => {
  it('passes a good answer byte for byte', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(4_096))
    const gateway = await testGateway({
      upstream: () =>
        new Response(bytes, { status: 201, headers: { ETag: '"7"', 'Content-Type': 'x/y' } }),
    })

    const answer = await gateway.get('/health')

    expect(answer.status).toBe(201)
    expect(new Uint8Array(await answer.response.arrayBuffer())).toEqual(bytes)
    expect(answer.headers.get('ETag')).toBe('"7"')
    expect(answer.headers.get('Content-Type')).toBe('x/y')
  })

  it('keeps many cookies apart', async () => {
    const headers = new Headers([
      ['Set-Cookie', 'a=1; Path=/'],
      ['Set-Cookie', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
    ])
    const gateway = await testGateway({ upstream: () => new Response('{}', { headers }) })

    const answer = await gateway.get('/health')

    expect(answer.headers.getSetCookie()).toEqual([
      'a=1; Path=/',
      'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
    ])
  })

  it.each(['X-Powered-By', 'Server', 'Access-Control-Allow-Origin', 'RateLimit-Reset'])(
    "lacks the upstream's %s",
    async (name) => {
      const gateway = await testGateway({
        upstream: () => new Response('{}', { headers: { [name]: 'x' } }),
      })

      expect((await gateway.get('/health')).headers.get(name)).toBeNull()
    },
  )

  it('says nothing of what it is to be framed, sniffed or referred by', async () => {
    const { headers } = await (await testGateway()).get('/health')

    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('X-Frame-Options')).toBe('DENY')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('Content-Security-Policy')).toBe(
      "default-src 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('Strict-Transport-Security')).toBe('max-age=31536000; includeSubDomains')
  })
})

describe('request bodies', () => {
  const post = (body: BodyInit, headers = {}) => ({ method: 'POST', body, headers })

  it('arrive as they were sent', async () => {
    let arrived = ''
    const gateway = await testGateway({
      upstream: async (request) => {
        arrived = await request.text()
        return new Response('{}')
      },
    })

    await gateway.ask('/webhooks/stripe', post('{"id": "evt_1"}\n'))

    expect(arrived).toBe('{"id": "evt_1"}\n')
  })

  it('are refused over their announced limit, before anything is sent', async () => {
    const gateway = await testGateway({ settings: { MAX_BODY_BYTES: '10' } })

    const answer = await gateway.ask(
      '/webhooks/stripe',
      post('12345678901', { 'Content-Length': '11' }),
    )

    expect(answer.error).toMatchObject({ code: 'VALIDATION_ERROR', details: { maxBytes: 10 } })
    expect(gateway.received).toEqual([])
  })

  it('are refused over their limit when nobody announced it', async () => {
    // On the runtime's own stream, as requests come.
    const { readable: chunks, writable } = new IdentityTransformStream()
    const writer = writable.getWriter()
    for (let i = 0; i < 4; i += 1) {
      writer.write(new TextEncoder().encode('12345')).catch(() => undefined)
    }
    const gateway = await testGateway({
      settings: { MAX_BODY_BYTES: '10' },
      upstream: (request) =>
        Promise.race([
          request.text().then(() => new Response('{}')),
          new Promise<{ kind: 'lost' }>((resolve) => {
            request.signal.onabort = () => resolve({ kind: 'lost' })
          }),
        ]),
    })

    const answer = await gateway.ask('/webhooks/stripe', post(chunks))

    expect(answer.error).toMatchObject({ code: 'VALIDATION_ERROR', details: { maxBytes: 10 } })
  })
})
