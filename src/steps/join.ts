import type { Exchange } from '../exchange.ts'
import type { SocketHolder, Sockets } from '../ports.ts'
import { subjectOf } from './bill.ts'
import { acceptSubprotocol } from './subprotocols.ts'

/** Where the upstream has opened a WebSocket: the same answer, with a socket that is watched over. */
export function join(
  answer: Response,
  request: Request,
  exchange: Exchange,
  sockets: Sockets,
): Response {
  if (!answer.webSocket) return answer
  const { client, ended } = sockets.join(answer.webSocket, holderOf(exchange))
  exchange.ended = ended
  const headers = new Headers(answer.headers)
  if (exchange.route?.access !== 'public') acceptSubprotocol(headers, request.headers)
  return new Response(null, { status: 101, headers, webSocket: client })
}

function holderOf({ address, caller }: Exchange): SocketHolder {
  const holder = { address: `ip:${address}` }
  switch (caller?.kind) {
    case 'user':
      return { ...holder, caller: subjectOf(caller.principal), token: caller.principal }
    case 'key':
      return { ...holder, caller: `key:${caller.hash}` }
    default:
      return holder
  }
}
