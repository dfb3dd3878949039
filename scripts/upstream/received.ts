import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What arrived, as it arrived: header names in their own case, duplicates apart. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly correlationId: string | null
  /** Milliseconds since the epoch. */
  readonly at: number
  bodyBytes: number
  /** Of the whole body; null until it has arrived. */
  bodySha256: string | null
  /** `broken`: the connection ended before the answer did, whoever ended it. */
  outcome: 'open' | 'answered' | 'upgraded' | 'broken'
}

const kept = 1000

/** Remembers a request among the last thousand. */
export function remember(received: ReceivedRequest[], request: IncomingMessage): ReceivedRequest {
  const entry: ReceivedRequest = {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: headerPairs(request.rawHeaders),
    correlationId: request.headers['x-correlation-id']?.toString() ?? null,
    at: Date.now(),
    bodyBytes: 0,
    bodySha256: null,
    outcome: 'open',
  }
  received.push(entry)
  if (received.length > kept) received.shift()
  return entry
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function headerPairs(raw: readonly string[]): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i] ?? '', raw[i + 1] ?? ''])
  return pairs
}
