import { once } from 'node:events'
import { connect } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts'
import { openWorld, parseRaw, sendRaw, type World } from './world.ts'

let world: World
let upstream: RawUpstream
let gateway: ServedWorker
beforeAll(async () => {
  ;[world, upstream] = await Promise.all([openWorld(), startRawUpstream()])
  gateway = await world.another({
    UPSTREAM_URL: upstream.url,
    REQUIRE_HTTPS: 'never',
    LIMITS: '{"ip":{"minute":1000000,"hour":null}}',
  })
})
afterAll(() => Promise.all([world.stop(), upstream.stop()]))

const send = (lines: readonly string[], body = '') =>
  sendRaw(
    gateway.port,
    `${[...lines, 'Host: gateway.localhost', 'Connection: close'].join('\r\n')}\r\n\r\n${body}`,
  )

/** What the upstream was sent for it. */
async function forwarded(lines: readonly string[], body = '') {
  const before = upstream.received.length
  const answer = parseRaw(await send(lines, body))
  const [request, ...more] = upstream.received.slice(before)
  expect(more).toEqual([])
  const [head = '', ...rest] = (request ?? '').split('\r\n\r\n')
  const [requestLine, ...fields] = head.split('\r\n')
  return { answer, requestLine, fields, body: rest.join('\r\n\r\n') }
}

