import { randomUUID } from 'node:crypto'
import { Redis } from '@upstash/redis'
import type { LocalStore } from '../../../../scripts/store/bridge.ts'

export function clientOf(store: LocalStore, options: { responseEncoding?: false } = {}): Redis {
  return new Redis({
    url: store.url,
    token: store.token,
    retry: false,
    enableTelemetry: false,
    automaticDeserialization: false,
    ...options,
  })
}

/** A key nobody else has: the store may be someone's real Redis. */
export function ownKey(name = 'key'): string {
  return `test:${randomUUID()}:${name}`
}

export interface RawAnswer {
  readonly status: number
  readonly body: unknown
}

export async function post(
  store: LocalStore,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const answer = await fetch(`${store.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${store.token}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}

/** The answer to one command, or the error's text. */
export async function reply(store: LocalStore, ...command: (string | number)[]): Promise<unknown> {
  const { body } = await post(store, '/', command)
  if (typeof body !== 'object' || body === null) throw new Error('not an answer')
  return 'result' in body ? body.result : 'error' in body ? body.error : undefined
}
