import type { IncomingMessage, ServerResponse } from 'node:http'

/** One request, its body read, and the answer that is being given to it. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The API is mounted at both; a path-absolute answer has to name the right one. */
  readonly mount: '' | '/api'
  readonly query: URLSearchParams
  readonly params: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Aborted once the connection is gone, so that streams and waits end with it. */
  readonly gone: AbortSignal
}

export interface Route {
  /** Absent: any method. */
  readonly methods?: readonly string[]
  readonly path: string
  answer(exchange: Exchange): void | Promise<void>
}

export function sendJson(
  { response }: Pick<Exchange, 'response'>,
  status: number,
  body: unknown,
): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body))
}

export function sendHtml({ response }: Exchange, status: number, body: string): void {
  send(response, status, 'text/html; charset=utf-8', body)
}

/** The API's usual error body. */
export function sendError(
  exchange: Pick<Exchange, 'response'>,
  status: number,
  code: string,
  error: string,
  message: string,
): void {
  sendJson(exchange, status, { error, code, message })
}

/** A whole number from the query, kept within its bounds. */
export function numberFrom(
  query: URLSearchParams,
  name: string,
  { fallback, max }: { fallback: number; max: number },
): number {
  const text = query.get(name)
  return text !== null && /^\d+$/.test(text) ? Math.min(Number(text), max) : fallback
}

/** The fields of a JSON object body. Throws on broken JSON, as the API does. */
export function fieldsOf(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {}
  const value: unknown = JSON.parse(body.toString())
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, headers).end(body)
}
