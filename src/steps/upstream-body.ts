const MAX_BYTES = 64 * 1024
const MAX_MS = 2000

/** The text of an error body, or nothing where it is cut, too long or too slow: then the status alone speaks. */
export async function readErrorText(
  response: Response,
  timeLeftMs: number = MAX_MS,
  maxBytes: number = MAX_BYTES,
): Promise<string | undefined> {
  let timer: number | null = null
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, Math.min(timeLeftMs, MAX_MS)))
  })
  try {
    const bytes = await readWithin(plainBody(response), maxBytes, late)
    return bytes && decode(bytes, response.headers.get('Content-Type'))
  } catch {
    // The read of a body that breaks off rejects.
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** The runtime has decoded gzip and br already; deflate it leaves as it came. */
function plainBody({ body, headers }: Response): ReadableStream<Uint8Array> | null {
  const deflated = headers.get('Content-Encoding')?.trim().toLowerCase() === 'deflate'
  return body && deflated ? body.pipeThrough(new DecompressionStream('deflate')) : body
}

/** Small bodies are read to their end, which keeps the connection; a cancelled one loses it. */
async function readWithin(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  late: Promise<undefined>,
): Promise<Uint8Array | undefined> {
  if (!body) return new Uint8Array()
  const reader = body.getReader()
  const bytes = new Uint8Array(maxBytes)
  let size = 0
  for (;;) {
    const chunk = await Promise.race([reader.read(), late])
    if (chunk?.done) return bytes.subarray(0, size)
    if (!chunk || size + chunk.value.byteLength > maxBytes) {
      // Nobody waits for the upstream to agree, and its refusal changes nothing.
      reader.cancel().catch(() => undefined)
      return undefined
    }
    bytes.set(chunk.value, size)
    size += chunk.value.byteLength
  }
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
