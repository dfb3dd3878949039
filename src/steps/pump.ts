import type { Source } from './source.ts'
import type { StreamEnd } from './stream-end.ts'

/** The longest that a stream may stand still, unless its watch says otherwise. */
export const IDLE_MS = 120_000

export interface Pumped {
  readonly readable: ReadableStream<Uint8Array>
  /** Never rejects. */
  readonly ended: Promise<StreamEnd>
}

interface Watch {
  /** The longest time between two chunks. */
  readonly idleMs: number
  readonly now: () => number
  /** The client's: aborted when it leaves. */
  readonly signal: AbortSignal
}

/** What was held back, then what comes, a chunk at a time: the next is asked for when the last has been taken. */
export function pump(source: Source, held: readonly Uint8Array[], watch: Watch): Pumped {
  const { readable, writable } = new IdentityTransformStream()
  return { readable, ended: flow(source, held, writable.getWriter(), watch) }
}

async function flow(
  source: Source,
  held: readonly Uint8Array[],
  writer: WritableStreamDefaultWriter<Uint8Array>,
  { idleMs, now, signal }: Watch,
): Promise<StreamEnd> {
  let waitsFor: 'silent' | 'stalled' = 'stalled'
  let idle: StreamEnd | undefined
  // Whoever sends and whoever takes would both wait for ever.
  const breakOff = (reason: unknown) => {
    source.cancel()
    writer.abort(reason).catch(() => undefined)
  }
  const clock = new IdleClock(idleMs, now, () => {
    idle = waitsFor
    breakOff(new Error(`The stream is ${idle}`))
  })
  try {
    for (const chunk of held) {
      await writer.write(chunk)
      clock.moved()
    }
    for (let used: ArrayBufferLike | undefined; ; ) {
      waitsFor = 'silent'
      const { done, value } = await source.read(used)
      if (idle) return idle
      if (done) break
      clock.moved()
      waitsFor = 'stalled'
      await writer.write(value)
      clock.moved()
      used = value.buffer
    }
    await writer.close()
    return 'whole'
  } catch (reason) {
    // The runtime's own, which it does not take for a fault of ours.
    breakOff(reason)
    return idle ?? (waitsFor === 'stalled' || signal.aborted ? 'left' : 'cut')
  } finally {
    clock.stop()
  }
}

/** One timer for a stream and not one for each of its chunks. */
class IdleClock {
  readonly #idleMs: number
  readonly #now: () => number
  readonly #expire: () => void
  #movedAt: number
  #timer: ReturnType<typeof setTimeout>

  constructor(idleMs: number, now: () => number, expire: () => void) {
    this.#idleMs = idleMs
    this.#now = now
    this.#expire = expire
    this.#movedAt = now()
    this.#timer = setTimeout(() => this.#look(), idleMs)
  }

  moved(): void {
    this.#movedAt = this.#now()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #look(): void {
    const left = this.#idleMs - (this.#now() - this.#movedAt)
    if (left <= 0) this.#expire()
    else this.#timer = setTimeout(() => this.#look(), left)
  }
}
