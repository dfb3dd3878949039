import { decodeUnasked } from './content-coding.ts'
import { hopByHopIn } from './hop-by-hop.ts'
import { VIA_BACK } from './via.ts'

// The gateway sets its own of these, what the upstream runs on is nobody's business, and another way to reach it
// (RFC 7838) would lead around the gateway.
const REMOVED =
  /^(?:x-)?rate-?limit(?:-|$)|^x-gateway-|^access-control-|^(?:x-powered-by|server|x-correlation-id|alt-svc)$/

/** A good answer as it came, with headers that can be written to. Status, body and WebSocket are untouched. */
export function relay(response: Response, base: URL, acceptEncoding: string | null): Response {
  const relayed = new Response(response.body, response)
  const { headers } = relayed
  const hopByHop = hopByHopIn(headers)
  for (const name of [...headers.keys()]) {
    if (hopByHop.has(name) || REMOVED.test(name)) headers.delete(name)
  }
  const location = headers.get('Location')
  if (location) headers.set('Location', locationHere(location, base))
  headers.set('Via', VIA_BACK)
  decodeUnasked(relayed, acceptEncoding)
  return relayed
}

/** A place of the upstream as clients reach it, through the gateway; any other as it is. */
function locationHere(location: string, base: URL): string {
  if (!/^(?:https?:)?\/\//i.test(location) || !URL.canParse(location, base.href)) return location
  const { origin, pathname, search, hash } = new URL(location, base)
  const root = base.pathname.replace(/\/$/, '')
  const within = pathname === root || pathname.startsWith(`${root}/`)
  if (origin !== base.origin || !within) return location
  const path = pathname.slice(root.length) || '/'
  // On its own it would name a host.
  return path.startsWith('//') ? location : path + search + hash
}
