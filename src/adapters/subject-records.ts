import type { Redis } from '@upstash/redis/cloudflare'
import * as v from 'valibot'
import type { Revocations } from '../policy/revocations.ts'
import {
  type AuditEntry,
  type ChangedSubject,
  type SignOut,
  type SubjectChange,
  type SubjectRecord,
  type SubjectSettings,
  statesOf,
} from '../policy/subject-record.ts'
import type { SubjectRecords } from '../ports.ts'
import { AUDIT_MS, SUBJECT_CHANGE_SCRIPT, SUBJECTS_DONE_SCRIPT } from './subject-change-script.ts'
import { openUpstash } from './upstash-client.ts'
import { RECORD_PREFIX, type StoreSettings } from './upstash-subjects.ts'

/** No subject has these names: theirs begin with `ip:`, `user:` or `key:`. */
const AUDIT_KEY = `${RECORD_PREFIX}:audit`
const CHANGED_KEY = `${RECORD_PREFIX}:changed`

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
  e: instant,
})

const NOTHING: v.InferOutput<typeof Stored> = {
  w: {},
  l: {},
  n: undefined,
  r: {},
  b: undefined,
  e: undefined,
}

/** One record among others, which it must not take with it. */
const AmongOthers = v.fallback(Stored, NOTHING)

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
    const { subject, time } = entry
    const keys = [`${RECORD_PREFIX}:${subject}`, AUDIT_KEY, CHANGED_KEY]
    const args = [JSON.stringify({ now: time, ...change }), JSON.stringify(entry), subject]
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
      const records = await this.#storedOf(subjects)
      return new Map(subjects.flatMap((subject, i) => revocationsOf(subject, records[i])))
    })
  }

  changed(now: number): Promise<readonly ChangedSubject[] | undefined> {
    return unlessAway(async () => {
      const newest = { rev: true, withScores: true } as const
      const listed = pairsOf(await this.#redis.zrange(CHANGED_KEY, 0, -1, newest))
      if (listed.length === 0) return []
      const records = await this.#storedOf(listed.map(([subject]) => subject))
      const all = listed.map(([subject, changedAt], i) => ({
        subject,
        changedAt,
        ...settingsFrom(v.parse(AmongOthers, records[i])),
      }))
      const done = all.filter((settings) => statesOf(settings, now).length === 0)
      if (done.length > 0) await this.#forget(done)
      return all.filter((each) => !done.includes(each))
    })
  }

  /** What cannot be done now is done the next time. */
  async #forget(done: readonly ChangedSubject[]): Promise<void> {
    const args = done.flatMap(({ subject, changedAt }) => [subject, changedAt])
    await unlessAway(() => this.#redis.eval(SUBJECTS_DONE_SCRIPT, [CHANGED_KEY], args))
  }

  async #storedOf(subjects: readonly string[]): Promise<readonly unknown[]> {
    const pipeline = this.#redis.pipeline()
    for (let from = 0; from < subjects.length; from += MOST_KEYS) {
      const some = subjects.slice(from, from + MOST_KEYS)
      pipeline.mget(...some.map((subject) => `${RECORD_PREFIX}:${subject}`))
    }
    const records = v.parse(v.array(v.array(v.unknown())), await pipeline.exec()).flat()
    if (records.length !== subjects.length) throw new TypeError('MGET answered another number')
    return records
  }
}

/** An answer that cannot be read is as good as none. The error's text quotes keys and is dropped. */
async function unlessAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
  return ask().catch(() => undefined)
}

function recordFrom(answer: unknown): SubjectRecord {
  const [stored, lifetime] = v.parse(Kept, answer)
  const { w } = stored ?? NOTHING
  return {
    ...settingsFrom(stored ?? NOTHING),
    windows: Object.entries(w).map(([id, [resetAt, count]]) => ({ id, count, resetAt })),
    ...(lifetime >= 0 && { expiresInMs: lifetime }),
    exists: lifetime !== NO_KEY,
  }
}

function settingsFrom({ l, n, r, b, e }: v.InferOutput<typeof Stored>): SubjectSettings {
  return {
    limits: l,
    ...(n !== undefined && { notBefore: n }),
    revoked: Object.entries(r).map(([id, expiresAt]) => ({ id, expiresAt })),
    ...(b !== undefined && { blockedUntil: b }),
    ...(e !== undefined && { exemptUntil: e }),
  }
}

/** Names, each with its score behind it. */
function pairsOf(list: unknown): [string, number][] {
  const words = v.parse(v.array(v.unknown()), list)
  return words.flatMap((name, i) =>
    i % 2 === 0 ? [v.parse(v.tuple([v.string(), v.number()]), [name, words[i + 1]])] : [],
  )
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