const named = (fields: readonly string[], name: string) =>
  fields.filter((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`))

describe('a request on its way', () => {
  const get = (...fields: string[]) => forwarded(['GET /demo/x HTTP/1.1', ...fields])

  it('names the upstream as its Host, and the client’s host beside it', async () => {
    const { fields } = await get()

    expect(named(fields, 'Host')).toEqual([`Host: ${upstream.url.slice('http://'.length)}`])
    expect(named(fields, 'X-Forwarded-Host')).toEqual(['X-Forwarded-Host: gateway.localhost'])
    expect(named(fields, 'X-Forwarded-Proto')).toEqual(['X-Forwarded-Proto: http'])
  })

  it('tells of the client alone, in one family of headers', async () => {
    const { fields } = await get(
      'X-Forwarded-For: 10.0.0.1',
      'x-forwarded-for: 10.0.0.2, 10.0.0.3',
      'Forwarded: for=10.0.0.4;proto=https',
      'X-Forwarded-Port: 1',
    )

    expect(named(fields, 'X-Forwarded-For')).toEqual(['X-Forwarded-For: 127.0.0.1'])
    expect(fields.join('\n')).not.toMatch(/10\.0\.0|X-Forwarded-Port|^Forwarded:/im)
  })

  it('has passed through the gateway: RFC 9110, section 7.6.3', async () => {
    const alone = await get()
    const chain = await get('Via: 1.0 fred, 1.1 p.example.com (Squid/3)', 'via: HTTP/2 edge')
    const unnamed = await get('Connection: Via', 'Via: 1.0 fred')

    expect(named(alone.fields, 'Via')).toEqual(['Via: 1.1 cloudtolocalllm-gateway'])
    expect(named(chain.fields, 'Via')).toEqual([
      'Via: 1.0 fred, 1.1 p.example.com (Squid/3), HTTP/2 edge, 1.1 cloudtolocalllm-gateway',
    ])
    expect(named(unnamed.fields, 'Via').join()).toContain('1.1 cloudtolocalllm-gateway')
  })

  it.each([
    '?a=1&a=2&&b',
    '?a=%27%22%00%ff%zz&%',
    '?a+b%20c',
    '?a??b/../c//d;e',
    '?[1]{2}|3\\4^5`6',
    '?long=value',
  ])('has the query as it came: %s', async (query) => {
    const { requestLine } = await forwarded([`GET /demo/x${query} HTTP/1.1`])

    expect(requestLine).toBe(`GET /demo/x${query} HTTP/1.1`)
  })

  it.each([
    ['?', ''],
    ["?a='b'", '?a=%27b%27'],
    ['?caf\xc3\xa9', '?caf%C3%A9'],
    ['?a#b', '?a'],
  ])('has a query that the runtime spells anew: %s', async (theirs, sent) => {
    const { requestLine } = await forwarded([`GET /demo/x${theirs} HTTP/1.1`])

    expect(requestLine).toBe(`GET /demo/x${sent} HTTP/1.1`)
  })

  it('lacks what concerns one connection, and what Connection names', async () => {
    const { fields } = await get(
      'Connection: X-Hop, keep-alive',
      'X-Hop: 1',
      'Keep-Alive: timeout=5',
      'TE: trailers',
      'Proxy-Authorization: Basic YTpi',
      'Proxy-Connection: keep-alive',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'Connection: HTTP2-Settings',
    )

    expect(fields.join('\n')).not.toMatch(
      /^(Connection|X-Hop|Keep-Alive|TE|Proxy-.*|Upgrade|HTTP2-Settings):/im,
    )
  })

  it.each([
    'Range: bytes=0-99,200-',
    'If-Range: "7"',
    'If-Match: "7", W/"8"',
    'If-None-Match: *',
    'If-Modified-Since: Wed, 21 Oct 2026 07:28:00 GMT',
    'If-Unmodified-Since: Wed, 21 Oct 2026 07:28:00 GMT',
    'Cache-Control: no-cache, max-age=0',
    'Pragma: no-cache',
    'Cookie: a=1; b="2, 3"',
    'Accept: text/event-stream;q=0.9, */*',
    'Accept-Language: de-CH',
    'Prefer: respond-async',
    'User-Agent: a client/1.0 (of sorts)',
    'X-Latin: caf\xe9',
    'X-UTF8: caf\xc3\xa9',
    'X-Tab: a\tb',
    'Expect: something-else',
  ])('says %s as the client did', async (field) => {
    expect((await get(field)).fields).toContain(field)
  })

  it('says names and values at length', async () => {
    const long = `X-${'n'.repeat(500)}: ${'v'.repeat(8_000)}`

    expect((await get(long)).fields).toContain(long)
  })

  it('keeps fields of one name apart, in their order', async () => {
    const { fields } = await get('X-Many: a', 'X-Many: b, c', 'X-Many: a')

    expect(named(fields, 'X-Many')).toEqual(['X-Many: a', 'X-Many: b, c', 'X-Many: a'])
  })

  it.each([
    ['nothing', undefined, 'identity'],
    ['an empty list', '', 'identity'],
    ['identity', 'identity', 'identity'],
    ['br alone', 'br', 'br'],
    ['gzip, but not at any price', 'gzip;q=0, *;q=0.5', 'gzip;q=0, *;q=0.5'],
  ])('asks for no encoding but the client’s: %s', async (_, theirs, ours) => {
    const { fields } = await get(...(theirs === undefined ? [] : [`Accept-Encoding: ${theirs}`]))

    expect(named(fields, 'Accept-Encoding')).toEqual([`Accept-Encoding: ${ours}`])
  })

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'may be %s with a body, its length announced',
    async (method) => {
      const { requestLine, fields, body } = await forwarded(
        [`${method} /demo/x HTTP/1.1`, 'Content-Length: 8', 'Content-Type: x/y; a=b'],
        'a\r\n\r\n\0b\xff',
      )

      expect(requestLine).toBe(`${method} /demo/x HTTP/1.1`)
      expect(named(fields, 'Content-Length')).toEqual(['Content-Length: 8'])
      expect(named(fields, 'Content-Type')).toEqual(['Content-Type: x/y; a=b'])
      expect(body).toBe('a\r\n\r\n\0b\xff')
    },
  )

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'may be %s with a body in chunks; its trailers stay behind',
    async (method) => {
      const { fields, body } = await forwarded(
        [`${method} /demo/x HTTP/1.1`, 'Trailer: X-Sum', 'Transfer-Encoding: chunked'],
        '3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n',
      )

      expect(named(fields, 'Transfer-Encoding')).toEqual(['Transfer-Encoding: chunked'])
      expect(named(fields, 'Content-Length')).toEqual([])
      expect(body.replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, '')).toBe('abcde\r\n')
      expect(fields.join('\n') + body).not.toContain('X-Sum')
    },
  )

  it('has one length where the client gave two: RFC 9112, section 6.3', async () => {
    const { fields, body } = await forwarded(
      ['POST /demo/x HTTP/1.1', 'Content-Length: 40', 'Transfer-Encoding: chunked'],
      '3\r\nabc\r\n0\r\n\r\nGET /demo/smuggled HTTP/1.1\r\nHost: x\r\n\r\n',
    )

    expect(named(fields, 'Content-Length')).toEqual([])
    expect(body).toBe('3\r\nabc\r\n0\r\n\r\n')
  })

  it('expects no 100 that the client has had already', async () => {
    const echo = ['POST /demo/echo HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close']
    const head = [...echo, 'Expect: 100-continue', 'Content-Length: 3'].join('\r\n')

    const answer = await sendRaw(world.gateway.port, `${head}\r\n\r\nabc`)
    const { fields } = await forwarded(
      ['POST /demo/x HTTP/1.1', 'Expect: 100-Continue', 'Content-Length: 3'],
      'abc',
    )

    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200'])
    expect(named(fields, 'Expect')).toEqual([])
  })

  it.each([
    ['OPTIONS', '3', '2'],
    ['OPTIONS', 'many', 'many'],
    ['GET', '3', '3'],
    ['GET', '0', '0'],
  ])('counts its forwards where they count: %s %s', async (method, theirs, ours) => {
    const { fields } = await forwarded([`${method} /demo/x HTTP/1.1`, `Max-Forwards: ${theirs}`])

    expect(named(fields, 'Max-Forwards')).toEqual([`Max-Forwards: ${ours}`])
  })

  it('goes no further than it may: RFC 9110, section 7.6.2', async () => {
    const { answer, requestLine } = await forwarded([
      'OPTIONS /webhooks/stripe HTTP/1.1',
      'Max-Forwards: 0',
    ])

    expect(requestLine).toBe('')
    expect(answer.status).toBe(204)
    expect(answer.headers.get('Allow')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('1000000')
  })

  it('does not go round in circles', async () => {
    const link = '1.1 cloudtolocalllm-gateway'
    const third = await get(`Via: ${[link, link, link].join(', ')}`)
    const fourth = await get(`Via: ${[link, link, link, link].join(', ')}`)

    expect(third.answer.status).toBe(200)
    expect(fourth.requestLine).toBe('')
    expect(fourth.answer.body).toContain('CONFIGURATION_ERROR')
  })

  it.each([
    ['a path', '127.0.0.1/admin'],
    ['a query', '127.0.0.1?'],
    ['a user', 'a@127.0.0.1'],
    ['a list', '127.0.0.1, 127.0.0.2'],
    ['an escape', '127.0.0.1%2f'],
  ])('is refused where its Host holds %s', async (_, host) => {
    const before = upstream.received.length
    const answer = await sendRaw(
      gateway.port,
      `GET /demo/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    )

    expect(upstream.received).toHaveLength(before)
    expect(answer).toContain('VALIDATION_ERROR')
    expect(answer).toContain('The Host header is no host name')
  })
})

describe('a request body that breaks off', () => {
  const whole = /(?:^|\r\n)0\r\n\r\n$/

  /** Sends a request whose end never comes, the last of it once the upstream has the beginning. */
  async function begun(field: string, beginning: string, last = '') {
    const before = upstream.received.length
    const silence = upstream.bytes
    const head = ['POST /demo/x HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', field]
    const socket = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true })
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
    })
    socket.write(`${head.join('\r\n')}\r\n\r\n${beginning}`, 'latin1')
    await expect.poll(() => upstream.bytes).toBeGreaterThan(silence)
    socket.end(last)
    await once(socket, 'close')
    await expect.poll(() => upstream.received.length).toBe(before + 1)
    const request = upstream.received.at(-1) ?? ''
    return { text, arrived: request.slice(request.indexOf('\r\n\r\n') + 4) }
  }

  it.each([
    ['between two chunks', '3\r\nabc\r\n', ''],
    ['in a chunk', '30\r\nabc', 'd'],
    ['with a chunk of no length', '3\r\nabc\r\n', 'zz\r\n'],
  ])('never looks whole to the upstream: %s', async (_, beginning, last) => {
    const { arrived, text } = await begun('Transfer-Encoding: chunked', beginning, last)

    expect(arrived).not.toMatch(whole)
    expect(text).toContain('VALIDATION_ERROR')
    expect(text).toContain('The request body breaks off')
  })

  it('never looks whole with an announced length either', async () => {
    const { arrived } = await begun('Content-Length: 10', 'abc')

    expect('abc').toContain(arrived)
  })
})

describe('an answer on its way', () => {
  const get = (...fields: string[]) => send(['GET /demo/x HTTP/1.1', ...fields])

  it('lacks what concerns one connection, and how else the upstream could be reached', async () => {
    upstream.answer(
      [
        'HTTP/1.1 200 OK',
        'Connection: X-Hop',
        'X-Hop: 1',
        'Keep-Alive: timeout=5',
        'Proxy-Authenticate: Basic',
        'Upgrade: h2c',
        'Alt-Svc: h3=":443"',
        'Via: 1.1 internal-cache.example (Varnish), 1.1 nginx',
        'Content-Length: 2',
        '',
        'ok',
      ].join('\r\n'),
    )

    const answer = await get()

    expect(answer).not.toMatch(/^(X-Hop|Keep-Alive|Proxy-Authenticate|Upgrade|Alt-Svc):/im)
    expect(parseRaw(answer).headers.get('Via')).toBe('1.1 cloudtolocalllm-gateway')
  })

  it('keeps fifty cookies apart, in their order', async () => {
    const cookies = Array.from(
      { length: 50 },
      (_, index) => `c${index}=${index}; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/`,
    )
    const fields = cookies.map((cookie) => `Set-Cookie: ${cookie}\r\n`).join('')
    upstream.answer(`HTTP/1.1 200 OK\r\n${fields}Content-Length: 2\r\n\r\nok`)

    const answer = await get()

    expect([...answer.matchAll(/^Set-Cookie: (.*)\r$/gim)].map(([, cookie]) => cookie)).toEqual(
      cookies,
    )
  })

  it('is a part where the upstream gives a part', async () => {
    const fields = [
      'Content-Range: bytes 2-4/10',
      'Content-Length: 3',
      'Accept-Ranges: bytes',
      'ETag: "7"',
      'Last-Modified: Wed, 21 Oct 2026 07:28:00 GMT',
    ]
    upstream.answer(`HTTP/1.1 206 Partial Content\r\n${fields.join('\r\n')}\r\n\r\n234`)

    const answer = await get('Range: bytes=2-4', 'If-Range: "7"')

    expect(answer).toMatch(/^HTTP\/1\.1 206 /)
    expect(answer.split('\r\n')).toEqual(expect.arrayContaining(fields))
    expect(parseRaw(answer).body).toBe('234')
  })

  it('has no body where the client has it: 304', async () => {
    upstream.answer(
      'HTTP/1.1 304 Not Modified\r\nETag: W/"7"\r\nCache-Control: max-age=60\r\nVary: Accept\r\n\r\n',
    )

    const answer = parseRaw(await get('If-None-Match: W/"7"'))

    expect([answer.status, answer.body]).toEqual([304, ''])
    expect(answer.headers.get('ETag')).toBe('W/"7"')
    expect(answer.headers.get('Cache-Control')).toBe('max-age=60')
    expect(answer.headers.get('Vary')).toBe('Accept, Origin')
  })

  it('comes from a real upstream as 304 to the tag that it gave', async () => {
    const open = await world.another({
      ROUTES: '[{"path":"/service-version","access":"public"}]',
    })
    const tag = (await fetch(`${open.url}/service-version`)).headers.get('ETag') ?? ''

    const again = await fetch(`${open.url}/service-version`, { headers: { 'If-None-Match': tag } })

    expect(tag).toMatch(/^W\/"/)
    expect([again.status, again.headers.get('ETag'), await again.text()]).toEqual([304, tag, ''])
  })

  it('to HEAD tells the length of what GET would bring', async () => {
    upstream.answer('HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nETag: "7"\r\n\r\n')

    const answer = parseRaw(await send(['HEAD /demo/x HTTP/1.1']))

    expect(answer.headers.get('Content-Length')).toBe('1234')
    expect(answer.headers.get('ETag')).toBe('"7"')
    expect(answer.body).toBe('')
  })

  it.each(['100 Continue', '102 Processing', '103 Early Hints'])(
    'leaves an interim one behind: %s',
    async (interim) => {
      upstream.answer(
        `HTTP/1.1 ${interim}\r\nLink: </style.css>; rel=preload\r\n\r\n`,
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      )

      const answer = await get()

      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200'])
      expect(answer).not.toContain('style.css')
    },
  )

  it('leaves its trailers behind', async () => {
    upstream.answer(
      'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n',
      '3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n',
    )

    const answer = await get()

    expect(parseRaw(answer).body).toBe('3\r\nabc\r\n0\r\n\r\n')
    expect(answer).not.toContain('X-Sum')
  })
})

describe('an encoded answer', () => {
  const text = Buffer.from('the same words, '.repeat(100))
  const CODED = {
    gzip: gzipSync(text),
    br: brotliCompressSync(text),
    deflate: deflateSync(text),
    zstd: zstdCompressSync(text),
    'gzip, br': brotliCompressSync(gzipSync(text)),
  }
  const codings = Object.keys(CODED) as (keyof typeof CODED)[]

  async function ask(coding: keyof typeof CODED, acceptEncoding: string | undefined, more = '') {
    const bytes = CODED[coding]
    upstream.answer(
      `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${bytes.length}\r\n`,
      `ETag: "7"\r\n${more}\r\n`,
      bytes,
    )
    const accept = acceptEncoding === undefined ? [] : [`Accept-Encoding: ${acceptEncoding}`]
    const answer = parseRaw(await send(['GET /demo/x HTTP/1.1', ...accept]))
    return { answer, bytes: bytes.toString('latin1') }
  }

  it.each(codings)('passes byte for byte with its length: %s', async (coding) => {
    const { answer, bytes } = await ask(coding, 'gzip, br, deflate, zstd')

    expect(answer.body).toBe(bytes)
    expect(answer.headers.get('Content-Encoding')).toBe(coding)
    expect(answer.headers.get('Content-Length')).toBe(String(bytes.length))
    expect(answer.headers.get('ETag')).toBe('"7"')
  })

  it.each([
    ['gzip', undefined],
    ['gzip', ''],
    ['gzip', 'identity'],
    ['gzip', 'br'],
    ['gzip', 'gzip;q=0, *'],
    ['gzip', 'deflate, *;q=0.000'],
    ['br', undefined],
    ['br', 'gzip, deflate'],
    ['br', 'br; q=0.0'],
  ] as const)('that nobody asked for is decoded: %s for %j', async (coding, acceptEncoding) => {
    const { answer } = await ask(coding, acceptEncoding, 'Accept-Ranges: bytes\r\n')

    expect(answer.body).toContain(text.toString())
    expect(answer.headers.get('Content-Encoding')).toBeNull()
    expect(answer.headers.get('Accept-Ranges')).toBeNull()
    expect(answer.headers.get('ETag')).toBe('W/"7"')
  })

  it.each([
    ['gzip', 'gzip'],
    ['gzip', 'GZIP;q=0.1, *;q=0'],
    ['gzip', 'x-gzip'],
    ['gzip', '*'],
    ['br', 'gzip;q=0, br'],
  ] as const)('that was asked for is not: %s for %j', async (coding, acceptEncoding) => {
    const { answer, bytes } = await ask(coding, acceptEncoding)

    expect(answer.body).toBe(bytes)
  })

  it.each(['gzip', 'br'])('of %s that is empty is an empty answer', async (coding) => {
    upstream.answer(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: 0\r\n\r\n`)

    const answer = parseRaw(await send(['GET /demo/x HTTP/1.1']))

    expect(answer.status).toBe(200)
    expect(answer.body).toBe('')
  })

  it('that must not be transformed is not', async () => {
    const { answer, bytes } = await ask(
      'gzip',
      undefined,
      'Cache-Control: private, no-transform\r\n',
    )

    expect(answer.body).toBe(bytes)
    expect(answer.headers.get('Content-Encoding')).toBe('gzip')
  })

  it('that is a part of a whole is passed as it is', async () => {
    upstream.answer(
      'HTTP/1.1 206 Partial Content\r\nContent-Encoding: gzip\r\nContent-Range: bytes 2-4/40\r\n',
      'Content-Length: 3\r\n\r\n',
      CODED.gzip.subarray(2, 5),
    )

    const answer = parseRaw(await send(['GET /demo/x HTTP/1.1', 'Range: bytes=2-4']))

    expect(answer.status).toBe(206)
    expect(answer.body).toBe(CODED.gzip.subarray(2, 5).toString('latin1'))
    expect(answer.headers.get('Content-Encoding')).toBe('gzip')
  })

  it('of a user whose requests in flight are counted passes byte for byte too', async () => {
    const token = await world.issuer.mint({})
    upstream.answer(
      'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n',
      `${CODED.gzip.length.toString(16)}\r\n`,
      CODED.gzip,
      '\r\n0\r\n\r\n',
    )

    const answer = await send([
      'GET /tunnels HTTP/1.1',
      `Authorization: Bearer ${token}`,
      'Accept-Encoding: gzip',
    ])

    expect(answer).toContain(CODED.gzip.toString('latin1'))
  })
})

describe('what is longer than the upstream takes', () => {
  const ask = async (target: string, ...fields: string[]) => {
    const lines = [`GET ${target} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...fields]
    return parseRaw(await sendRaw(world.gateway.port, `${lines.join('\r\n')}\r\n\r\n`))
  }
  const big = (kib: number) => 'x'.repeat(kib * 1024)

  it('passes up to that', async () => {
    expect((await ask('/demo/echo', `X-Big: ${big(15)}`)).status).toBe(200)
  })

  it.each([
    ['a header of 17 KiB', '/demo/echo', big(17)],
    ['a header of 100 KiB', '/demo/echo', big(100)],
    ['a path of 17 KiB', `/demo/${big(17)}`, ''],
    ['a query of 40 KiB', `/demo/echo?${big(40)}`, ''],
  ])('is a client’s mistake that says so: %s', async (_, target, value) => {
    const answer = await ask(target, `X-Big: ${value}`)

    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body).error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: {
        upstreamStatus: 431,
        reason: 'Path, query and headers, cookies and token among them, are too long together',
      },
    })
  })
})
