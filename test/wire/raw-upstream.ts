import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

export interface RawUpstream {
  readonly url: string
  /** Each request as it arrived, byte for byte (Latin-1), whole or broken off. */
  readonly received: readonly string[]
  /** How many bytes have come so far, of whatever request. */
  readonly bytes: number
  /** What every request is answered from now on, byte for byte. */
  answer(...parts: readonly (string | Uint8Array)[]): void
  stop(): Promise<void>
}

const OK = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')

/** An upstream without any opinion of HTTP: what it is sent can be compared, and what it says is up to the test. */
export async function startRawUpstream(): Promise<RawUpstream> {
  const received: string[] = []
  let answer: Uint8Array = OK
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let pending = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      count += bytes.length
      pending += bytes.toString('latin1')
      if (!isWhole(pending)) return
      received.push(pending)
      pending = ''
      socket.write(answer)
    })
    socket.on('close', () => {
      if (pending) received.push(pending)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    received,
    get bytes() {
      return count
    },
    answer: (...parts) => {
      answer = Buffer.concat(parts.map((part) => Buffer.from(part)))
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function isWhole(request: string): boolean {
  const end = request.indexOf('\r\n\r\n')
  if (end === -1) return false
  const head = request.slice(0, end)
  const body = request.slice(end + 4)
  if (/^transfer-encoding:/im.test(head)) return /(?:^|\r\n)0\r\n(?:.+\r\n)*\r\n$/.test(body)
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  return body.length >= Number(length ?? 0)
}
