import { allow, type Decision, deny } from '../contract/decision.ts'

export type BodyCode = 'VALIDATION_ERROR'

/** A request body on its way, counted where its length was not announced. */
export interface Body {
  readonly stream: ReadableStream | null
  /** Whether more than the allowed bytes came. */
  readonly tooLarge: () => boolean
}

/** Holds a body to its limit. One with a Content-Length is judged by it and stays untouched. */
export function validate(
  { method, headers, body }: Request,
  maxBytes: number,
): Decision<Body, BodyCode> {
  const length = headers.get('Content-Length')
  // RFC 9110, section 9.3.1: content in a GET means nothing, and an unannounced one could be endless.
  const meaningless = (method === 'GET' || method === 'HEAD') && length === null
  if (meaningless) return allow({ stream: null, tooLarge: () => false })
  if (length !== null || body === null) {
    return Number(length) > maxBytes
      ? tooLarge(maxBytes)
      : allow({ stream: body, tooLarge: () => false })
  }
  let received = 0
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      received += chunk.byteLength
      if (received <= maxBytes) controller.enqueue(chunk)
      // The upstream sees its request break off: half a body must not look like a whole one.
      else controller.error(new RangeError('The body is too large'))
    },
  })
  // As pipeThrough, whose own promise would be reported as a rejection that nobody handled.
  body.pipeTo(counter.writable).catch(() => undefined)
  return allow({ stream: counter.readable, tooLarge: () => received > maxBytes })
}

export function tooLarge(maxBytes: number) {
  return deny('VALIDATION_ERROR', { reason: 'The request body is too large', maxBytes })
}
