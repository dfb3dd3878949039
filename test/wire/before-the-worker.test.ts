import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, parseRaw, sendRaw, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld({ REQUIRE_HTTPS: 'never' })
})
afterAll(() => world.stop())

const HOST = 'Host: 127.0.0.1\r\nConnection: close\r\n'

async function ask(request: string) {
  const before = world.upstream.received.length
  const answer = parseRaw(await sendRaw(world.gateway.port, `${request}\r\n`))
  return { answer, asked: world.upstream.received.slice(before) }
}

// docs/proxying.md lists these: if the runtime begins to answer otherwise, so must it.
describe('what the runtime answers before the gateway hears of it', () => {
  it.each([
    ['CONNECT', `CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\n`, 500],
    ['an unknown method', `FOO /demo/echo HTTP/1.1\r\n${HOST}`, 501],
    ['a method in small letters', `get /demo/echo HTTP/1.1\r\n${HOST}`, 501],
    ['no Host', 'GET /demo/echo HTTP/1.1\r\nConnection: close\r\n', 400],
    ['another HTTP version', `GET /demo/echo HTTP/1.2\r\n${HOST}`, 400],
    ['no HTTP version', 'GET /demo/echo\r\n', 400],
    ['bytes that are no HTTP', '\x16\x03\x01\x02\x00\x01\r\n', 400],
    ['a space in the target', `GET /demo/echo x HTTP/1.1\r\n${HOST}`, 400],
    ['a NUL in the target', `GET /demo/e\0cho HTTP/1.1\r\n${HOST}`, 400],
    ['a raw byte in the path', `GET /demo/e\xffcho HTTP/1.1\r\n${HOST}`, 400],
    ['a target over 64 KiB', `GET /demo/${'x'.repeat(65_536)} HTTP/1.1\r\n${HOST}`, 414],
    [
      'headers over 512 KiB',
      `GET /demo/echo HTTP/1.1\r\n${HOST}X: ${'x'.repeat(524_288)}\r\n`,
      431,
    ],
    ['a folded header', `GET /demo/echo HTTP/1.1\r\n${HOST}X: a\r\n b\r\n`, 400],
    ['a space before the colon', `GET /demo/echo HTTP/1.1\r\n${HOST}X : a\r\n`, 400],
    ['a NUL in a header', `GET /demo/echo HTTP/1.1\r\n${HOST}X: a\0b\r\n`, 400],
    [
      'two lengths',
      `POST /demo/echo HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 3\r\n`,
      400,
    ],
    ['a length with a sign', `POST /demo/echo HTTP/1.1\r\n${HOST}Content-Length: +3\r\n`, 400],
    [
      'a framing it does not know',
      `POST /demo/echo HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n`,
      400,
    ],
  ])('%s', async (_, request, status) => {
    const { answer, asked } = await ask(request)

    expect(answer.status).toBe(status)
    expect(answer.headers.get('X-Correlation-ID')).toBeNull()
    expect(asked).toEqual([])
  })
})

describe('what reaches the gateway, and goes no further', () => {
  it.each([
    ['TRACE', `TRACE /demo/echo HTTP/1.1\r\n${HOST}`, 'NOT_FOUND'],
    ['a method of WebDAV', `PROPFIND /demo/echo HTTP/1.1\r\n${HOST}`, 'NOT_FOUND'],
    ['QUERY', `QUERY /demo/echo HTTP/1.1\r\n${HOST}`, 'NOT_FOUND'],
    ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${HOST}`, 'VALIDATION_ERROR'],
    ['two hosts', `GET /demo/echo HTTP/1.1\r\n${HOST}Host: 127.0.0.1\r\n`, 'VALIDATION_ERROR'],
  ])('%s', async (_, request, code) => {
    const { answer, asked } = await ask(request)

    expect(JSON.parse(answer.body).error.code).toBe(code)
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('1000')
    expect(asked).toEqual([])
  })
})

describe('what is read in one way alone', () => {
  it.each([
    ['a target that names another host', `GET http://elsewhere.test/demo/echo HTTP/1.1\r\n${HOST}`],
    ['a target with a fragment', `GET /demo/echo#x/../../admin HTTP/1.1\r\n${HOST}`],
    ['lines that end in LF alone', `GET /demo/echo HTTP/1.1\n${HOST.replaceAll('\r', '')}`],
    [
      'a length beside chunks',
      `POST /demo/echo HTTP/1.1\r\n${HOST}Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n`,
    ],
  ])('%s', async (_, request) => {
    const { answer, asked } = await ask(request)

    expect(answer.status).toBe(200)
    expect(asked.map(({ url }) => url)).toEqual(['/demo/echo'])
    expect(asked[0]?.headers).toContainEqual(['X-Forwarded-Host', '127.0.0.1'])
  })
})
