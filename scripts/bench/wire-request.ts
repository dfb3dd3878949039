/** A request as it is sent, whoever is asked. */
export interface WireRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** As HTTP/1.1 has it. Only ASCII is sent, so characters are bytes. */
export function textOf({ method, path, headers, body }: WireRequest): string {
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`]
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...fields, ...length]
  return `${head.join('\r\n')}\r\n\r\n${body ?? ''}`
}

/** So many of them, round and round. */
export function repeated(requests: readonly WireRequest[], count: number): WireRequest[] {
  return Array.from({ length: count }, (_, i) => requests[i % requests.length]).filter(
    (request) => request !== undefined,
  )
}
