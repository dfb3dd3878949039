import { joined } from './joined.ts'

declare global {
  /** The platform's types leave the option of the Streams Standard out, of which the runtime knows. */
  interface ReadableStreamBYOBReader {
    read<T extends ArrayBufferView>(
      view: T,
      options: { readonly min: number },
    ): Promise<ReadableStreamReadResult<T>>
  }
}

/** What came of a stream that was read as far as it may be read. */
export type Gathered =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The rest is still in the stream. */
  | { readonly kind: 'longer'; readonly read: readonly Uint8Array[]; readonly length: number }
  /** It did not end within its time, and has been cancelled. */
  | { readonly kind: 'late' }
  /** It broke off: whoever sent it has gone. */
  | { readonly kind: 'broken' }

/** Reads a stream to its end, unless more than so many bytes come, or it ends too late. */
export async function gather(
  stream: ReadableStream<Uint8Array>,
  mostBytes: number,
  late?: Promise<unknown>,
): Promise<Gathered> {
  const reader = stream.getReader()
  const read: Uint8Array[] = []
  let length = 0
  const timeUp = late?.then(() => 'late' as const)
  try {
    for (;;) {
      const next = await (timeUp ? Promise.race([reader.read(), timeUp]) : reader.read())
      if (next === 'late') {
        // The lock stays: the runtime gives none back while a read is under way.
        reader.cancel().catch(() => undefined)
        return { kind: 'late' }
      }
      if (next.done) break
      read.push(next.value)
      length += next.value.byteLength
      if (length > mostBytes) {
        reader.releaseLock()
        return { kind: 'longer', read, length }
      }
    }
  } catch {
    return { kind: 'broken' }
  }
  reader.releaseLock()
  return { kind: 'whole', bytes: joined(read) }
}

/** The same where the length was told: in one read, since each wakes the isolate, be its chunk ever so small. */
export async function gatherWhole(
  stream: ReadableStream<Uint8Array>,
  length: number,
  late: Promise<unknown>,
): Promise<Gathered> {
  const reader = stream.getReader({ mode: 'byob' })
  try {
    const whole = reader.read(new Uint8Array(length), { min: length })
    const next = await Promise.race([whole, late.then(() => 'late' as const)])
    if (next === 'late') {
      reader.cancel().catch(() => undefined)
      return { kind: 'late' }
    }
    reader.releaseLock()
    const bytes = next.value
    return bytes?.byteLength === length ? { kind: 'whole', bytes } : { kind: 'broken' }
  } catch {
    return { kind: 'broken' }
  }
}
