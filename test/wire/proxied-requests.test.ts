import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { named, openRawWorld, type RawWorld } from './raw-world.ts'
import { parseRaw, sendRaw } from './world.ts'

let raw: RawWorld
beforeAll(async () => {
  raw = await openRawWorld()
})
afterAll(() => raw.stop())

describe('a request on its way', () => {
  const get = (...fields: string[]) => raw.forwarded(['GET /demo/x HTTP/1.1', ...fields])

  it('names the upstream as its Host, and the client’s host beside it', async () => {
    const { fields } = await get()

    expect(named(fields, 'Host')).toEqual([`Host: ${raw.upstream.url.slice('http://'.length)}`])
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
    const { requestLine } = await raw.forwarded([`GET /demo/x${query} HTTP/1.1`])

    expect(requestLine).toBe(`GET /demo/x${query} HTTP/1.1`)
  })

  it.each([
    ['?', ''],
    ["?a='b'", '?a=%27b%27'],
    ['?caf\xc3\xa9', '?caf%C3%A9'],
    ['?a#b', '?a'],
  ])('has a query that the runtime spells anew: %s', async (theirs, sent) => {
    const { requestLine } = await raw.forwarded([`GET /demo/x${theirs} HTTP/1.1`])

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
      const { requestLine, fields, body } = await raw.forwarded(
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
      const { fields, body } = await raw.forwarded(
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
    const { fields, body } = await raw.forwarded(
      ['POST /demo/x HTTP/1.1', 'Content-Length: 40', 'Transfer-Encoding: chunked'],
      '3\r\nabc\r\n0\r\n\r\nGET /demo/smuggled HTTP/1.1\r\nHost: x\r\n\r\n',
    )

    expect(named(fields, 'Content-Length')).toEqual([])
    expect(body).toBe('3\r\nabc\r\n0\r\n\r\n')
  })

  it('expects no 100 that the client has had already', async () => {
    const echo = ['POST /demo/echo HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close']
    const head = [...echo, 'Expect: 100-continue', 'Content-Length: 3'].join('\r\n')

    const answer = await sendRaw(raw.world.gateway.port, `${head}\r\n\r\nabc`)
    const { fields } = await raw.forwarded(
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
    const { fields } = await raw.forwarded([
      `${method} /demo/x HTTP/1.1`,
      `Max-Forwards: ${theirs}`,
    ])

    expect(named(fields, 'Max-Forwards')).toEqual([`Max-Forwards: ${ours}`])
  })

  it('goes no further than it may: RFC 9110, section 7.6.2', async () => {
    const { answer, requestLine } = await raw.forwarded([
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
    const before = raw.upstream.received.length
    const answer = await sendRaw(
      raw.gateway.port,
      `GET /demo/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    )

    expect(raw.upstream.received).toHaveLength(before)
    expect(answer).toContain('VALIDATION_ERROR')
    expect(answer).toContain('The Host header is no host name')
  })
})

describe('a request body that breaks off', () => {
  const whole = /(?:^|\r\n)0\r\n\r\n$/

  /** Sends a request whose end never comes, the last of it once the upstream has the beginning. */
  async function begun(field: string, beginning: string, last = '') {
    const before = raw.upstream.received.length
    const silence = raw.upstream.bytes
    const head = ['POST /demo/x HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', field]
    const socket = connect({ port: raw.gateway.port, host: '127.0.0.1', allowHalfOpen: true })
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
    })
    socket.write(`${head.join('\r\n')}\r\n\r\n${beginning}`, 'latin1')
    await expect.poll(() => raw.upstream.bytes).toBeGreaterThan(silence)
    socket.end(last)
    await once(socket, 'close')
    await expect.poll(() => raw.upstream.received.length).toBe(before + 1)
    const request = raw.upstream.received.at(-1) ?? ''
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

describe('what is longer than the upstream takes', () => {
  const ask = async (target: string, ...fields: string[]) => {
    const lines = [`GET ${target} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...fields]
    return parseRaw(await sendRaw(raw.world.gateway.port, `${lines.join('\r\n')}\r\n\r\n`))
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
