import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { connect as connectSecurely } from 'node:tls'

/** For what comes behind an answer that may have no body; a server that closes is not waited for. */
const LISTENING_ON_MS = 250
const KEPT_BYTES = 65_536

/**
 * A connection for one request. Node hangs up as soon as an answer without body is over for it; this one stays on the
 * line, where a server that sends a body all the same can be heard.
 */
export function overheard(base: URL) {
  const socket = connectTo(base)
  const chunks: Buffer[] = []
  let bytes = 0
  const line = new Duplex({
    read: () => socket.resume(),
    write: (chunk, _, done) => {
      socket.write(chunk, done)
    },
    // The server may take a client that says no more for one that is gone.
    final: (done) => done(),
  })
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('data', (chunk) => {
    bytes += chunk.length
    if (bytes <= KEPT_BYTES) chunks.push(chunk)
    if (!line.destroyed) line.push(chunk)
  })
  socket.on('end', () => line.destroyed || line.push(null))
  socket.on('error', (error) => line.destroy(error))
  return {
    line,
    async bytesAfterHead(): Promise<number> {
      await Promise.race([ended, wait(LISTENING_ON_MS)])
      const text = Buffer.concat(chunks).toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      return end === -1 ? 0 : text.length - end - 4
    },
    hangUp: () => socket.destroy(),
  }
}

function connectTo({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol !== 'https:') return connect(Number(port || 80), host)
  const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host }
  return connectSecurely({ host, port: Number(port || 443), ...name })
}
