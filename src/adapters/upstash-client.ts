import { Redis } from '@upstash/redis/cloudflare'
import type { StoreSettings } from './upstash-subjects.ts'

/** Upstash's client, with what it would do by itself switched off. Its errors' texts quote keys. */
export function openUpstash({ url, token, timeoutMs }: StoreSettings): Redis {
  return new Redis({
    url,
    token,
    // A factory: given one plain signal, the client turns a time-out into a made-up answer.
    signal: () => AbortSignal.timeout(timeoutMs),
    // `false` would still send a command twice over a lost connection: charged twice, if its answer was what got lost.
    retry: { retries: 0 },
    // One request's command must not travel on another request's connection.
    enableAutoPipelining: false,
    enableTelemetry: false,
    readYourWrites: false,
    responseEncoding: false,
  })
}
