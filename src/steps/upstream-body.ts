const MAX_BYTES = 64 * 1024
const MAX_MS = 2000

/** What a log can use of a body that is not read to its end. */
const BEGINNING_BYTES = 4 * 1024

export interface ErrorText {
  readonly text: string
  /** Otherwise its beginning: the rest is too long, too slow or never came, and the status alone speaks. */
  readonly whole: boolean
}

/** Never rejects. */
export async function readErrorText(
  response: Response,
  timeLeftMs: number = MAX_MS,
  maxBytes: number = MAX_BYTES,
): Promise<ErrorText> {
  let timer: number | null = null
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, Math.min(timeLeftMs, MAX_MS)))
  })
  const { headers } = response
  const type = headers.get('Content-Type')
  // What says that it is too long need not be read up to there.
  const tooLong = Number(headers.get('Content-Length')) > maxBytes
  const read = await readWithin(response, tooLong ? BEGINNING_BYTES : maxBytes, late)
  clearTimeout(timer)
  return read.whole
    ? { text: decode(read.bytes, type), whole: true }
    : { text: wholeWords(decode(read.bytes.subarray(0, BEGINNING_BYTES), type)), whole: false }
}

const UNPACKED_HERE: Readonly<Record<string, 'deflate' | 'gzip'>> = {
  deflate: 'deflate',
  gzip: 'gzip',
  'x-gzip': 'gzip',
}

/**
 * The runtime has undone gzip and br already, in just this spelling; the names of codings are case-insensitive and have
 * aliases (RFC 9110, section 8.4.1).
 */
function plainBody({ body, headers }: Response): ReadableStream<Uint8Array> | null {
  const coding = headers.get('Content-Encoding')?.trim() ?? ''
  const format = coding === 'gzip' ? undefined : UNPACKED_HERE[coding.toLowerCase()]
  return body && format ? body.pipeThrough(new DecompressionStream(format)) : body
}

interface Gathered {
  readonly bytes: Uint8Array
  readonly whole: boolean
}

/** Small bodies are read to their end, which keeps the connection; a cancelled one loses it. */
async function readWithin(
  response: Response,
  maxBytes: number,
  late: Promise<undefined>,
): Promise<Gathered> {
  const bytes = new Uint8Array(maxBytes)
  let size = 0
  const gathered = (whole: boolean) => ({ bytes: bytes.subarray(0, size), whole })
  try {
    const reader = plainBody(response)?.getReader()
    if (!reader) return gathered(true)
    for (;;) {
      const chunk = await Promise.race([reader.read(), late])
      if (chunk?.done) return gathered(true)
      const part = chunk?.value.subarray(0, maxBytes - size)
      if (part) bytes.set(part, size)
      size += part?.byteLength ?? 0
      if (chunk && part?.byteLength === chunk.value.byteLength) continue
      // Nobody waits for the upstream to agree, and its refusal changes nothing.
      reader.cancel().catch(() => undefined)
      return gathered(false)
    }
  } catch {
    // The read of a body that breaks off rejects.
    return gathered(false)
  }
}

/** Without the word that it was cut in, which may be half of a secret: half of one is not recognised as such. */
function wholeWords(text: string): string {
  let end = text.length
  while (end > 0 && !/[\s"'<>&,;]/.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** RFC 8259 makes JSON UTF-8 whatever the label says, so the label is asked only when the bytes are not. */
function decode(bytes: Uint8Array, contentType: string | null): string {
  const utf8 = decodeAs('utf-8', bytes)
  if (utf8 !== undefined && !utf8.includes('\0')) return utf8
  const label = /charset="?([^\s;"]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8'
  return decodeAs(label, bytes) ?? new TextDecoder().decode(bytes)
}

/** Nothing where the label is unknown or the bytes are not of that encoding. */
function decodeAs(label: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return undefined
  }
}
