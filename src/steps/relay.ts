// The gateway sets its own of these, and what the upstream runs on is nobody's business.
const REMOVED =
  /^(?:x-)?ratelimit(?:-|$)|^access-control-|^(?:x-powered-by|server|connection|keep-alive|proxy-authenticate|x-correlation-id)$/

/** A good answer as it came, with headers that can be written to. Status, body and WebSocket are untouched. */
export function relay(response: Response): Response {
  const relayed = new Response(response.body, response)
  const { headers } = relayed
  for (const name of [...headers.keys()]) {
    if (REMOVED.test(name)) headers.delete(name)
  }
  return relayed
}
