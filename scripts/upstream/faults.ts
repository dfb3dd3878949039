import { STATUS_CODES } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { type Exchange, numberFrom, sendJson } from './exchange.ts'

const half = `{"success":true,"data":[${'"a row",'.repeat(50)}`

/** How an answer can fail to arrive. `ms` in the query says how late `late` is. */
export const faults: Readonly<Record<string, (exchange: Exchange) => void | Promise<void>>> = {
  /** The connection is reset before a byte of the answer. */
  reset: ({ request }) => {
    request.socket.resetAndDestroy()
  },
  /** The connection is closed in good order before a byte of the answer. */
  empty: ({ request }) => {
    request.socket.destroy()
  },
  /** Nothing comes, and the connection stays. */
  hang: () => {},
  /** Header and half of the promised body come, then the connection ends. */
  cut: (exchange) => sendHalf(exchange, { 'content-length': 2 * half.length }, 'end'),
  cutChunked: (exchange) => sendHalf(exchange, {}, 'end'),
  /** Header and half of the body come, then nothing. */
  stall: (exchange) => sendHalf(exchange, {}, 'stay'),
  /** What comes is not HTTP. */
  garbage: ({ request }) => {
    request.socket.end('SSH-2.0-OpenSSH_9.6p1\r\n\x00\x01\x02 not HTTP\r\n\r\n')
  },
  /** A good answer, 35 seconds late. */
  late: async (exchange) => {
    const ms = numberFrom(exchange.query, 'ms', { fallback: 35_000, max: 600_000 })
    await wait(ms, undefined, { signal: exchange.gone })
    sendJson(exchange, 200, { success: true, lateMs: ms })
  },
}

/** A status line and nothing more, past Node's own opinion of what an answer is. */
export function sendBareStatus({ request }: Exchange, status: number): void {
  const phrase = STATUS_CODES[status] ?? 'Unknown'
  request.socket.end(`HTTP/1.1 ${status} ${phrase}\r\nConnection: close\r\n\r\n`)
}

function sendHalf(
  { request, response }: Exchange,
  length: Readonly<Record<string, number>>,
  then: 'end' | 'stay',
): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...length })
  response.write(half, () => {
    if (then === 'end') request.socket.destroy()
  })
}
