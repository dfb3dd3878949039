import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** Called with the connection once a request's head has come. */
export type Part = (socket: Socket) => void

export interface ScriptedUpstream {
  readonly port: number
  /** What a request for a path that ends in this name is answered with, on the bare socket. */
  script(name: string, part: Part): void
  stop(): Promise<void>
}

/** Speaks whatever bytes it is told to, to each request its own. */
export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const parts = new Map<string, Part>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let head = ''
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (bytes) => {
      head += bytes.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      const name = /^\S+ \S*\/([^/ ]+) /.exec(head)?.[1] ?? ''
      head = ''
      const part = parts.get(name)
      if (part) part(socket)
      else socket.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP')
  return {
    port: address.port,
    script: (name, part) => void parts.set(name, part),
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Says these bytes, and hangs up unless its end can be told without. */
export function saying(bytes: Uint8Array, hangUp: boolean): Part {
  return (socket) => {
    if (hangUp) socket.end(bytes)
    else socket.write(bytes)
  }
}
