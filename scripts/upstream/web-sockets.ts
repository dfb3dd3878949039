import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

// In the set-up of the Workers tests an import of ws ends at its build for browsers.
const { WebSocketServer }: typeof import('ws') = createRequire(import.meta.url)('ws')

const paths = new Set(['/ssh', '/ws', '/api/ssh', '/api/ws'])

const kept = 1000

export interface ClosedWebSocket {
  /** Path and query of its handshake. */
  readonly url: string
  /** As it arrived here: 1005 for none, 1006 where the connection broke. */
  readonly code: number
  readonly reason: string
  readonly messages: number
}

export interface WebSockets {
  readonly open: number
  readonly closed: readonly ClosedWebSocket[]
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void
  terminate(): void
}

/**
 * Echoes text and binary. In the query: `greet=TEXT` is sent at once, `closeWith=CODE` says goodbye after the first echo
 * (1005: without a code), `drop` breaks the connection then, `answerBytes=N` answers with so many in place of an echo.
 */
export function createWebSockets(): WebSockets {
  const server = new WebSocketServer({ noServer: true })
  const closed: ClosedWebSocket[] = []

  server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const url = request.url ?? ''
    const wanted = new URLSearchParams(url.split('?')[1])
    const closeWith = Number(wanted.get('closeWith'))
    const answerBytes = Number(wanted.get('answerBytes'))
    let messages = 0
    socket.on('message', (data, isBinary) => {
      messages += 1
      if (wanted.has('drop')) return request.socket.resetAndDestroy()
      if (answerBytes) return socket.send('x'.repeat(answerBytes))
      socket.send(data, { binary: isBinary })
      if (closeWith === 1005) socket.close()
      else if (closeWith) socket.close(closeWith, 'as asked')
    })
    socket.on('close', (code, reason) => {
      closed.push({ url, code, reason: String(reason), messages })
      if (closed.length > kept) closed.shift()
    })
    if (wanted.has('greet')) socket.send(wanted.get('greet') ?? '')
    // A broken frame: ws closes the connection itself, but an unheard error ends the process.
    socket.on('error', () => {})
  })

  return {
    get open() {
      return server.clients.size
    },
    closed,
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
