import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

type Gateway = Awaited<ReturnType<typeof testGateway>>

/** Echoes what came, so that a test sees what the upstream saw. */
async function opened(settings: Readonly<Record<string, string>> = {}) {
  const arrived: { bytes: Uint8Array; headers: Headers }[] = []
  const gateway = await testGateway({
    settings,
    upstream: async (request) => {
      arrived.push({ bytes: await request.bytes(), headers: request.headers })
      return Response.json({})
    },
  })
  return { gateway, arrived, token: await gateway.mint({ roles: ['super_admin'] }) }
}

const JSON_TYPE = 'application/json'

async function sent(
  method: string,
  path: string,
  body: BodyInit | undefined,
  headers: Readonly<Record<string, string>> = { 'Content-Type': JSON_TYPE },
) {
  const { gateway, arrived, token } = await opened()
  const answer = await gateway.ask(path, { method, token, headers, ...(body && { body }) })
  return { answer, arrived }
}

describe('a body that is not JSON', () => {
  it('is INVALID_JSON with the place, and reaches no upstream', async () => {
    const { answer, arrived } = await sent('POST', '/tunnels', '{"name": "Home",\n "config": }')

    expect(answer.status).toBe(400)
    expect(answer.error).toMatchObject({
      code: 'INVALID_JSON',
      details: { position: 28, line: 2, column: 12 },
    })
    expect(arrived).toEqual([])
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('is refused with %s', async (method) => {
    const { answer, arrived } = await sent(method, '/api/quotas/q1', '{"a":')

    expect(answer.error.code).toBe('INVALID_JSON')
    expect(arrived).toEqual([])
  })

  it('is counted against its caller like any other request', async () => {
    const { gateway, token } = await opened()
    const ask = () =>
      gateway.ask('/tunnels', {
        method: 'POST',
        token,
        body: '{',
        headers: { 'Content-Type': JSON_TYPE },
      })

    const [first, second] = [await ask(), await ask()]

    expect(Number(second.headers.get('X-RateLimit-Remaining'))).toBe(
      Number(first.headers.get('X-RateLimit-Remaining')) - 1,
    )
  })

  it('says nothing to a caller who may not ask', async () => {
    const { gateway } = await opened()

    const answer = await gateway.ask('/tunnels', { method: 'POST', body: '{' })

    expect(answer.error.code).toBe('MISSING_TOKEN')
  })
})

describe('a body that is judged', () => {
  it.each([
    ['odd spaces', ' {\t"b" :\r\n1.0, "a":1e2 }\n'],
    ['fields in their order, twice', '{"z":1,"a":2,"z":3}'],
    ['escapes as they are', '{"a":"\\u00e9\\/é"}'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['numbers beyond doubles', '{"a":12345678901234567890.123456789}'],
    ['a list', '[]'],
    ['a bare value', '"text"'],
  ])('goes on byte for byte: %s', async (_, text) => {
    const { answer, arrived } = await sent('PUT', '/users/preferences', text)

    expect(answer.status).toBe(200)
    // Not decoded: a decoder would drop the mark.
    expect(arrived[0]?.bytes).toEqual(new TextEncoder().encode(text))
  })

  it('may be nothing at all', async () => {
    const { answer, arrived } = await sent('POST', '/tunnels/t1/start', undefined, {})

    expect(answer.status).toBe(200)
    expect(arrived).toHaveLength(1)
  })

  it.each([
    ['one byte under 64 KiB, and broken', 65_535, 400],
    ['of 64 KiB, and broken', 65_536, 400],
    ['one byte over, and broken: nobody looks', 65_537, 200],
  ])('%s', async (_, length, status) => {
    const text = `{"a":"${'x'.repeat(length - 8)}",`
    expect(text).toHaveLength(length)
    const announced = await sent('PUT', '/users/preferences', text, {
      'Content-Type': JSON_TYPE,
      'Content-Length': String(length),
    })
    const streamed = await sent('PUT', '/users/preferences', streamOf(text, 1_000))

    expect([announced.answer.status, streamed.answer.status]).toEqual([status, status])
    const read = status === 200 ? [text] : []
    expect(announced.arrived.map(({ bytes }) => textOf(bytes))).toEqual(read)
    expect(streamed.arrived.map(({ bytes }) => textOf(bytes))).toEqual(read)
  })

  it('is refused over MAX_BODY_BYTES where nobody announced its length, before anything is sent', async () => {
    const { gateway, arrived, token } = await opened({ MAX_BODY_BYTES: '10' })

    const answer = await gateway.ask('/tunnels', {
      method: 'POST',
      token,
      body: streamOf('{"name":"Home"}', 4),
      headers: { 'Content-Type': JSON_TYPE },
    })

    expect(answer.error).toMatchObject({ code: 'VALIDATION_ERROR', details: { maxBytes: 10 } })
    expect(arrived).toEqual([])
  })

  it('that does not end in time is refused', async () => {
    const gateway = await testGateway({ sleep: async () => undefined })
    const token = await gateway.mint({})

    const answer = await gateway.ask('/tunnels', {
      method: 'POST',
      token,
      body: new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"name":')),
      }),
      headers: { 'Content-Type': JSON_TYPE },
    })

    expect(answer.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { reason: 'The request body came too slowly', timeoutMs: 30_000 },
    })
    expect(gateway.received).toEqual([])
  })

  it('that breaks off is no fault of the gateway', async () => {
    const { gateway, arrived, token } = await opened()

    const answer = await gateway.ask('/tunnels', {
      method: 'POST',
      token,
      body: new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) }),
      headers: { 'Content-Type': JSON_TYPE },
    })

    expect(answer.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { reason: 'The request body breaks off' },
    })
    expect(arrived).toEqual([])
  })
})

