import type { Redis } from '@upstash/redis/cloudflare'
import { openUpstash } from './upstash-client.ts'
import { RECORD_PREFIX, type StoreSettings } from './upstash-subjects.ts'

/** Where isolates agree on who asks the provider, and find what it said. */
export interface Refreshes {
  /** True: nobody else asks with this token. Rejects when that cannot be known. */
  claim(id: string, claimant: string, milliseconds: number): Promise<boolean>
  /** What stands there: a claimant, or an answer. Undefined: nothing. */
  read(id: string): Promise<string | undefined>
  publish(id: string, answer: string, milliseconds: number): Promise<void>
}

export class UpstashRefreshes implements Refreshes {
  readonly #redis: Redis

  constructor(settings: StoreSettings) {
    this.#redis = openUpstash(settings)
  }

  async claim(id: string, claimant: string, milliseconds: number): Promise<boolean> {
    const set = await this.#redis
      .set(keyOf(id), claimant, { nx: true, px: milliseconds })
      .catch(() => 'lost' as const)
    if (set === 'OK') return true
    // The command may have arrived although its answer did not. What stands there then is our own claim, and if we did
    // not act on it nobody would.
    const standing = await this.read(id)
    if (standing === undefined && set === 'lost') throw new Error('The claim did not arrive')
    return standing === claimant
  }

  async read(id: string): Promise<string | undefined> {
    const standing = await this.#redis.get<unknown>(keyOf(id))
    return typeof standing === 'string' ? standing : undefined
  }

  async publish(id: string, answer: string, milliseconds: number): Promise<void> {
    const set = () => this.#redis.set(keyOf(id), answer, { px: milliseconds })
    await set().catch(set)
  }
}

/** No subject has this name: theirs begin with `ip:`, `user:` or `key:`. */
function keyOf(id: string): string {
  return `${RECORD_PREFIX}:refresh:${id}`
}
