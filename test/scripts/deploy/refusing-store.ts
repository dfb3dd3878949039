import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { close, listen } from '../../../scripts/upstream/listen.ts'

/** A store that answers a command with what it is told to, in Upstash's words. */
export async function startRefusingStore(
  answers: Readonly<Record<string, { status: number; body: unknown }>>,
) {
  const server = createServer((request, response) => {
    json(request).then((command) => {
      const [name = ''] = Array.isArray(command) ? command : []
      const { status, body } = answers[String(name)] ?? { status: 400, body: { error: 'ERR' } }
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  const url = `http://127.0.0.1:${await listen(server)}`
  return { url, stop: () => close(server) }
}

const NOPERM = (command: string) => ({
  status: 400,
  body: { error: `NOPERM this user has no permissions to run the '${command}' command` },
})

/** What a read-only token meets. */
export const READ_ONLY = {
  PING: { status: 200, body: { result: 'PONG' } },
  EVAL: NOPERM('eval'),
  EVALSHA: NOPERM('evalsha'),
}