describe('the headers of a body', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON ; Charset=Utf-8; boundary=x',
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=utf-8',
    'multipart/form-data; boundary=b',
  ])('may say %s', async (type) => {
    const { answer } = await sent('PUT', '/users/preferences', '{}', { 'Content-Type': type })

    expect(answer.status).toBe(200)
  })

  it.each([
    'text/plain',
    'text/plain; application/json',
    'application/xml',
    'application/vnd.api+json',
    'application/jsonp',
    'application/octet-stream',
    'application/json, text/plain',
    'json',
    '*/*',
  ])('are refused with the types that are read: %s', async (type) => {
    const { answer, arrived } = await sent('PUT', '/users/preferences', '{}', {
      'Content-Type': type,
    })

    expect(answer.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: {
        reason: 'This Content-Type is not supported',
        supportedTypes: [
          'application/json',
          'application/x-www-form-urlencoded',
          'multipart/form-data',
        ],
      },
    })
    expect(arrived).toEqual([])
  })

  it.each([
    ['POST', 400, 'The Content-Type is missing'],
    ['PUT', 400, 'The Content-Type is missing'],
    ['DELETE', 200, undefined],
  ])('without a type, %s: %i', async (method, status, reason) => {
    const { answer } = await sent(method, '/quotas/q1', new TextEncoder().encode('{'), {})

    expect(answer.status).toBe(status)
    expect(status === 400 ? answer.error.details?.reason : undefined).toBe(reason)
  })

  it.each([
    ['latin1', 'application/json; charset=latin1'],
    ['utf-16le', 'application/json; charset="utf-16le"'],
    ['utf8', 'application/json; charset=utf8'],
    ['x'.repeat(64), `application/json; charset=${'x'.repeat(500)}`],
    ['utf-7', 'application/json; charset=utf-8; charset=utf-7'],
    ['iso-8859-1', 'application/x-www-form-urlencoded; charset=iso-8859-1'],
  ])('are refused naming the charset: %s', async (charset, type) => {
    const { answer, arrived } = await sent('PUT', '/users/preferences', '{}', {
      'Content-Type': type,
    })

    expect(answer.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: {
        reason: 'This charset is not supported',
        charset,
        supportedCharsets: ['utf-8'],
      },
    })
    expect(arrived).toEqual([])
  })

  it.each(['compress', 'zstd', 'gzip, gzip', 'utf-8'])(
    'are refused naming the encoding: %s',
    async (encoding) => {
      const { answer, arrived } = await sent('PUT', '/users/preferences', '{}', {
        'Content-Type': JSON_TYPE,
        'Content-Encoding': encoding,
      })

      expect(answer.error).toMatchObject({
        code: 'VALIDATION_ERROR',
        details: {
          contentEncoding: encoding,
          supportedEncodings: ['identity', 'gzip', 'deflate', 'br'],
        },
      })
      expect(arrived).toEqual([])
    },
  )
})

