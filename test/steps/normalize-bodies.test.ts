import { describe, expect, it } from 'vitest'
import { readErrorText } from '../../src/steps/upstream-body.ts'
import { answered, responseOf, seen } from './normalize-support.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }
const INVALID_URL = new TextEncoder().encode('{"code":"INVALID_URL","message":"Ungültig"}')

/** A body that gives its chunks one at a time, then ends as told; `state` tells what became of it. */
function bodyOf(chunks: readonly Uint8Array[], end: 'close' | 'fail' | 'hang') {
  const left = [...chunks]
  const state = { cancelled: false }
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = left.shift()
      if (chunk) return controller.enqueue(chunk)
      if (end === 'close') return controller.close()
      if (end === 'fail') return controller.error(new Error('Network connection lost'))
      return new Promise(() => undefined)
    },
    cancel() {
      state.cancelled = true
    },
  })
  return { stream, state }
}

const seenBody = (status: number, body: BodyInit, headers: HeadersInit = JSON_TYPE) =>
  seen(answered(responseOf(status, body, headers)))

const encoded = async (format: 'deflate' | 'gzip') =>
  new Response(new Blob([INVALID_URL]).stream().pipeThrough(new CompressionStream(format))).bytes()

describe('an error body', () => {
  it('is put together from its chunks, wherever they were cut', async () => {
    const bytes = [...INVALID_URL].map((byte) => Uint8Array.of(byte))

    const { error } = await seenBody(400, bodyOf(bytes, 'close').stream)

    expect(error).toMatchObject({ code: 'INVALID_URL', details: { reason: 'Ungültig' } })
  })

  it('is read up to 64 KiB', async () => {
    const padded = JSON.stringify({ code: 'INVALID_URL', pad: '' })
    const full = JSON.stringify({ code: 'INVALID_URL', pad: 'x'.repeat(65536 - padded.length) })

    expect((await seenBody(400, full)).error.code).toBe('INVALID_URL')
    expect((await seenBody(400, `${full} `)).error.code).toBe('VALIDATION_ERROR')
  })

  it('of 10 MiB is left after 64 KiB, and the status speaks', async () => {
    const chunk = new Uint8Array(16 * 1024).fill(120)
    const { stream, state } = bodyOf(Array(640).fill(chunk), 'close')

    const { error } = await seenBody(503, stream)

    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { upstreamStatus: 503 } })
    expect(state.cancelled).toBe(true)
  })

  it('that says that it is too long is left after its beginning', async () => {
    const chunk = new Uint8Array(1024).fill(120)
    const { stream, state } = bodyOf(Array(5).fill(chunk), 'hang')
    const response = responseOf(503, stream, { 'Content-Length': '65537' })

    const read = await readErrorText(response)

    expect(read).toEqual({ text: '', whole: false })
    expect(state.cancelled).toBe(true)
  })

  it.each(['fail', 'hang'] as const)(
    'of which there is only a beginning gives that to the log, in whole words: %s',
    async (end) => {
      const { stream } = bodyOf([new TextEncoder().encode('{"error":"refused eyJhbGc')], end)

      const read = await readErrorText(responseOf(500, stream), 50)

      expect(read).toEqual({ text: '{"error":"refused ', whole: false })
    },
  )

  it('that is small is read to its end, so that its connection lives on', async () => {
    const { stream, state } = bodyOf([INVALID_URL], 'close')

    await seenBody(500, stream)

    expect(state.cancelled).toBe(false)
  })

  it('that breaks off leaves the status to speak', async () => {
    const { error } = await seenBody(400, bodyOf([INVALID_URL], 'fail').stream)

    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: { upstreamStatus: 400 } })
  })

  it('that never ends holds the answer for two seconds', async () => {
    const { stream, state } = bodyOf([INVALID_URL], 'hang')
    const begun = Date.now()

    const { error } = await seenBody(404, stream)

    expect(error.code).toBe('NOT_FOUND')
    expect(state.cancelled).toBe(true)
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1900)
    expect(Date.now() - begun).toBeLessThan(4000)
  })

  it('that trickles is left when its time is over, not when a chunk came', async () => {
    const trickle = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        controller.enqueue(Uint8Array.of(32))
      },
    })

    expect(await readErrorText(new Response(trickle), 100, 1024)).toMatchObject({ whole: false })
  })

  it('that somebody else is reading leaves the status to speak', async () => {
    const response = responseOf(400, '{"code":"INVALID_URL"}', JSON_TYPE)
    response.body?.getReader()

    expect((await seen(answered(response))).error.code).toBe('VALIDATION_ERROR')
  })

  it('in deflate is unpacked, which the runtime does not do', async () => {
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'deflate' }

    expect((await seenBody(400, await encoded('deflate'), headers)).error.code).toBe('INVALID_URL')
    expect((await seenBody(400, INVALID_URL, headers)).error.code).toBe('VALIDATION_ERROR')
  })

  it.each(['gzip', 'X-Gzip', 'GZIP'])(
    'in %s is unpacked where the runtime does not',
    async (coding) => {
      const headers = { ...JSON_TYPE, 'Content-Encoding': coding }
      // What is spelled as the runtime spells it, it has unpacked before.
      const bytes = coding === 'gzip' ? INVALID_URL : await encoded('gzip')

      expect((await seenBody(400, bytes, headers)).error.code).toBe('INVALID_URL')
    },
  )

  it('still packed is not taken for text', async () => {
    const { error } = await seenBody(400, await encoded('gzip'))

    expect(error).toMatchObject({ code: 'VALIDATION_ERROR' })
    expect(error.details).toEqual({ upstreamStatus: 400 })
  })

  it('that unpacks to far more is left after 64 KiB', async () => {
    const zeros = new Blob([new Uint8Array(20_000_000)]).stream()
    const bomb = await new Response(zeros.pipeThrough(new CompressionStream('deflate'))).bytes()
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'deflate' }

    expect((await seenBody(400, bomb, headers)).error.code).toBe('VALIDATION_ERROR')
  })

  it.each([
    ['utf-8 under a wrong label', INVALID_URL, 'application/json; charset=utf-16'],
    ['utf-8 under an unknown label', INVALID_URL, 'application/json; charset=klingon'],
    ['utf-8 with its mark', Uint8Array.of(0xef, 0xbb, 0xbf, ...INVALID_URL), 'text/json'],
    [
      'latin-1',
      Uint8Array.from('{"code":"INVALID_URL","message":"Ungültig"}', (c) => c.charCodeAt(0)),
      'application/json; charset="ISO-8859-1"',
    ],
    [
      'utf-16',
      Uint8Array.from(
        [...'{"code":"INVALID_URL","message":"Ungültig"}'].flatMap((c) => [c.charCodeAt(0), 0]),
      ),
      'application/json; charset=utf-16le',
    ],
  ])('in %s is read', async (_, bytes, type) => {
    const { error } = await seenBody(400, bytes, { 'Content-Type': type })

    expect(error).toMatchObject({ code: 'INVALID_URL', details: { reason: 'Ungültig' } })
  })

  it('in utf-16 is read also where its bytes could be utf-8', async () => {
    const bytes = Uint8Array.from(
      [...'{"code":"INVALID_URL"}'].flatMap((c) => [c.charCodeAt(0), 0]),
    )
    const type = 'application/json; charset=utf-16le'

    expect((await seenBody(400, bytes, { 'Content-Type': type })).error.code).toBe('INVALID_URL')
  })

  it.each(['text/html', 'text/plain', 'image/png', 'application/octet-stream', 'nonsense;;'])(
    'that is JSON is read as JSON under %s',
    async (type) => {
      expect((await seenBody(400, INVALID_URL, { 'Content-Type': type })).error.code).toBe(
        'INVALID_URL',
      )
    },
  )
})

