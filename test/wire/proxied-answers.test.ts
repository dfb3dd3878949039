import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRawWorld, type RawWorld } from './raw-world.ts'
import { parseRaw } from './world.ts'

let raw: RawWorld
beforeAll(async () => {
  raw = await openRawWorld()
})
afterAll(() => raw.stop())

describe('an answer on its way', () => {
  const get = (...fields: string[]) => raw.send(['GET /demo/x HTTP/1.1', ...fields])

  it('lacks what concerns one connection, and how else the upstream could be reached', async () => {
    raw.upstream.answer(
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
    raw.upstream.answer(`HTTP/1.1 200 OK\r\n${fields}Content-Length: 2\r\n\r\nok`)

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
    raw.upstream.answer(`HTTP/1.1 206 Partial Content\r\n${fields.join('\r\n')}\r\n\r\n234`)

    const answer = await get('Range: bytes=2-4', 'If-Range: "7"')

    expect(answer).toMatch(/^HTTP\/1\.1 206 /)
    expect(answer.split('\r\n')).toEqual(expect.arrayContaining(fields))
    expect(parseRaw(answer).body).toBe('234')
  })

  it('has no body where the client has it: 304', async () => {
    raw.upstream.answer(
      'HTTP/1.1 304 Not Modified\r\nETag: W/"7"\r\nCache-Control: max-age=60\r\nVary: Accept\r\n\r\n',
    )

    const answer = parseRaw(await get('If-None-Match: W/"7"'))

    expect([answer.status, answer.body]).toEqual([304, ''])
    expect(answer.headers.get('ETag')).toBe('W/"7"')
    expect(answer.headers.get('Cache-Control')).toBe('max-age=60')
    expect(answer.headers.get('Vary')).toBe('Accept, Origin')
  })

  it('comes from a real upstream as 304 to the tag that it gave', async () => {
    const open = await raw.world.another({
      ROUTES: '[{"path":"/service-version","access":"public"}]',
    })
    const tag = (await fetch(`${open.url}/service-version`)).headers.get('ETag') ?? ''

    const again = await fetch(`${open.url}/service-version`, { headers: { 'If-None-Match': tag } })

    expect(tag).toMatch(/^W\/"/)
    expect([again.status, again.headers.get('ETag'), await again.text()]).toEqual([304, tag, ''])
  })

  it('to HEAD tells the length of what GET would bring', async () => {
    raw.upstream.answer('HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nETag: "7"\r\n\r\n')

    const answer = parseRaw(await raw.send(['HEAD /demo/x HTTP/1.1']))

    expect(answer.headers.get('Content-Length')).toBe('1234')
    expect(answer.headers.get('ETag')).toBe('"7"')
    expect(answer.body).toBe('')
  })

  it.each(['100 Continue', '102 Processing', '103 Early Hints'])(
    'leaves an interim one behind: %s',
    async (interim) => {
      raw.upstream.answer(
        `HTTP/1.1 ${interim}\r\nLink: </style.css>; rel=preload\r\n\r\n`,
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      )

      const answer = await get()

      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200'])
      expect(answer).not.toContain('style.css')
    },
  )

  it('leaves its trailers behind', async () => {
    raw.upstream.answer(
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
    raw.upstream.answer(
      `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${bytes.length}\r\n`,
      `ETag: "7"\r\n${more}\r\n`,
      bytes,
    )
    const accept = acceptEncoding === undefined ? [] : [`Accept-Encoding: ${acceptEncoding}`]
    const answer = parseRaw(await raw.send(['GET /demo/x HTTP/1.1', ...accept]))
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
    raw.upstream.answer(
      `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: 0\r\n\r\n`,
    )

    const answer = parseRaw(await raw.send(['GET /demo/x HTTP/1.1']))

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
    raw.upstream.answer(
      'HTTP/1.1 206 Partial Content\r\nContent-Encoding: gzip\r\nContent-Range: bytes 2-4/40\r\n',
      'Content-Length: 3\r\n\r\n',
      CODED.gzip.subarray(2, 5),
    )

    const answer = parseRaw(await raw.send(['GET /demo/x HTTP/1.1', 'Range: bytes=2-4']))

    expect(answer.status).toBe(206)
    expect(answer.body).toBe(CODED.gzip.subarray(2, 5).toString('latin1'))
    expect(answer.headers.get('Content-Encoding')).toBe('gzip')
  })

  it('of a user whose requests in flight are counted passes byte for byte too', async () => {
    const token = await raw.world.issuer.mint({})
    raw.upstream.answer(
      'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n',
      `${CODED.gzip.length.toString(16)}\r\n`,
      CODED.gzip,
      '\r\n0\r\n\r\n',
    )

    const answer = await raw.send([
      'GET /tunnels HTTP/1.1',
      `Authorization: Bearer ${token}`,
      'Accept-Encoding: gzip',
    ])

    expect(answer).toContain(CODED.gzip.toString('latin1'))
  })
})
