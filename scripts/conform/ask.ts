import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  request as overHttp,
} from 'node:http'
import { request as overHttps } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, type Asked, isRecord } from './exchange.ts'
import { overheard } from './overheard.ts'

const ANSWER_TIMEOUT_MS = 35_000
/** A server that means to refuse a large body by its length does so by then. */
const PATIENCE_BEFORE_BODY_MS = 500
const LARGE_BODY_CHARACTERS = 65_536
const KEPT_BYTES = 262_144

/** Sends one request as it is written, with no redirect followed and no path resolved: `fetch` would do both. */
export async function ask(base: URL, asked: Asked): Promise<Answer> {
  const connection = overheard(base)
  try {
    // Whatever the connection is made of, HTTP is spoken over it.
    const request = overHttp({
      ...messageFrom(base, asked),
      createConnection: () => connection.line,
    })
    const answer = await answerTo(request, asked)
    const { status } = answer
    const bodiless = asked.method === 'HEAD' || status === 204 || status === 304
    return bodiless ? { ...answer, bytesAfterHead: await connection.bytesAfterHead() } : answer
  } finally {
    connection.hangUp()
  }
}

/** Over a connection that is kept: what comes behind an answer without body cannot be told from the next one. */
export function askAgain(base: URL, asked: Asked, agent: Agent): Promise<Answer> {
  const { protocol, hostname, port } = base
  const send = protocol === 'https:' ? overHttps : overHttp
  const host = hostname.replace(/^\[|\]$/g, '')
  const request = send({ ...messageFrom(base, asked), protocol, hostname: host, port, agent })
  return answerTo(request, asked)
}

function messageFrom({ host }: URL, { method, path, headers, body }: Asked) {
  return {
    method,
    path,
    headers: {
      Host: host,
      Accept: 'application/json',
      ...headers,
      ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }),
    },
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  }
}

async function answerTo(request: ClientRequest, { method, body }: Asked): Promise<Answer> {
  const response = await responseTo(request, body)
  const at = Date.now()
  const text = await bodyOf(response, method)
  const error = errorIn(text)
  return {
    status: response.statusCode ?? 0,
    headers: headersFrom(response.rawHeaders),
    body: text,
    ...(error && { error }),
    bytesAfterHead: 0,
    at,
  }
}

async function responseTo(request: ClientRequest, body = ''): Promise<IncomingMessage> {
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve)
    // What breaks once the answer has begun is told by its body.
    request.on('error', reject)
  })
  if (body.length > LARGE_BODY_CHARACTERS) {
    request.flushHeaders()
    const early = await Promise.race([answered, wait(PATIENCE_BEFORE_BODY_MS)])
    if (early) return early
  }
  request.end(body)
  return answered
}

async function bodyOf(response: IncomingMessage, method: string): Promise<string> {
  if (method === 'HEAD') {
    response.resume()
    return ''
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.length
    if (bytes <= KEPT_BYTES) chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function headersFrom(raw: readonly string[]): Headers {
  const headers = new Headers()
  for (let i = 0; i + 1 < raw.length; i += 2) headers.append(raw[i] ?? '', raw[i + 1] ?? '')
  return headers
}

function errorIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return isRecord(json) && isRecord(json.error) ? json.error : undefined
  } catch {
    return undefined
  }
}