describe('the reason of a 4xx', () => {
  it.each([
    ['a sentence', 'Name is taken', 'text/plain', 'Name is taken'],
    ['a JSON string', '"Name is taken"', 'application/json', 'Name is taken'],
    ['a problem document', '{"title":"t","detail":"d"}', 'application/problem+json', 'd'],
    ['untidy', ' a\r\n\tb\u0000\u001b[31m \u202ec ', 'text/plain', 'a b[31m c'],
    ['with a stack trace', 'Error: no\n    at f (/srv/a.js:1:1)', 'text/plain', 'Error: no'],
    ['long', 'x'.repeat(500), 'text/plain', 'x'.repeat(300)],
    ['cut in the middle of a sign', `${'x'.repeat(299)}😀`, 'text/plain', 'x'.repeat(299)],
  ])('is %s', async (_, body, type, reason) => {
    const { error } = await seenBody(409, body, { 'Content-Type': type })

    expect(error.details).toEqual({ upstreamStatus: 409, reason })
  })

  it.each([
    ['a page', '<html>Bad</html>', 'text/html'],
    ['a page under a wrong label', '<!doctype html>Bad', 'text/plain'],
    ['not text', 'PNG', 'image/png'],
    ['an array', '["a"]', 'application/json'],
    ['empty', '', 'text/plain'],
    ['only blanks', ' \u0000\n ', 'text/plain'],
    ['no string', '{"message":{"a":1},"error":null}', 'application/json'],
  ])('is missing where the body is %s', async (_, body, type) => {
    const { error } = await seenBody(409, body, { 'Content-Type': type })

    expect(error.details).toEqual({ upstreamStatus: 409 })
  })

  it.each([
    ['line breaks', '\n'.repeat(60_000)],
    ['line breaks and blanks', '\n '.repeat(30_000)],
    ['nested brackets', '['.repeat(60_000)],
    ['opening tags', '<'.repeat(60_000)],
    ['an almost database', 'connection is '.repeat(4_000)],
  ])('is found in no time among 60 KB of %s', async (_, body) => {
    const begun = performance.now()

    await seenBody(400, body, { 'Content-Type': 'text/plain' })
    await seenBody(500, body, { 'Content-Type': 'text/plain' })

    // Of the order of growth, not of the machine.
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})
