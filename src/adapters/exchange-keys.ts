import { RECORD_PREFIX } from './upstash-subjects.ts'

// No subject has these names: theirs begin with `ip:`, `user:` or `key:`.

/** One explanation, under the gateway's own id of the exchange. */
export function exchangeKey(id: string): string {
  return `${RECORD_PREFIX}:exchange:${id}`
}

/** The ids of the exchanges that had one correlation id, by their time. */
export function indexKey(correlationId: string): string {
  return `${RECORD_PREFIX}:exchanges:${correlationId}`
}

/** Clients choose correlation ids, and one may be all that a client ever sends. */
export const MOST_OF_ONE_ID = 20