describe('a compressed body', () => {
  const compressed = async (text: string, encoding: 'gzip' | 'deflate') =>
    new Uint8Array(
      await new Response(
        new Blob([text]).stream().pipeThrough(new CompressionStream(encoding)),
      ).arrayBuffer(),
    )
  const headersFor = (encoding: string) => ({
    'Content-Type': JSON_TYPE,
    'Content-Encoding': encoding,
  })

  it.each(['gzip', 'deflate'] as const)('of %s is judged by what it holds', async (encoding) => {
    const headers = headersFor(encoding)
    const good = await compressed('{"name":"Home"}', encoding)

    const passed = await sent('POST', '/tunnels', good, headers)
    const refused = await sent('POST', '/tunnels', await compressed('{"name":}', encoding), headers)
    const named = await sent('POST', '/tunnels', await compressed('{}', encoding), headers)

    expect(passed.answer.status).toBe(200)
    expect(passed.arrived[0]?.bytes).toEqual(good)
    expect(passed.arrived[0]?.headers.get('Content-Encoding')).toBe(encoding)
    expect(refused.answer.error).toMatchObject({ code: 'INVALID_JSON', details: { position: 8 } })
    expect(named.answer.error.code).toBe('MISSING_PARAMETER')
  })

  it.each(['gzip', 'deflate'])('that is not %s is refused', async (encoding) => {
    const { answer, arrived } = await sent(
      'POST',
      '/tunnels',
      '{"name":"Home"}',
      headersFor(encoding),
    )

    expect(answer.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { reason: `The body is not ${encoding}, as its header says` },
    })
    expect(arrived).toEqual([])
  })

  it('that inflates to more than is judged passes as it came', async () => {
    const bomb = await compressed(' '.repeat(30_000_000), 'gzip')
    expect(bomb.byteLength).toBeLessThan(65_536)

    const { answer, arrived } = await sent('POST', '/tunnels', bomb, headersFor('gzip'))

    expect(answer.status).toBe(200)
    expect(arrived[0]?.bytes).toEqual(bomb)
  })

  it('of brotli passes as it came: only the upstream can read it', async () => {
    const { answer, arrived } = await sent('POST', '/tunnels', 'not brotli', headersFor('br'))

    expect(answer.status).toBe(200)
    expect(textOf(arrived[0]?.bytes)).toBe('not brotli')
  })
})

