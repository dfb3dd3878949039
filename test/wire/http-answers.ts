import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { errorBytes, foreignHeaders, INSIDE, status } from '../support/upstream-behaviours.ts'

/** An answer as bytes, and what is in them. */
export interface HttpAnswer {
  readonly bytes: Uint8Array
  readonly status: number
  /** As it is encoded. */
  readonly body: Uint8Array
  /** Its end is told only by the end of the connection. */
  readonly hangUp: boolean
  /** Whether a reader of HTTP can make out a whole answer. */
  readonly sound: boolean
}

const PACKERS = {
  identity: (bytes: Uint8Array) => bytes,
  gzip: gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
  zstd: zstdCompressSync,
  'x-gzip': gzipSync,
  GZIP: gzipSync,
} as const

/** Codes, but in a way that nobody can undo. */
const UNPACKABLE = ['gzip', 'br', 'deflate', 'klingon', 'gzip, gzip']

const coding = fc.oneof(
  { weight: 5, arbitrary: fc.constant('identity' as const) },
  { weight: 3, arbitrary: fc.constantFrom(...(Object.keys(PACKERS) as (keyof typeof PACKERS)[])) },
)

const latin1 = (text: string) => Buffer.from(text, 'latin1')

const reason = fc.constantFrom('OK', '', ' ', 'Not \xdcberall', INSIDE[0] ?? '', 'x'.repeat(500))

/** Lines that an answer may well have, and no client may stumble over. */
const oddLine = fc.constantFrom(
  ...[
    'Allow: \xfc\xff',
    'Accept-Patch: \xc3\xbc',
    'X-Empty:',
    'Set-Cookie: a=b\r\nSet-Cookie: c=d',
  ],
  ...[
    'Allow: GET\r\nAllow: POST',
    'Keep-Alive: timeout=5',
    'Trailer: X-End',
    `X-Long: ${'x'.repeat(3_000)}`,
  ],
)
/** Only an error's may be dropped. */
const hostileLine = fc.constantFrom(
  ...['Allow: a\x01b', `Allow: ${'G'.repeat(20_000)}`, 'Content-Range: \x7f'],
  Array.from(
    { length: 500 },
    (_, i) => `Accept-${'a'.repeat(i % 20)}${i}: ${'y'.repeat(100)}`,
  ).join('\r\n'),
  Array.from(
    { length: 26 },
    (_, i) => `Accept-${String.fromCharCode(97 + i)}: ${'y'.repeat(900)}`,
  ).join('\r\n'),
)
/** What is no HTTP any more. */
const brokenLine = fc.constantFrom(
  'no colon',
  'X(y): 1',
  ': 1',
  'X-A: a\r\n folded',
  'Content-Length: -5',
)
const brokenStart = fc.constantFrom(
  ...[
    'HTTP/1.1 2x0 OK',
    'HTTP/1.1 99 X',
    'HTTP/1.1 1000 X',
    'HTTP/1.1',
    'HTTP/2 200 OK',
    'ICY 200 OK',
  ],
  ...[
    '\x16\x03\x01\x02',
    '',
    '{"code":"INTERNAL_ERROR"}',
    'GET / HTTP/1.1',
    'HTTP/1.1 100 Continue',
  ],
)

const before = fc.constantFrom(
  ...[
    '',
    '',
    '',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
  ],
)

const EMPTY = [204, 304]

function chunked(body: Uint8Array, size: number, trailers: string): Buffer {
  const chunks: Buffer[] = []
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size)
    chunks.push(latin1(`${chunk.length.toString(16)}\r\n`), Buffer.from(chunk), latin1('\r\n'))
  }
  return Buffer.concat([...chunks, latin1(`0\r\n${trailers}\r\n`)])
}

const framed = fc.record({
  status: status.filter((status) => status >= 200),
  before,
  reason,
  headers: foreignHeaders,
  odd: fc.option(oddLine, { freq: 4 }),
  hostile: fc.option(hostileLine, { freq: 4 }),
  framing: fc.constantFrom('length', 'length', 'chunked', 'close', '1.0'),
  chunk: fc.integer({ min: 1, max: 500 }),
  coding,
  content: errorBytes,
  mispacked: fc.option(fc.constantFrom(...UNPACKABLE), { freq: 12 }),
})

const soundAnswer = framed.map((told): HttpAnswer => {
  const { status, framing, content, coding, mispacked } = told
  const isError = status >= 400
  const label = mispacked && isError ? mispacked : coding
  const packed = label === coding ? PACKERS[coding](content) : content
  // RFC 9110, sections 15.3.5 to 15.4.5: these have no content.
  const body = EMPTY.includes(status) || status === 205 ? new Uint8Array() : packed
  const lines = [
    `HTTP/${framing === '1.0' ? '1.0' : '1.1'} ${status} ${told.reason}`,
    ...Object.entries(told.headers).map(([name, value]) => `${name}: ${value}`),
    ...(label === 'identity' || body.length === 0 ? [] : [`Content-Encoding: ${label}`]),
    ...(told.odd ? [told.odd] : []),
    ...(told.hostile && isError ? [told.hostile] : []),
    ...(framing === 'length' && !EMPTY.includes(status) ? [`Content-Length: ${body.length}`] : []),
    ...(framing === 'chunked' && !EMPTY.includes(status) ? ['Transfer-Encoding: chunked'] : []),
  ]
  const trailer = `X-End: ${INSIDE[0]}\r\n`
  const onWire = framing === 'chunked' ? chunked(body, told.chunk, told.odd ? trailer : '') : body
  return {
    bytes: Buffer.concat([
      latin1(`${told.before}${lines.join('\r\n')}\r\n\r\n`),
      EMPTY.includes(status) ? new Uint8Array() : onWire,
    ]),
    status,
    body,
    hangUp: framing === 'close' || framing === '1.0',
    sound: true,
  }
})

/** Breaks off anywhere. */
const cutAnswer = fc.tuple(soundAnswer, fc.double({ min: 0, max: 1, noNaN: true })).map(
  ([answer, share]): HttpAnswer => ({
    ...answer,
    bytes: answer.bytes.subarray(0, Math.floor(answer.bytes.length * share)),
    hangUp: true,
    sound: false,
  }),
)

const brokenAnswer = fc
  .tuple(soundAnswer, fc.option(brokenStart), fc.option(brokenLine))
  .map(([answer, start, line]): HttpAnswer => {
    const text = Buffer.from(answer.bytes).toString('latin1')
    const [first = '', ...rest] = text.split('\r\n')
    const lines = [start ?? first, ...(line || !start ? [line ?? 'no colon'] : []), ...rest]
    return { ...answer, bytes: latin1(lines.join('\r\n')), hangUp: true, sound: false }
  })

export const httpAnswer = fc.oneof(
  { weight: 8, arbitrary: soundAnswer },
  { weight: 2, arbitrary: cutAnswer },
  { weight: 1, arbitrary: brokenAnswer },
)
