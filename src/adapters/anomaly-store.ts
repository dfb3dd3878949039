import type { Redis } from '@upstash/redis/cloudflare'
import * as v from 'valibot'
import type { Events } from '../ports.ts'
import type { AnomalyEvent } from '../watch/anomaly-event.ts'
import { eventFromStore, type Kept, keptFrom, textOfKept } from '../watch/kept-anomalies.ts'
import { COMMIT_SCRIPT, EVENT_MS } from './anomaly-commit-script.ts'
import type { StoreUse } from './store-use.ts'
import { openUpstash } from './upstash-client.ts'
import { RECORD_PREFIX, type StoreSettings } from './upstash-subjects.ts'

/** No subject has these names: theirs begin with `ip:`, `user:` or `key:`. */
const STATE_KEY = `${RECORD_PREFIX}:anomalies`
const EVENTS_KEY = `${RECORD_PREFIX}:events`

/** No request waits for it. */
const TIMEOUT_MS = 5_000

/** What was kept when it was read, and which of its versions that is; '' for none. */
export interface KeptVersion extends Kept {
  readonly version: string
}

const State = v.nullable(v.object({ version: v.string(), state: v.unknown() }))

/** Where those who judge minutes find what was judged before, and operators what came of it. */
export class AnomalyStore implements Events {
  readonly #redis: Redis
  readonly #use: StoreUse | undefined

  constructor(settings: StoreSettings) {
    this.#use = settings.use
    this.#redis = openUpstash({ ...settings, timeoutMs: TIMEOUT_MS })
  }

  /** Undefined: the store is away. */
  read(): Promise<KeptVersion | undefined> {
    return unlessAway(async () => {
      const stored = v.parse(State, await this.#redis.hmget(STATE_KEY, 'version', 'state'))
      return { version: stored?.version ?? '', ...keptFrom(stored?.state) }
    })
  }

  /** The new version; undefined where another has written since, or the store is away. */
  async commit(
    before: string,
    kept: Kept,
    events: readonly AnomalyEvent[],
  ): Promise<string | undefined> {
    const version = crypto.randomUUID()
    const texts = events.map((event) => JSON.stringify(event))
    const written = await unlessAway(() =>
      this.#redis.eval(
        COMMIT_SCRIPT,
        [STATE_KEY, EVENTS_KEY],
        [before, version, textOfKept(kept), ...texts],
      ),
    )
    if (this.#use) this.#use.commands += insideCommit(written === 1, events.length > 0)
    if (written !== undefined) return written === 1 ? version : undefined
    // It may have been written although the answer did not arrive, and nobody else would tell of these events then.
    return (await this.read())?.version === version ? version : undefined
  }

  recent(limit: number, now: number): Promise<readonly AnomalyEvent[] | undefined> {
    return unlessAway(async () => {
      const entries = await this.#redis.lrange(EVENTS_KEY, 0, limit - 1)
      const events = entries.flatMap((entry) => eventFromStore(entry) ?? [])
      return events.filter(({ time }) => time >= now - EVENT_MS)
    })
  }
}

/** The commands that the script runs. */
function insideCommit(isWritten: boolean, isEventful: boolean): number {
  if (!isWritten) return 1
  return isEventful ? 5 : 2
}

/** The error's text quotes keys and is dropped. */
async function unlessAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
  return ask().catch(() => undefined)
}