describe('what a route asks of its bodies', () => {
  const over255 = 'x'.repeat(256)

  it.each([
    ['POST', '/tunnels', '{"name":"Home"}'],
    [
      'POST',
      '/tunnels',
      '{"name":"Home","config":null,"endpoints":[{"url":"http://localhost:1"}]}',
    ],
    ['POST', '/tunnels', '{"name":"Home","config":{"maxConnections":0,"timeout":30000,"new":{}}}'],
    ['POST', '/api/tunnels', `{"name":"${'x'.repeat(255)}","extra":[1]}`],
    ['PUT', '/tunnels/t1', '{}'],
    ['PUT', '/tunnels/t1', '{"name":null,"config":{"compression":false}}'],
    ['PUT', '/tunnels/t1/config', '{"timeout":null,"maxConnections":5}'],
    ['PUT', '/tunnels/t1/config', '{"timeout":1.5,"maxConnections":-1}'],
    ['PUT', '/tunnels/t1/config', '{"timeout":"30","compression":"true"}'],
    ['PUT', '/users/profile', '{"profile":{"firstName":"Ada"}}'],
    ['PUT', '/users/profile', '{"email":null,"profile":null}'],
    ['PUT', '/users/profile', '{"email":"ada+x@mail.example.com"}'],
    ['POST', '/admin/admins', '{"role":"support_admin"}'],
    ['POST', '/admin/email/test', '{"recipientEmail":"ü@exämple.com"}'],
    ['POST', '/tunnel-webhooks/t1/webhooks', '{"url":"https://hooks.example.com/x"}'],
    ['POST', '/tunnel-webhooks/t1/webhooks', '{"events":["tunnel.created"]}'],
    ['POST', '/auth/session/revoke', '{"sessionId":"s1"}'],
    ['POST', '/auth/session/revoke', '{"sessionId":17}'],
  ])('passes %s %s %s', async (method, path, text) => {
    const { answer, arrived } = await sent(method, path, text)

    expect(answer.status).toBe(200)
    expect(textOf(arrived[0]?.bytes)).toBe(text)
  })

  it.each([
    ['POST', '/tunnels', '{}'],
    ['POST', '/tunnels', '[]'],
    ['POST', '/api/tunnels', '{"name":null}'],
    ['POST', '/tunnels', '{"name":""}'],
    ['POST', '/tunnels', '{"name":" \\t"}'],
    ['POST', '/tunnels', undefined],
  ])('%s %s %s lacks a name', async (method, path, text) => {
    const { answer, arrived } = await sent(method, path, text)

    expect(answer.error).toMatchObject({
      code: 'MISSING_PARAMETER',
      details: { missingFields: ['name'] },
    })
    expect(arrived).toEqual([])
  })

  it.each([
    ['{}'],
    ['{"sessionId":null}'],
    ['{"sessionId":""}'],
    ['{"session":"s1"}'],
    [undefined],
  ])('revoking a session by %s lacks its id', async (text) => {
    const { answer, arrived } = await sent('POST', '/auth/session/revoke', text)

    expect(answer.error).toMatchObject({
      code: 'MISSING_SESSION_ID',
      details: { missingFields: ['sessionId'] },
    })
    expect(arrived).toEqual([])
  })

  it.each([
    ['POST', '/tunnels', '{"name":5}', 'INVALID_PARAMETER', { parameter: 'name' }],
    ['POST', '/tunnels', `{"name":"${over255}"}`, 'INVALID_PARAMETER', { parameter: 'name' }],
    ['PUT', '/tunnels/t1', '{"name":""}', 'INVALID_PARAMETER', { parameter: 'name' }],
    ['PUT', '/users/profile', '{"profile":"Ada"}', 'INVALID_PARAMETER', { parameter: 'profile' }],
    [
      'POST',
      '/tunnels',
      '{"name":"a","config":"fast"}',
      'INVALID_TUNNEL_CONFIG',
      { field: 'config' },
    ],
    ['POST', '/tunnels', '{"name":"a","config":[]}', 'INVALID_TUNNEL_CONFIG', { field: 'config' }],
    [
      'PUT',
      '/tunnels/t1',
      '{"config":{"timeout":"30s"}}',
      'INVALID_TUNNEL_CONFIG',
      { field: 'config.timeout' },
    ],
    [
      'PUT',
      '/tunnels/t1/config',
      '{"maxConnections":[5]}',
      'INVALID_TUNNEL_CONFIG',
      { field: 'maxConnections' },
    ],
    ['PUT', '/tunnels/t1/config', '{"timeout":""}', 'INVALID_TUNNEL_CONFIG', { field: 'timeout' }],
    [
      'PUT',
      '/tunnels/t1/config',
      '{"compression":"yes"}',
      'INVALID_TUNNEL_CONFIG',
      { field: 'compression' },
    ],
    ['PUT', '/users/profile', '{"email":"ada"}', 'INVALID_EMAIL', { field: 'email' }],
    ['PUT', '/users/profile', '{"email":""}', 'INVALID_EMAIL', { field: 'email' }],
    ['PUT', '/users/profile', '{"email":7}', 'INVALID_EMAIL', { field: 'email' }],
    ['PUT', '/users/profile', '{"email":"a b@c.de"}', 'INVALID_EMAIL', { field: 'email' }],
    ['PUT', '/users/profile', '{"email":"a@b@c.de"}', 'INVALID_EMAIL', { field: 'email' }],
    ['PUT', '/users/profile', `{"email":"${over255}@c.de"}`, 'INVALID_EMAIL', { field: 'email' }],
    [
      'PUT',
      '/users/profile',
      '{"profile":{"email":"@"}}',
      'INVALID_EMAIL',
      { field: 'profile.email' },
    ],
    ['POST', '/admin/admins', '{"email":"ada@localhost"}', 'INVALID_EMAIL', { field: 'email' }],
    ['PATCH', '/admin/users/u1', '{"email":"x"}', 'INVALID_EMAIL', { field: 'email' }],
    [
      'POST',
      '/admin/email/test',
      '{"recipientEmail":"x"}',
      'INVALID_EMAIL',
      { field: 'recipientEmail' },
    ],
    [
      'POST',
      '/tunnel-webhooks/t1/webhooks',
      '{"url":"http://169.254.169.254/"}',
      'INVALID_URL',
      { field: 'url' },
    ],
    ['PUT', '/proxy-webhooks/p1/webhooks/w1', '{"url":"hook"}', 'INVALID_URL', { field: 'url' }],
    ['PUT', '/proxy-webhooks/p1/webhooks/w1', '{"url":["x"]}', 'INVALID_URL', { field: 'url' }],
    [
      'POST',
      '/webhook-testing/test/send',
      '{"webhookUrl":"http://0x7f.1/"}',
      'INVALID_URL',
      { field: 'webhookUrl' },
    ],
    [
      'POST',
      '/webhook-testing/test/send',
      '{"callbackUrl":"ftp://example.com"}',
      'INVALID_URL',
      { field: 'callbackUrl' },
    ],
    ['POST', '/tunnels', '"Home"', 'VALIDATION_ERROR', { field: 'body' }],
    ['POST', '/tunnels', 'null', 'VALIDATION_ERROR', { field: 'body' }],
  ])('%s %s %s is %s', async (method, path, text, code, details) => {
    const { answer, arrived } = await sent(method, path, text)

    expect(answer.status).toBe(400)
    expect(answer.error).toMatchObject({ code, details })
    expect(answer.error.details?.reason).toMatch(/^must be /)
    expect(arrived).toEqual([])
  })

  it('names several faults at once, each with its own code, and quotes none of the values', async () => {
    const { answer } = await sent(
      'POST',
      '/tunnels',
      '{"config":{"timeout":"hunter2","compression":1}}',
    )

    expect(answer.error.code).toBe('VALIDATION_ERROR')
    expect(answer.error.details).toEqual({
      errors: [
        { code: 'MISSING_PARAMETER', field: 'name', reason: 'is required' },
        {
          code: 'INVALID_TUNNEL_CONFIG',
          field: 'config.timeout',
          reason: 'must be a number',
        },
        {
          code: 'INVALID_TUNNEL_CONFIG',
          field: 'config.compression',
          reason: 'must be true or false',
        },
      ],
    })
    expect(answer.text).not.toContain('hunter2')
  })

  it.each([
    ['POST', '/tunnels', 'name=Home', 200],
    ['POST', '/tunnels', 'config=x', 400],
    ['POST', '/tunnel-webhooks/t1/webhooks', 'url=http%3A%2F%2F10.0.0.1%2F', 400],
    ['POST', '/tunnel-webhooks/t1/webhooks', 'url=https://a.example&url=http://10.0.0.1', 400],
    ['POST', '/tunnel-webhooks/t1/webhooks', 'url=https://a.example', 200],
  ])('is asked of forms too: %s %s %s', async (method, path, text, status) => {
    const { answer } = await sent(method, path, text, {
      'Content-Type': 'application/x-www-form-urlencoded',
    })

    expect(answer.status).toBe(status)
  })
})

