import { createRequire } from 'node:module'
import type WebSocketClient from 'ws'
import type { ClientOptions } from 'ws'

const WebSocket: typeof WebSocketClient = createRequire(import.meta.url)('ws')

export interface Refused {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** A client of the ws package, with all that came in kept in its order. */
export class SocketClient {
  readonly socket: WebSocketClient
  readonly messages: (string | Buffer)[] = []
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  /** The headers of the answer to its handshake. */
  readonly headers: Promise<Headers>
  readonly opened: Promise<void>

  constructor(url: string, protocols: string[] = [], options: ClientOptions = {}) {
    const socket = new WebSocket(url.replace('http', 'ws'), protocols, options)
    this.socket = socket
    // What goes wrong ends in a close as well.
    socket.on('error', () => undefined)
    socket.on('message', (data: Buffer, isBinary) =>
      this.messages.push(isBinary ? data : String(data)),
    )
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
    )
    this.opened = new Promise((resolve) => socket.on('open', resolve))
    this.headers = new Promise((resolve) =>
      socket.on('upgrade', ({ headers }) => resolve(new Headers(headers as HeadersInit))),
    )
  }

  static async open(...asked: ConstructorParameters<typeof SocketClient>): Promise<SocketClient> {
    const client = new SocketClient(...asked)
    await Promise.race([
      client.opened,
      client.closed.then(({ code }) => Promise.reject(new Error(`not opened: ${code}`))),
    ])
    return client
  }

  /** Resolves with so many messages as soon as they are there. */
  async take(count: number): Promise<readonly (string | Buffer)[]> {
    while (this.messages.length < count) {
      await new Promise((resolve) => this.socket.once('message', resolve))
    }
    return this.messages.slice(0, count)
  }
}

/** The answer to a handshake that is not granted. */
export function refused(
  url: string,
  protocols: string[] = [],
  options: ClientOptions = {},
): Promise<Refused> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), protocols, options)
    socket.on('error', reject)
    socket.on('open', () => reject(new Error('it was granted')))
    socket.on('unexpected-response', async (_, response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      const headers = new Headers(response.headers as HeadersInit)
      resolve({ status: response.statusCode ?? 0, headers, body: JSON.parse(text) })
    })
  })
}
