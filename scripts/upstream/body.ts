import type { IncomingMessage } from 'node:http'

const maxBytes = 10 * 1024 * 1024

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'tooLarge'; readonly announced: boolean }

/** Reads to the end even what is too large: an answer before that would race the client's writes. */
export async function readBody(request: IncomingMessage, onChunk: (bytes: number) => void) {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    total += bytes.length
    onChunk(bytes.length)
    if (total <= maxBytes) chunks.push(bytes)
  }
  const body: Body =
    total <= maxBytes
      ? { kind: 'whole', bytes: Buffer.concat(chunks) }
      : { kind: 'tooLarge', announced: request.headers['content-length'] !== undefined }
  return body
}
