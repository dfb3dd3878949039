import { createMiddleware } from 'hono/factory'
import type { Place, Ports } from '../ports.ts'
import type { GatewayEnv } from './environment.ts'

/** A body up to here is on its way as soon as its header is. */
const SHORT_BYTES = 1_048_576

/**
 * A request is in flight until its answer's body has ended, however long it streams, or its WebSocket. Let go with their
 * header are encoded bodies, which watching would decode.
 */
export function inFlight({ background }: Pick<Ports, 'background'>) {
  return createMiddleware<GatewayEnv>(async (c, next) => {
    try {
      await next()
    } finally {
      const { place, denial, ended, streamed } = c.get('exchange')
      // Not in the background, which is not kept for as long as a WebSocket may stay open.
      const end = ended ?? streamed
      if (end) place?.keepUntil(end)
      // Hono drops the body of an answer to HEAD: nobody would ever read it to its end.
      else if (denial || c.req.method === 'HEAD') place?.leave()
      else if (place) {
        const piped = keptUntilRead(c.res, place, background)
        if (piped !== c.res) c.res = piped
      }
    }
  })
}

/** A long body stays on the runtime's own pipe: nobody sees its chunks, but its end is told. */
function keptUntilRead(
  response: Response,
  place: Place,
  background: Ports['background'],
): Response {
  const { body, headers } = response
  const length = Number(headers.get('Content-Length'))
  if (!body || length <= SHORT_BYTES || headers.has('Content-Encoding')) {
    place.leave()
    return response
  }
  const { readable, writable } = new FixedLengthStream(length)
  // A client that goes away fails the pipe with the next chunk.
  background(place.keepUntil(body.pipeTo(writable)))
  return new Response(readable, response)
}
