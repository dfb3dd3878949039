import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { close, listen } from '../../../scripts/upstream/listen.ts'

export type Answer = (response: ServerResponse, request: IncomingMessage) => void

export interface Received {
  readonly method: string | undefined
  readonly correlationId: string
  readonly body: string
}

/** An upstream that answers as it is told, in turn; with nothing left to say it answers well. */
export async function startScriptedApi() {
  let received: Received[] = []
  let script: Answer[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => '')
    const correlationId = String(request.headers['x-correlation-id'])
    received.push({ method: request.method, correlationId, body })
    const answer = script.shift() ?? well
    answer(response, request)
  })
  const url = `http://127.0.0.1:${await listen(server)}`
  return {
    url,
    get received(): readonly Received[] {
      return received
    },
    say(...answers: Answer[]) {
      script = answers
      received = []
    },
    stop: () => close(server),
  }
}

export type ScriptedApi = Awaited<ReturnType<typeof startScriptedApi>>

export const well: Answer = (response) => response.end('{"good":true}')
export const silent: Answer = () => undefined
export const reset: Answer = (_, { socket }) => socket.resetAndDestroy()
export const failing =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end('{"error":"It broke"}')