describe('ids and page numbers', () => {
  async function asked(path: string) {
    const { gateway, arrived, token } = await opened()
    return { answer: await gateway.ask(path, { token }), arrived }
  }

  it.each([
    '/tunnels?page=1&limit=50&offset=0',
    '/tunnels?limit=100000',
    '/tunnels?limit=&page=',
    '/tunnels?limit=%205%20',
    '/tunnels?search=abc&sort=-name&maxLimit=x',
    '/tunnels?userId=auth0%7Cada',
    '/tunnels/550e8400-e29b-41d4-a716-446655440000',
    '/admin/users/auth0%7Cabc%2Bx@example.com',
    '/tunnels/t%C3%BCr',
    `/tunnels/${'x'.repeat(255)}`,
    '/tunnels/nullable/undefinedness',
  ])('pass: %s', async (path) => {
    expect((await asked(path)).answer.status).toBe(200)
  })

  it.each([
    ['/tunnels?limit=ten', 'limit'],
    ['/tunnels?limit=-1', 'limit'],
    ['/tunnels?limit=1.5', 'limit'],
    ['/tunnels?limit=1e3', 'limit'],
    ['/tunnels?limit=5&limit=x', 'limit'],
    ['/tunnels?offset=-10', 'offset'],
    ['/tunnels?page=NaN', 'page'],
    ['/admin/users?page=0x10', 'page'],
    ['/tunnels?page=9999999999999', 'page'],
    ['/tunnels?userId=undefined', 'userId'],
    ['/tunnels?tunnel_id=null', 'tunnel_id'],
    ['/tunnels?id=%5Bobject%20Object%5D', 'id'],
    ['/tunnels/undefined', 'path'],
    ['/api/tunnels/null/metrics', 'path'],
    ['/tunnels/NaN', 'path'],
    ['/tunnels/:id', 'path'],
    ['/tunnels/%7Bid%7D', 'path'],
    ['/tunnels/a%20b', 'path'],
    ['/tunnels/%22x%22', 'path'],
    ['/tunnels/%3Cscript%3E', 'path'],
    [`/tunnels/${'x'.repeat(256)}`, 'path'],
    ['/users/%E2%80%8Bundefined%C2%85', 'path'],
    ['/bridge-polling/undefined/status', 'id'],
  ])('are INVALID_PARAMETER: %s', async (path, parameter) => {
    const { answer, arrived } = await asked(path)

    expect(answer.status).toBe(400)
    expect(answer.error).toMatchObject({ code: 'INVALID_PARAMETER', details: { parameter } })
    expect(arrived).toEqual([])
  })

  it('that are wrong together are named together', async () => {
    const { answer } = await asked('/tunnels/undefined?limit=x')

    expect(answer.error.code).toBe('VALIDATION_ERROR')
    expect(answer.error.details?.errors).toMatchObject([
      { code: 'INVALID_PARAMETER', field: 'path' },
      { code: 'INVALID_PARAMETER', field: 'limit' },
    ])
  })

  it('are nobody’s business on a row that does not say so', async () => {
    const gateway = await testGateway({
      settings: { ROUTES: '[{"path":"/words/:id","access":"public"}]' },
    })

    expect((await gateway.get('/words/null?limit=all')).status).toBe(200)
  })
})

