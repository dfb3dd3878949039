import { KeysFault } from './keys-fault.ts'

const MAX_BYTES = 256 * 1024

/** An answer's text, unless it is larger than any key set: then no more of it is read. */
export async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new KeysFault('the document is too large')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
