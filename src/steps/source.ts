const FIRST_BYTES = 4_096
const MOST_BYTES = 65_536

export type Chunk = ReadableStreamReadResult<Uint8Array>

/**
 * A body whose length nobody told, read chunk by chunk as it comes. Its buffer is small until a chunk fills it: an
 * isolate may hold thousands of quiet streams.
 */
export class Source {
  readonly #reader: ReadableStreamBYOBReader
  #size = FIRST_BYTES
  #pending: Promise<Chunk> | undefined

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader({ mode: 'byob' })
  }

  /** The next chunk; asked again before it has come, the same. What it is read into may be a buffer that was used. */
  read(used?: ArrayBufferLike): Promise<Chunk> {
    this.#pending ??= this.#readInto(used)
    return this.#pending
  }

  /** What is still to come is not wanted, and the upstream hears it. */
  cancel(): void {
    // Nobody waits for the upstream to agree, and its refusal changes nothing.
    this.#reader.cancel().catch(() => undefined)
  }

  async #readInto(used?: ArrayBufferLike): Promise<Chunk> {
    const buffer = used?.byteLength === this.#size ? used : new ArrayBuffer(this.#size)
    const chunk = await this.#reader.read(new Uint8Array(buffer))
    this.#pending = undefined
    if (chunk.value?.byteLength === this.#size) this.#size = MOST_BYTES
    return chunk
  }
}
