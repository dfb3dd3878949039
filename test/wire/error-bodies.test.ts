import type { Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { type ScriptedUpstream, saying, startScriptedUpstream } from './scripted-upstream.ts'
import { openWorld, type World } from './world.ts'

let world: World
let upstream: ScriptedUpstream
let gateway: ServedWorker
beforeAll(async () => {
  ;[world, upstream] = await Promise.all([openWorld(), startScriptedUpstream()])
  gateway = await world.another({ UPSTREAM_URL: `http://127.0.0.1:${upstream.port}` })
})
afterAll(() => Promise.all([world.stop(), upstream.stop()]))

/** Not by `once` of the events, which rejects where the connection is reset. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))

let count = 0
/** The answer to an upstream that does this, and the record of it. */
async function answerTo(part: (socket: Socket) => void) {
  count += 1
  const id = `error-body-${count}`
  upstream.script(id, part)
  const response = await fetch(`${gateway.url}/demo/${id}`, { headers: { 'X-Correlation-ID': id } })
  const { error } = JSON.parse(await response.text())
  await expect.poll(() => gateway.log()).toContain(id)
  const [line = ''] = gateway
    .log()
    .split('\n')
    .filter((line) => line.includes(id))
  return { error, record: JSON.parse(line) }
}

const head = (status: number, ...fields: string[]) =>
  Buffer.from(
    [`HTTP/1.1 ${status} X`, 'Content-Type: application/json', ...fields, '', ''].join('\r\n'),
  )

const NOT_FOUND = '{"code":"USER_NOT_FOUND","message":"Nobody of that name"}'

describe('an error body', () => {
  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['Deflate', deflateSync],
  ])('in %s is read', async (coding, pack) => {
    const bytes = Buffer.concat([head(404, `Content-Encoding: ${coding}`), pack(NOT_FOUND)])

    const { error, record } = await answerTo(saying(bytes, true))

    expect(error).toMatchObject({
      code: 'USER_NOT_FOUND',
      details: { reason: 'Nobody of that name' },
    })
    expect(record.upstreamError).toBe(NOT_FOUND)
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('in %s of a told length is read to its end, which is longer', async (coding, pack) => {
    const long = JSON.stringify({ message: 'Nobody '.repeat(40).trim(), code: 'USER_NOT_FOUND' })
    const packed = pack(long)
    const fields = [`Content-Encoding: ${coding}`, `Content-Length: ${packed.length}`]

    const { error, record } = await answerTo(
      saying(Buffer.concat([head(404, ...fields), packed]), false),
    )

    expect(packed.length).toBeLessThan(long.length)
    expect(error.code).toBe('USER_NOT_FOUND')
    expect(record.upstreamError).toBe(long)
  })

  it.each([
    ['an encoding that nobody here knows', 'zstd', zstdCompressSync(NOT_FOUND)],
    ['two of them', 'deflate, gzip', gzipSync(deflateSync(NOT_FOUND))],
    ['what is not encoded at all', 'gzip', Buffer.from(NOT_FOUND)],
    ['half of what was encoded', 'gzip', gzipSync(NOT_FOUND).subarray(0, 30)],
  ])('in %s leaves the status to speak', async (_, coding, body) => {
    const bytes = Buffer.concat([head(404, `Content-Encoding: ${coding}`), body])

    const { error } = await answerTo(saying(bytes, true))

    expect(error).toMatchObject({ code: 'NOT_FOUND', details: { upstreamStatus: 404 } })
    expect(error.details).not.toHaveProperty('reason')
  })

  it.each([
    ['of a known length', ['Content-Length: 100'], NOT_FOUND],
    ['in chunks', ['Transfer-Encoding: chunked'], `39\r\n${NOT_FOUND}\r\n`],
  ])(
    '%s that breaks off leaves the status to speak, and its beginning to the log',
    async (_, fields, body) => {
      const bytes = Buffer.concat([head(404, ...fields), Buffer.from(body)])

      const { error, record } = await answerTo(saying(bytes, true))

      expect(error).toMatchObject({ code: 'NOT_FOUND', details: { upstreamStatus: 404 } })
      expect(error.details).not.toHaveProperty('reason')
      expect(record.upstreamError).toBe(NOT_FOUND.slice(0, -1))
    },
  )
})

const TEN_MEGABYTES = 10 * 1024 * 1024

describe('an error body of 10 MB', () => {
  it('is left at once where its length is known: the upstream need not have sent it', async () => {
    let left: Promise<unknown> | undefined
    const { error, record } = await answerTo((socket) => {
      left = closed(socket)
      socket.write(head(503, `Content-Length: ${TEN_MEGABYTES}`))
      // Of the rest not a byte comes, ever.
      socket.write(`{"error":"pool exhausted","stack":"${'at query '.repeat(1_000)}`)
    })
    await left

    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { upstreamStatus: 503 } })
    expect(record.upstreamError).toMatch(/^\{"error":"pool exhausted","stack":"at query /)
    expect(record.upstreamError.length).toBeLessThanOrEqual(1_000)
  })

  it('is left after 64 KiB where nobody told its length', async () => {
    let left: Promise<unknown> | undefined
    const { error, record } = await answerTo((socket) => {
      left = closed(socket)
      socket.write(head(500, 'Transfer-Encoding: chunked'))
      // Announces all of it as one chunk, and sends 64 KiB and a bit.
      socket.write(`${TEN_MEGABYTES.toString(16)}\r\n{"error":"${'too long '.repeat(7_300)}`)
    })
    await left

    expect(error).toMatchObject({ code: 'INTERNAL_ERROR', details: { upstreamStatus: 500 } })
    expect(record.upstreamError).toMatch(/^\{"error":"too long /)
  })

  it('is not taken off the wire', async () => {
    let left: Promise<unknown> | undefined
    let connection: Socket | undefined
    await answerTo((socket) => {
      connection = socket
      left = closed(socket)
      const more = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')));
      }
      socket.on('drain', more)
      socket.write(head(500, `Content-Length: ${100 * TEN_MEGABYTES}`))
      more()
    })
    await left

    // What the gateway did not read lies in the buffers of the two kernels.
    expect(connection?.bytesWritten).toBeLessThan(3 * TEN_MEGABYTES)
  })

  it('is left also where it grows only while it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(TEN_MEGABYTES, '{"error":"boom"} '))
    const bytes = Buffer.concat([head(500, 'Content-Encoding: gzip'), bomb])

    const { error, record } = await answerTo(saying(bytes, true))

    expect(error).toMatchObject({ code: 'INTERNAL_ERROR', details: { upstreamStatus: 500 } })
    expect(record.upstreamError).toMatch(/^\{"error":"boom"\} /)
  })

  it('that comes a byte at a time holds no client to its end', async () => {
    let sent = 0
    const { error } = await answerTo((socket) => {
      socket.write(head(404, 'Transfer-Encoding: chunked'))
      const timer = setInterval(() => {
        sent += 1
        socket.write('1\r\nx\r\n')
      }, 50)
      socket.on('close', () => clearInterval(timer))
    })

    expect(error).toMatchObject({ code: 'NOT_FOUND', details: { upstreamStatus: 404 } })
    // Ten megabytes would take six days, ten seconds are 200 bytes.
    expect(sent).toBeLessThan(200)
  }, 15_000)
})

describe('what a hostile upstream says', () => {
  it('is one line of the log, without its secrets', async () => {
    const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'
    const text = [
      '{"event":"exchange","status":200}\n{"event":"forged"}\r\n\u2028{"event":"forged"}\u0085',
      `\u001b[2J\u001b]0;owned\u0007 password="Tr0ub4dor horse" ${token}`,
      'postgresql://ctllm_app:Tr0ub4dor@db.internal:5432/ctllm',
      'x'.repeat(5_000),
    ].join(' ')
    const body = Buffer.from(text)
    const lines = gateway.log().split('\n').length

    const { record } = await answerTo(
      saying(Buffer.concat([head(500, `Content-Length: ${body.length}`), body]), false),
    )

    const added = gateway
      .log()
      .split(/\r?\n|[\u0085\u2028\u2029]/)
      .slice(lines - 1)
    expect(added.filter((line) => line.includes('forged'))).toHaveLength(1)
    expect(record.event).toBe('exchange')
    expect(record.upstreamError).toContain('"event":"forged"')
    expect(record.upstreamError).not.toMatch(/Tr0ub4dor|horse|eyJ|c2lnbmF0/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there.
    expect(record.upstreamError).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028]/)
  })
})
