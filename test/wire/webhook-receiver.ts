import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { portOf } from '../../scripts/store/rest/server.ts'
import { keepProduced } from './produced.ts'

export interface Received {
  readonly text: string
  readonly environment: string
  readonly events: readonly Readonly<Record<string, unknown>>[]
}

/** A chat service's webhook; it answers as it is told, and its path is its key. */
export async function startReceiver() {
  const received: Received[] = []
  let answer = (response: ServerResponse) => void response.end('ok')
  const server = createServer(async (request, response) => {
    const body = await text(request)
    if (request.method !== 'POST' || request.url !== '/services/hunter2-hunter2') {
      response.writeHead(404).end()
      return
    }
    received.push(JSON.parse(body))
    answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(server)}/services/hunter2-hunter2`,
    received,
    /** From now on, or for so many requests. */
    answers(next: (response: ServerResponse) => void, times = Number.POSITIVE_INFINITY) {
      const usual = answer
      let left = times
      answer = (response) => {
        left -= 1
        if (left === 0) answer = usual
        next(response)
      }
    },
    async stop() {
      await keepProduced('webhook', received.map((one) => JSON.stringify(one)).join('\n'))
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
