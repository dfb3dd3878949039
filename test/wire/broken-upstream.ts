import { createServer, type Socket } from 'node:net'

export interface BrokenUpstream {
  readonly port: number
  /** The first line of each request that came, oldest first. */
  readonly requests: readonly string[]
  stop(): Promise<void>
}

export interface Behaviour {
  /** Before a byte of the request has been read. */
  readonly accept?: (socket: Socket) => void
  /** At the end of a request's header; what comes of its body is left unread. */
  readonly answer?: (socket: Socket, head: string) => void
}

/** Longer than any header that is sent here. To search a whole upload at each of its pieces takes the processor's time. */
const MAX_HEADER = 16_384

/** Speaks what it is told to, on the bare socket: no HTTP library would let it. */
export async function startBrokenUpstream({ accept, answer }: Behaviour): Promise<BrokenUpstream> {
  const sockets = new Set<Socket>()
  const requests: string[] = []
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    accept?.(socket)
    let received = ''
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1')
      const end = received.indexOf('\r\n\r\n')
      if (end === -1) {
        received = received.slice(-MAX_HEADER)
        return
      }
      const head = received.slice(0, end)
      received = ''
      requests.push(head.split('\r\n')[0] ?? '')
      answer?.(socket, head)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP')
  return {
    port: address.port,
    requests,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The port of a service that nobody runs (discard): unlike one that was free a moment ago, nobody will be there. */
export const CLOSED_PORT = 9
