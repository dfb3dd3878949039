import { Redis, type RedisConfigCloudflare } from '@upstash/redis/cloudflare'
import { countingInto, type StoreUse } from './store-use.ts'
import type { StoreSettings } from './upstash-subjects.ts'

/** What Upstash's client would do by itself, switched off. Its errors' texts quote keys. */
const QUIET = {
  // `false` would still send a command twice over a lost connection: charged twice, if its answer was what got lost.
  retry: { retries: 0 },
  // One request's command must not travel on another request's connection.
  enableAutoPipelining: false,
  enableTelemetry: false,
  readYourWrites: false,
  responseEncoding: false,
} as const

export function openUpstash({ url, token, timeoutMs, use }: StoreSettings): Redis {
  // A factory: given one plain signal, the client turns a time-out into a made-up answer.
  return opened({ url, token, signal: () => AbortSignal.timeout(timeoutMs) }, use)
}

/** For whoever watches the time and reads the answer: it would try each word of it as JSON, and catch what that throws. */
export function openBareUpstash({ url, token, use }: Omit<StoreSettings, 'timeoutMs'>): Redis {
  return opened({ url, token, automaticDeserialization: false }, use)
}

function opened(config: RedisConfigCloudflare, use: StoreUse | undefined): Redis {
  const redis = new Redis({ ...QUIET, ...config })
  if (use) redis.use(countingInto(use))
  return redis
}

/** Why the store gave no answer, in words that quote no key. */
export function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError') return 'late'
  return name === 'UpstashError' ? 'refused the command' : 'unreachable'
}
