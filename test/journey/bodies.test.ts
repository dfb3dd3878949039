import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'
import {
  type Gateway,
  JSON_TYPE,
  opened,
  sent,
  streamOf,
  textOf,
} from '../support/judged-bodies.ts'

function atOnce(_: number, happen: () => void) {
  happen()
  return () => undefined
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
    const gateway = await testGateway({ after: atOnce })
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
