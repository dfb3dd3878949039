import type { JoinedSocket, SocketHolder, Sockets } from '../ports.ts'
import type { RevocationWatch } from './revocation-watch.ts'
import { type Clock, guard } from './socket-guard.ts'
import { pump } from './socket-pump.ts'

/** The WebSockets that this isolate keeps open. */
export class OpenSockets implements Sockets {
  readonly #watch: RevocationWatch
  readonly #clock: Clock

  constructor(watch: RevocationWatch, clock: Clock) {
    this.#watch = watch
    this.#clock = clock
  }

  join(upstream: WebSocket, holder: SocketHolder): JoinedSocket {
    const { 0: client, 1: server } = new WebSocketPair()
    const { ended, end } = pump(server, upstream, this.#clock.now)
    const stop = guard(holder, end, this.#watch, this.#clock)
    ended.then(stop)
    return { client, ended }
  }
}
