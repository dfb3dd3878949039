import { allow, type Decision, type Denial, deny } from '../contract/decision.ts'
import { Source } from './source.ts'
import { type BodyCode, tooLarge } from './too-large.ts'

/** A request body on its way, counted where its length was not announced. */
export interface Body {
  readonly stream: ReadableStream | null
  /** Aborted when the rest will not come: the request to the upstream must end with it. */
  readonly cut?: AbortSignal
  /** What became wrong with it on its way. */
  readonly fault: () => Denial<BodyCode> | undefined
}

const FINE = () => undefined

/** Holds a body to its limit. One with a Content-Length is judged by it and stays untouched. */
export function validate(
  { method, headers, body }: Request,
  maxBytes: number,
): Decision<Body, BodyCode> {
  const length = headers.get('Content-Length')
  // RFC 9110, section 9.3.1: content in a GET means nothing, and an unannounced one could be endless.
  const meaningless = (method === 'GET' || method === 'HEAD') && length === null
  if (meaningless) return allow({ stream: null, fault: FINE })
  if (length !== null || body === null) {
    return Number(length) > maxBytes ? tooLarge(maxBytes) : allow({ stream: body, fault: FINE })
  }
  return allow(counted(body, maxBytes))
}

/**
 * Half a body must not look like a whole one, and the runtime ends a chunked request in good order when the stream that
 * it reads fails (measured). So the stream is left open, and the request is aborted.
 */
function counted(body: ReadableStream<Uint8Array>, maxBytes: number): Body {
  const source = new Source(body)
  const cut = new AbortController()
  let received = 0
  let fault: Denial<BodyCode> | undefined
  const breakOff = (denial: Denial<BodyCode>) => {
    fault = denial
    cut.abort()
    source.cancel()
  }
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await source.read().catch(() => undefined)
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
  return { stream, cut: cut.signal, fault: () => fault }
}

const BROKEN_OFF = deny('VALIDATION_ERROR', { reason: 'The request body breaks off' })
