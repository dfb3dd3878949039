import type { Redis } from '@upstash/redis/cloudflare'
import { type KeyCopies, MAX_AGE_SECONDS } from './key-copies.ts'
import { KeysFault } from './keys-fault.ts'
import { openUpstash } from './upstash-client.ts'
import { RECORD_PREFIX, type StoreSettings } from './upstash-subjects.ts'

/** The store, which all isolates share. Its outages are logged where requests are counted; here they cost a copy. */
export class StoredCopies implements KeyCopies {
  readonly layer = 'store'
  readonly #redis: Redis

  constructor(settings: StoreSettings) {
    this.#redis = openUpstash(settings)
  }

  async read(name: string): Promise<string | undefined> {
    const kept: unknown = await this.#redis.get(keyOf(name)).catch(() => null)
    if (kept === null) return undefined
    // The client reads JSON unasked; a sealed copy never is any.
    if (typeof kept !== 'string') throw new KeysFault('no copy of a key set')
    return kept
  }

  async write(name: string, text: string): Promise<void> {
    await this.#redis.set(keyOf(name), text, { ex: MAX_AGE_SECONDS }).catch(() => null)
  }
}

/** No subject has this name: theirs begin with `ip:`, `user:` or `key:`. */
function keyOf(name: string): string {
  return `${RECORD_PREFIX}:keys:${name}`
}
