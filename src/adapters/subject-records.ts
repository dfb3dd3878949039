import type { Redis } from '@upstash/redis/cloudflare'
import * as v from 'valibot'
import type { Revocations } from '../policy/revocations.ts'
import type { AuditEntry, SignOut, SubjectChange, SubjectRecord } from '../policy/subject-record.ts'
import type { SubjectRecords } from '../ports.ts'
import { AUDIT_MS, SUBJECT_CHANGE_SCRIPT } from './subject-change-script.ts'
import { openUpstash } from './upstash-client.ts'
import { RECORD_PREFIX, type StoreSettings } from './upstash-subjects.ts'

/** No subject has this name: theirs begin with `ip:`, `user:` or `key:`. */
const AUDIT_KEY = `${RECORD_PREFIX}:audit`

/** Redis: there is no such key. */
const NO_KEY = -2

const instant = v.fallback(v.optional(v.number()), undefined)
const numbers = v.fallback(v.optional(v.record(v.string(), v.number()), {}), {})
const windows = v.record(v.string(), v.tuple([v.number(), v.number()]))

/** As lenient as the scripts: what somebody spoiled counts for nothing. */
const Stored = v.object({
  w: v.fallback(v.optional(windows, {}), {}),
  l: numbers,
  n: instant,
  r: numbers,
  b: instant,
})

const Kept = v.tuple([v.nullable(Stored), v.number()])

const Entries = v.array(
  v.object({
    time: v.number(),
    by: v.string(),
    correlationId: v.string(),
    subject: v.string(),
    change: v.record(v.string(), v.unknown()),
  }),
)

const Revoking = v.object({
  n: instant,
  b: instant,
  r: v.fallback(v.optional(v.record(v.string(), v.unknown()), {}), {}),
})

/** How many records one command reads. */
const MOST_KEYS = 100

/** The subject records in Upstash, for those who look at them and change them. */
export class UpstashRecords implements SubjectRecords {
  readonly #redis: Redis

  constructor(settings: StoreSettings) {
    this.#redis = openUpstash(settings)
  }

  read(subject: string): Promise<SubjectRecord | undefined> {
    const key = `${RECORD_PREFIX}:${subject}`
    return unlessAway(async () =>
      recordFrom(await this.#redis.pipeline().get(key).pttl(key).exec<unknown[]>()),
    )
  }

  change(change: SubjectChange, entry: AuditEntry): Promise<SubjectRecord | undefined> {
    const keys = [`${RECORD_PREFIX}:${entry.subject}`, AUDIT_KEY]
    const args = [JSON.stringify({ now: entry.time, ...change }), JSON.stringify(entry)]
    // Rare, so its text travels with it: no second try for a store that has forgotten the script's hash.
    return unlessAway(async () =>
      recordFrom(await this.#redis.eval(SUBJECT_CHANGE_SCRIPT, keys, args)),
    )
  }

  async signOut(subject: string, what: SignOut, now: number): Promise<boolean> {
    const args = [JSON.stringify({ now, ...what })]
    const signedOut = await unlessAway(async () =>
      recordFrom(
        await this.#redis.eval(SUBJECT_CHANGE_SCRIPT, [`${RECORD_PREFIX}:${subject}`], args),
      ),
    )
    return signedOut !== undefined
  }

  audit(limit: number, now: number): Promise<readonly AuditEntry[] | undefined> {
    return unlessAway(async () => {
      const entries = v.parse(Entries, await this.#redis.lrange(AUDIT_KEY, 0, limit - 1))
      return entries.filter(({ time }) => time >= now - AUDIT_MS)
    })
  }

  revocations(subjects: readonly string[]): Promise<ReadonlyMap<string, Revocations> | undefined> {
    if (subjects.length === 0) return Promise.resolve(new Map())
    return unlessAway(async () => {
      const pipeline = this.#redis.pipeline()
      for (let from = 0; from < subjects.length; from += MOST_KEYS) {
        const some = subjects.slice(from, from + MOST_KEYS)
        pipeline.mget(...some.map((subject) => `${RECORD_PREFIX}:${subject}`))
      }
      const records = v.parse(v.array(v.array(v.unknown())), await pipeline.exec()).flat()
      if (records.length !== subjects.length) throw new TypeError('MGET answered another number')
      return new Map(subjects.flatMap((subject, i) => revocationsOf(subject, records[i])))
    })
  }
}

/** An answer that cannot be read is as good as none. The error's text quotes keys and is dropped. */
async function unlessAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
  return ask().catch(() => undefined)
}

function recordFrom(answer: unknown): SubjectRecord {
  const [stored, lifetime] = v.parse(Kept, answer)
  const { w, l, n, r, b } = stored ?? { w: {}, l: {}, r: {} }
  return {
    windows: Object.entries(w).map(([id, [resetAt, count]]) => ({ id, count, resetAt })),
    limits: l,
    ...(n !== undefined && { notBefore: n }),
    revoked: Object.entries(r).map(([id, expiresAt]) => ({ id, expiresAt })),
    ...(b !== undefined && { blockedUntil: b }),
    ...(lifetime >= 0 && { expiresInMs: lifetime }),
    exists: lifetime !== NO_KEY,
  }
}

function revocationsOf(subject: string, record: unknown): [string, Revocations][] {
  const parsed = v.safeParse(Revoking, record)
  if (!parsed.success) return []
  const { n, b, r } = parsed.output
  const tokens = Object.keys(r)
  if (n === undefined && b === undefined && tokens.length === 0) return []
  const notBefore = n !== undefined && { notBefore: n }
  return [[subject, { ...notBefore, tokens, ...(b !== undefined && { blockedUntil: b }) }]]
}
