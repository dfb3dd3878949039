import { type Denial, deny } from '../contract/decision.ts'
import { Source } from './source.ts'

type Fault = Denial<'VALIDATION_ERROR'>

/** A request body on its way. */
export interface Body {
  /** As bytes where it has been judged, as the stream that came where nobody looked. */
  readonly content: ReadableStream | Uint8Array<ArrayBuffer> | null
  /** Aborted when the rest will not come: the request to the upstream must end with it. */
  readonly cut?: AbortSignal
  /** What became wrong with it on its way. */
  readonly fault: () => Fault | undefined
}

const FINE = () => undefined

export function asIs(content: Body['content']): Body {
  return { content, fault: FINE }
}

/** One with a Content-Length was judged by it and stays untouched; one without is counted. */
export function passing(
  { headers, body }: Pick<Request, 'headers' | 'body'>,
  maxBytes: number,
): Body {
  return body === null || headers.has('Content-Length') ? asIs(body) : counted([], body, maxBytes)
}

/**
 * The chunks that were read, then the rest, and of both together no more than so many bytes. Half a body must not look
 * like a whole one, and the runtime ends a chunked request in good order when the stream that it reads fails (measured).
 * So the stream is left open, and the request is aborted.
 */
export function counted(
  read: readonly Uint8Array[],
  rest: ReadableStream<Uint8Array>,
  maxBytes: number,
): Body {
  const waiting = read.values()
  const source = new Source(rest)
  const cut = new AbortController()
  let received = 0
  let fault: Fault | undefined
  const breakOff = (denial: Fault) => {
    fault = denial
    cut.abort()
    source.cancel()
  }
  const next = async () => {
    const { value, done } = waiting.next()
    return done ? await source.read().catch(() => undefined) : { value, done: false as const }
  }
  const content = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await next()
        if (!chunk) return breakOff(BROKEN_OFF)
        if (chunk.done) return controller.close()
        received += chunk.value.byteLength
        if (received > maxBytes) return breakOff(tooLarge(maxBytes))
        controller.enqueue(chunk.value)
      },
      cancel: () => source.cancel(),
    },
    { highWaterMark: 0 },
  )
  return { content, cut: cut.signal, fault: () => fault }
}

export const BROKEN_OFF: Fault = {
  ...deny('VALIDATION_ERROR', { reason: 'The request body breaks off' }),
  cause: 'body broken',
}

export function tooLarge(maxBytes: number): Fault {
  return deny('VALIDATION_ERROR', { reason: 'The request body is too large', maxBytes })
}