describe('the bytes of a webhook', () => {
  it.each([
    ['odd spaces', '{ "id" :\t"evt_1"\r\n}\n', {}],
    ['no JSON', '{"id":', { 'Content-Type': JSON_TYPE }],
    ['an odd charset', 'caf\u00e9', { 'Content-Type': 'application/json; charset=ebcdic' }],
    ['an odd type', '<x/>', { 'Content-Type': 'text/xml' }],
    ['a header that lies', 'plain', { 'Content-Type': JSON_TYPE, 'Content-Encoding': 'gzip' }],
    ['an unknown encoding', 'plain', { 'Content-Encoding': 'compress' }],
  ])('are nobody’s to judge: %s', async (_, text, headers) => {
    const { gateway, arrived } = await opened()

    const answer = await gateway.ask('/webhooks/stripe', { method: 'POST', body: text, headers })

    expect(answer.status).toBe(200)
    expect(arrived[0]?.bytes).toEqual(new TextEncoder().encode(text))
    expect(arrived[0]?.headers.get('Content-Encoding')).toBe(
      new Headers(headers).get('Content-Encoding'),
    )
  })
})

describe('a row of ROUTES', () => {
  const rows = (row: object) => ({ ROUTES: JSON.stringify([{ access: 'public', ...row }]) })
  const post = (gateway: Gateway, path: string, body: string) =>
    gateway.ask(path, { method: 'POST', body, headers: { 'Content-Type': JSON_TYPE } })

  it('has its bodies judged as JSON', async () => {
    const gateway = await testGateway({ settings: rows({ path: '/orders', body: 'json' }) })

    expect((await post(gateway, '/orders', '{')).error.code).toBe('INVALID_JSON')
    expect((await post(gateway, '/orders', '{}')).status).toBe(200)
  })

  it('has its bodies held to a schema', async () => {
    const gateway = await testGateway({ settings: rows({ path: '/hooks', body: 'webhook' }) })

    expect((await post(gateway, '/hooks', '{"url":"http://[::1]/"}')).error.code).toBe(
      'INVALID_URL',
    )
  })

  it('has its bodies left alone otherwise', async () => {
    const gateway = await testGateway({ settings: rows({ path: '/orders' }) })

    expect((await post(gateway, '/orders', '{')).status).toBe(200)
  })

  it('has its parameters checked', async () => {
    const gateway = await testGateway({
      settings: rows({ path: '/orders/:orderId', parameters: 'checked' }),
    })

    const answer = await gateway.get('/orders/undefined')

    expect(answer.error).toMatchObject({
      code: 'INVALID_PARAMETER',
      details: { parameter: 'orderId' },
    })
  })
})

function streamOf(text: string, chunk: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + chunk))
      else controller.close()
      at += chunk
    },
  })
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes)
}
