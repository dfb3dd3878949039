import type { Exchange } from '../exchange.ts'
import { tokensIn } from './query-tokens.ts'
import { offersIn } from './subprotocols.ts'
import { bearerFrom } from './token.ts'

/**
 * A browser cannot send `Authorization` when it opens a WebSocket: its token comes among the subprotocols or in the
 * query. From here on it stands where every other request has it. Nothing is taken from plain requests, whose query is
 * no place for a token, nor on public routes, where both are the upstream's own affair.
 */
export function showingToken(request: Request, { url, route }: Exchange): Request {
  if (!route || route.access === 'public' || !isHandshake(request)) return request
  const shown = bearerFrom(request.headers.get('Authorization') ?? '')
  const { tokens } = offersIn(request.headers)
  const further = new Set([...tokens, ...tokensIn(url.search)].filter((token) => token !== shown))
  if (further.size === 0) return request

  const headers = new Headers(request.headers)
  // Beside another one each makes a header that nobody takes for one credential.
  for (const token of further) headers.append('Authorization', `Bearer ${token}`)
  return new Request(request, { headers })
}

/**
 * RFC 6455, section 4.2.1. Anything less is a plain request, whose `Upgrade` may be ignored (RFC 9110, section 7.8):
 * granted all the same, it would end in an answer of the runtime's own.
 */
export function isHandshake({ method, headers }: Pick<Request, 'method' | 'headers'>): boolean {
  return (
    method === 'GET' &&
    headers.get('Upgrade')?.toLowerCase() === 'websocket' &&
    headers.get('Sec-WebSocket-Version') === '13' &&
    headers.has('Sec-WebSocket-Key')
  )
}
