import { randomBytes } from 'node:crypto'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import { close, listen } from '../../scripts/upstream/listen.ts'
import type { selfSigned } from '../wire/self-signed.ts'

/** A body where none may be comes when the answer seems to be over. */
const LATE_MS = 20

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Names in small letters. */
export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What is changed on the way in and out. */
export interface Plant {
  readonly request?: (sent: Sent) => Sent
  readonly answer?: (received: Received, sent: Sent) => Received | 'silence'
}

/** A gateway with one fault: the real one behind a proxy that plants it, and changes nothing else. */
export async function plantIn(gateway: string, plant: Plant, tls?: ReturnType<typeof selfSigned>) {
  // As the platform does: so that those who are judged at once share no counter.
  const address = `2001:db8:${randomBytes(2).toString('hex')}:${randomBytes(2).toString('hex')}::1`
  const server = tls ? createSecureServer(tls) : createServer()
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    void (async () => {
      const { method = '', url = '', headers } = incoming
      const named = { ...headers, 'cf-connecting-ip': address }
      const sent: Sent = { method, path: url, headers: named, body: await textOf(incoming) }
      const forwarded = plant.request?.(sent) ?? sent
      const received = await send(gateway, forwarded)
      const answer = plant.answer ? plant.answer(received, sent) : received
      if (answer === 'silence') return response.destroy()

      const bodiless = method === 'HEAD' || answer.status === 204 || answer.status === 304
      const length = bodiless ? {} : { 'content-length': Buffer.byteLength(answer.body) }
      response.writeHead(answer.status, { ...answer.headers, ...length })
      if (!bodiless) return response.end(answer.body)
      // Node would leave it out, as it should.
      response.flushHeaders()
      if (answer.body) {
        await wait(LATE_MS)
        response.socket?.write(answer.body)
      }
      return response.end()
    })()
  })
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${await listen(server)}`
  return { url, stop: () => close(server) }
}

function send(gateway: string, { method, path, headers, body }: Sent): Promise<Received> {
  const { hostname, port } = new URL(gateway)
  return new Promise((resolve, reject) => {
    const forwarded = request({ hostname, port, method, path, headers }, (response) => {
      textOf(response).then((text) => {
        resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body: text })
      }, reject)
    })
    forwarded.on('error', reject)
    forwarded.end(body)
  })
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const {
    connection: _,
    'transfer-encoding': __,
    'keep-alive': ___,
    'content-length': ____,
    ...others
  } = headers
  return Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)]))
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
