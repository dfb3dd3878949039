import {
  type Close,
  ENDINGS,
  type EndingName,
  GONE,
  MAX_MESSAGE_BYTES,
  MESSAGE_RATE,
  passedOn,
} from '../policy/web-sockets.ts'
import type { SocketEnd } from '../ports.ts'
import { MessageRate } from './message-rate.ts'

/** A connection that broke, or spoke no WebSocket, in the runtime's own number for it. */
const BROKEN = { code: 1006, reason: '' } as const

export interface Pump {
  readonly ended: Promise<SocketEnd>
  end(why: EndingName): void
}

/** Passes messages both ways, in their order, until one side goes or someone ends it. */
export function pump(client: WebSocket, upstream: WebSocket, now: () => number): Pump {
  const { promise: ended, resolve } = Promise.withResolvers<SocketEnd>()
  const rate = new MessageRate(now())
  const passed = { fromClient: 0, fromUpstream: 0 }
  let open = true

  function end(why: EndingName): void {
    if (!open) return
    open = false
    const { client: toClient, upstream: toUpstream } = ENDINGS[why]
    close(client, toClient)
    close(upstream, toUpstream)
    const cause = toUpstream.reason || toClient.reason
    resolve({ ...passed, by: 'gateway', code: toClient.code, cause })
  }

  function left(by: 'client' | 'upstream', said: Required<Close>): void {
    if (!open) return
    open = false
    close(by === 'client' ? upstream : client, passedOn(said, GONE[by]))
    resolve({ ...passed, by, code: said.code })
  }

  client.addEventListener('message', ({ data }) => {
    if (!open) return
    const bytes = sizeOf(data)
    if (bytes > MAX_MESSAGE_BYTES) return end('tooLargeForUpstream')
    if (!rate.admits(bytes, now())) return end('tooManyMessages')
    passed.fromClient += 1
    if (!sent(upstream, data)) left('upstream', BROKEN)
  })
  upstream.addEventListener('message', ({ data }) => {
    if (!open) return
    if (sizeOf(data) > MAX_MESSAGE_BYTES) return end('tooLargeForClient')
    passed.fromUpstream += 1
    if (!sent(client, data)) left('client', BROKEN)
  })
  client.addEventListener('close', (said) => left('client', said))
  upstream.addEventListener('close', (said) => left('upstream', said))
  // Broken frames end in an error and no close. Its text is the runtime's, and for nobody else.
  client.addEventListener('error', () => left('client', BROKEN))
  upstream.addEventListener('error', () => left('upstream', BROKEN))
  for (const socket of [client, upstream]) {
    // A Blob has to be read before it is sent, and text would overtake it.
    socket.binaryType = 'arraybuffer'
    socket.accept()
  }
  return { ended, end }
}

function sizeOf(data: unknown): number {
  if (data instanceof ArrayBuffer) return data.byteLength
  if (typeof data !== 'string') return 0
  // Most texts are too short to make a difference, however they are encoded: three bytes a unit at most.
  const short = data.length * 3 <= MESSAGE_RATE.unitBytes
  return short ? data.length : new TextEncoder().encode(data).byteLength
}

function sent(to: WebSocket, data: string | ArrayBuffer): boolean {
  try {
    to.send(data)
    return true
  } catch {
    // It has ended, and its event is on the way.
    return false
  }
}

function close(socket: WebSocket, { code, reason }: Close): void {
  try {
    if (code === undefined) socket.close()
    else socket.close(code, reason)
  } catch {
    // It has ended already: nobody is left to be told.
  }
}
