import type { Redis } from '@upstash/redis/cloudflare'
import * as v from 'valibot'
import type { Explanations, KeptExplanation } from '../ports.ts'
import { exchangeKey, indexKey, MOST_OF_ONE_ID } from './exchange-keys.ts'
import { openUpstash } from './upstash-client.ts'
import type { StoreSettings } from './upstash-subjects.ts'

const Kept = v.looseObject({ id: v.string(), correlationId: v.string() })
const Found = v.tuple([v.unknown(), v.array(v.unknown())])

/** The explanations that isolates have sent to the store. */
export class UpstashExplanations implements Explanations {
  readonly #redis: Redis

  constructor(settings: StoreSettings) {
    this.#redis = openUpstash(settings)
  }

  async find(id: string): Promise<readonly KeptExplanation[] | undefined> {
    // An error's text quotes keys and is dropped.
    return this.#find(id).catch(() => undefined)
  }

  async #find(id: string): Promise<readonly KeptExplanation[]> {
    const pipeline = this.#redis.pipeline()
    pipeline.get(exchangeKey(id))
    pipeline.zrange(indexKey(id), 0, MOST_OF_ONE_ID - 1, { rev: true })
    const [own, ids] = v.parse(Found, await pipeline.exec())
    const its = keptIn([own])
    if (its.length > 0 || ids.length === 0) return its
    // An id outlives its explanation where others came under the same correlation id.
    return keptIn(await this.#redis.mget<unknown[]>(ids.map((known) => exchangeKey(String(known)))))
  }
}

/** What somebody spoiled counts for nothing. */
function keptIn(values: readonly unknown[]): KeptExplanation[] {
  return values.flatMap((value) => {
    const parsed = v.safeParse(Kept, value)
    return parsed.success ? [parsed.output] : []
  })
}
