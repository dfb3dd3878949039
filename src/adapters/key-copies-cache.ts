import { boundedText } from './bounded-text.ts'
import { type KeyCopies, MAX_AGE_SECONDS } from './key-copies.ts'
import { MAX_BYTES } from './published-keys.ts'

/** A host that cannot be (RFC 2606): nothing that is fetched for anybody is cached under its addresses. */
const BASE = 'https://signing-keys.invalid/'

/**
 * The Cache API, which the isolates of a data centre share. On workers.dev it keeps nothing, and elsewhere it may forget
 * at any time: whatever fails here is as good as a copy that is not there.
 */
export class CachedCopies implements KeyCopies {
  readonly layer = 'cache'

  async read(name: string): Promise<string | undefined> {
    try {
      const kept = await caches.default.match(addressOf(name))
      return kept && (await boundedText(kept, MAX_BYTES))
    } catch {
      return undefined
    }
  }

  async write(name: string, text: string): Promise<void> {
    const headers = { 'Cache-Control': `max-age=${MAX_AGE_SECONDS}` }
    try {
      await caches.default.put(addressOf(name), new Response(text, { headers }))
    } catch {
      // Whoever looks for it will ask the issuer.
    }
  }
}

function addressOf(name: string): string {
  return BASE + encodeURIComponent(name)
}
