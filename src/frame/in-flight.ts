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
      const { place, denial, ended } = c.var.exchange
      // Not in the background, which is not kept for as long as a WebSocket may stay open.
      if (ended) place?.keepUntil(ended)
      // Hono drops the body of an answer to HEAD: nobody would ever read it to its end.
      else if (denial || c.req.method === 'HEAD') place?.leave()
      else if (place) {
        const watched = keptUntilRead(c.res, place, background)
        if (watched !== c.res) c.res = watched
      }
    }
  })
}

function keptUntilRead(
  response: Response,
  place: Place,
  background: Ports['background'],
): Response {
  const { body, headers } = response
  const length = headers.get('Content-Length')
  const short = length !== null && Number(length) <= SHORT_BYTES
  if (!body || short || headers.has('Content-Encoding')) {
    place.leave()
    return response
  }
  const { readable, writable } =
    length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length))
  // A client that goes away fails the pipe with the next chunk.
  background(place.keepUntil(body.pipeTo(writable)))
  return new Response(readable, response)
}
