import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bytesFrom } from '../bytes.ts'
import { type Command, type Engine, failure, isFailure, Unreachable } from '../engine.ts'
import { commandFrom, commandFromPath, commandsFrom, type Parsed } from './commands.ts'
import { refusal } from './refused.ts'
import { answerFrom, type Encoding } from './reply.ts'

const MAX_BODY_BYTES = 10 * 1024 * 1024

interface Answer {
  readonly status: number
  readonly body: unknown
}

export async function listen(engine: Engine, token: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(engine, token, request).then(
      ({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      },
      (error: Error) => {
        response.writeHead(500, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: `ERR the store failed: ${error.message}` }))
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

export function portOf(server: Server): number {
  const address = server.address() as AddressInfo | string | null
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return address.port
}

async function answer(engine: Engine, token: string, request: IncomingMessage): Promise<Answer> {
  const body = await bodyOf(request)
  const url = new URL(`http://store${request.url ?? '/'}`)
  if (!authorized(request, url, token)) return { status: 401, body: { error: 'Unauthorized' } }
  if (body === undefined) {
    return problem(413, `ERR max request size exceeded. Limit: ${MAX_BODY_BYTES} bytes`)
  }

  const encoding = request.headers['upstash-encoding'] === 'base64' ? 'base64' : 'plain'
  try {
    if (url.pathname === '/pipeline') {
      return await pipeline(engine, commandsFrom(body.toString()), encoding)
    }
    if (url.pathname === '/multi-exec') {
      return await transaction(engine, commandsFrom(body.toString()), encoding)
    }
    const command = url.pathname === '/' ? commandFrom(body.toString()) : commandFromPath(url, body)
    return await single(engine, command, encoding)
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    return problem(503, `ERR ${error.message}`)
  }
}

async function single(
  engine: Engine,
  parsed: Parsed<Command>,
  encoding: Encoding,
): Promise<Answer> {
  if (!parsed.ok) return problem(400, parsed.error)
  const refused = refusal(parsed.value)
  if (refused) return problem(400, refused)

  const [reply = null] = await engine.run([parsed.value])
  return { status: isFailure(reply) ? 400 : 200, body: answerFrom(reply, encoding) }
}

async function pipeline(
  engine: Engine,
  parsed: Parsed<Command[]>,
  encoding: Encoding,
): Promise<Answer> {
  if (!parsed.ok) return problem(400, parsed.error)
  const permitted = parsed.value.filter((command) => refusal(command) === undefined)
  const replies = permitted.length > 0 ? await engine.run(permitted) : []

  const remaining = replies.values()
  const all = parsed.value.map((command) => {
    const refused = refusal(command)
    return refused ? failure(bytesFrom(refused)) : (remaining.next().value ?? null)
  })
  return { status: 200, body: all.map((reply) => answerFrom(reply, encoding)) }
}

async function transaction(
  engine: Engine,
  parsed: Parsed<Command[]>,
  encoding: Encoding,
): Promise<Answer> {
  if (!parsed.ok) return problem(400, parsed.error)
  const refused = parsed.value.map(refusal).find((text) => text !== undefined)
  if (refused) return problem(400, refused)

  const outcome = await engine.transact(parsed.value)
  if (!Array.isArray(outcome)) return { status: 400, body: answerFrom(outcome, encoding) }
  return { status: 200, body: outcome.map((reply) => answerFrom(reply, encoding)) }
}

function problem(status: number, error: string): Answer {
  return { status, body: { error } }
}

function authorized(request: IncomingMessage, url: URL, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  return (given ?? url.searchParams.get('_token')) === token
}

/** Read to its end even when it is too long: an unread body would cut the answer off. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size <= MAX_BODY_BYTES) chunks.push(bytes)
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined
}
