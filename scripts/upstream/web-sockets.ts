import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

// In the set-up of the Workers tests an import of ws ends at its build for browsers.
const { WebSocketServer }: typeof import('ws') = createRequire(import.meta.url)('ws')

const paths = new Set(['/ssh', '/ws', '/api/ssh', '/api/ws'])

export interface WebSockets {
  readonly open: number
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void
  terminate(): void
}

/** Echoes text and binary. With `?closeWith=CODE` it says goodbye itself after the first echo. */
export function createWebSockets(): WebSockets {
  const server = new WebSocketServer({ noServer: true })

  server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const closeWith = new URLSearchParams(request.url?.split('?')[1]).get('closeWith')
    socket.on('message', (data, isBinary) => {
      socket.send(data, { binary: isBinary })
      if (closeWith) socket.close(Number(closeWith), 'as asked')
    })
    // A broken frame: ws closes the connection itself, but an unheard error ends the process.
    socket.on('error', () => {})
  })

  return {
    get open() {
      return server.clients.size
    },
    accept: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (client) => {
        server.emit('connection', client, request)
      }),
    terminate: () => {
      for (const client of server.clients) client.terminate()
    },
  }
}

/** Any other upgrade is ignored, as HTTP allows, and answered like a plain request. */
export function asksForWebSocket({ headers, url }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && paths.has(url?.split('?')[0] ?? '')
}
