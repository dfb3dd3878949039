import { type Algorithm, Ratelimit } from '@upstash/ratelimit'
import type { Redis } from '@upstash/redis/cloudflare'
import type { Account } from '../policy/charge.ts'
import { NOTHING_REVOKED, type Revoked } from './known-revocations.ts'
import type { Outbox, Ride } from './outbox.ts'
import type { StoreUse } from './store-use.ts'
import { SUBJECT_SCRIPT } from './subject-script.ts'
import { openBareUpstash } from './upstash-client.ts'
import type { Judged, WindowState } from './verdict.ts'

/** Names the layout of the records: another layout, another prefix. */
export const RECORD_PREFIX = 'gateway:1'

export interface StoreSettings {
  readonly url: string
  readonly token: string
  readonly timeoutMs: number
  /** What is asked is counted there. */
  readonly use?: StoreUse
}

type RedisContext = Parameters<ReturnType<Algorithm<{ redis: Redis; prefix: string }>>['limit']>[0]
type LimitResponse = Awaited<ReturnType<Ratelimit['limit']>>
type ChargeResponse = LimitResponse & { readonly judged: Answered }

/** What became of a charge, and what is revoked of each account. */
export interface Answered extends Judged {
  readonly revoked: readonly Revoked[]
}

/** What an account is to pay for a request, and how many more it would take in advance. */
export interface Bill extends Account {
  readonly cost: number
  /** What an earlier lease left unspent. */
  readonly refund: number
  /** The resets of the windows that the refund was taken from, by id. */
  readonly ends: Readonly<Record<string, number>>
  readonly ask: number
  /** Names this isolate among those that serve the subject. */
  readonly isolate: string
}

/** The subject records in Upstash. Rejects when they cannot be had in time; the error's text may hold keys. */
export class UpstashSubjects {
  readonly #ratelimit: Ratelimit
  readonly #use: StoreUse | undefined

  /** What lies in the outbox goes along with a charge. */
  constructor(settings: StoreSettings, outbox?: Pick<Outbox, 'ride'>) {
    const redis = openBareUpstash(settings)
    this.#use = settings.use
    this.#ratelimit = new Ratelimit({
      redis,
      limiter: subjectRecords(outbox),
      prefix: RECORD_PREFIX,
      // It would answer in the store's place, and never evicts.
      ephemeralCache: false,
      // Over both calls, where the script has to be sent after all. What the limiter says then is not believed.
      timeout: settings.timeoutMs,
      analytics: false,
      // Unless told no, it looks into `process.env`: at that word the runtime loads Node's `process`, 4 ms of each start.
      enableTelemetry: false,
    })
  }

  /** Charges all of the bills or none; the address's comes first. */
  async judge(bills: readonly Bill[], now: number): Promise<Answered> {
    const response = await this.#ratelimit.limit(identifierOf(bills, now))
    if (!isChargeResponse(response)) throw new DOMException('The store is late', 'TimeoutError')
    const { judged } = response
    if (this.#use) this.#use.commands += commandsInside(judged, bills.length)
    const asked = bills.reduce((sum, { windows }) => sum + windows.length, 0)
    if (judged.windows.length !== asked) throw new TypeError('The store answered half of it')
    return judged
  }
}

/** One `MGET`, and a `SET` for each account that was charged; not the rare one that mends a window of a clock ahead. */
function commandsInside({ outcome, account }: Judged, accounts: number): number {
  if (outcome === 'admitted') return 1 + accounts
  return outcome === 'revoked' ? account : 1
}

/**
 * The limiter takes one identifier; ours carries the subjects, which become keys, and the charge, which the script reads.
 * The charge names no subject: what a token calls its bearer is no text to be parsed.
 */
function identifierOf(bills: readonly Bill[], now: number): string {
  const accounts = bills.map(
    ({ windows, issuedAt, tokenId, concurrency, cost, refund, ends, ask, isolate }) => ({
      cost,
      refund,
      ends: refund > 0 ? ends : undefined,
      ask,
      windows: windows.map(({ id, seconds, limit, shadow }) =>
        shadow ? [id, seconds, limit, true] : [id, seconds, limit],
      ),
      issuedAt,
      tokenId,
      share: concurrency && [isolate, concurrency.inFlight, concurrency.lasting, concurrency.most],
    }),
  )
  const subjects = bills.map(({ subject }) => subject)
  return JSON.stringify([subjects, JSON.stringify({ now, accounts })])
}

const subjectRecords =
  (outbox: Pick<Outbox, 'ride'> | undefined): Algorithm<RedisContext> =>
  () => ({
    async limit({ redis, prefix }, key): Promise<ChargeResponse> {
      const [subjects, charge]: [string[], string] = JSON.parse(key.slice(prefix.length + 1))
      const keys = subjects.map((subject) => `${prefix}:${subject}`)
      const judged = judgedFrom(await runScript(redis, keys, charge, outbox), keys.length)
      const [first] = judged.windows
      return {
        success: judged.outcome === 'admitted',
        limit: first?.limit ?? 0,
        remaining: first ? Math.max(0, first.limit - first.count) : 0,
        reset: first?.resetAt ?? 0,
        pending: Promise.resolve(),
        judged,
      }
    },
    getRemaining: () => Promise.reject(new TypeError('A subject is read through its record')),
    resetTokens: () => Promise.reject(new TypeError('A subject is reset through its record')),
  })

let scriptHash: string | undefined

async function runScript(
  redis: Redis,
  keys: string[],
  charge: string,
  outbox: Pick<Outbox, 'ride'> | undefined,
): Promise<unknown> {
  scriptHash ??= await sha1(SUBJECT_SCRIPT)
  const ride = outbox?.ride()
  try {
    return await (ride
      ? runAlong(redis, scriptHash, keys, charge, ride)
      : redis.evalsha(scriptHash, keys, [charge]))
  } catch (error) {
    // Only its beginning is Redis's word; further on it quotes the keys.
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
    return redis.eval(SUBJECT_SCRIPT, keys, [charge])
  }
}

/** The charge comes first. A letter that the store refuses, it would refuse again. */
async function runAlong(
  redis: Redis,
  hash: string,
  keys: string[],
  charge: string,
  { letters, arrived, failed }: Ride,
): Promise<unknown> {
  const pipeline = redis.pipeline()
  pipeline.evalsha(hash, keys, [charge])
  for (const letter of letters) letter(pipeline)
  const answers = await pipeline.exec({ keepErrors: true }).catch((error: unknown) => {
    failed()
    throw error
  })
  arrived()
  const [charged] = answers
  if (charged?.error) throw new Error(charged.error)
  return charged?.result
}

const OUTCOMES = ['admitted', 'revoked', 'blocked', 'over', 'busy'] as const

function judgedFrom(answer: unknown, accounts: number): Answered {
  if (!Array.isArray(answer)) throw new TypeError('The script answered no list')
  const [first, account, ...rest] = answer
  const numbers = rest.slice(0, -1)
  const outcome = OUTCOMES.find((known) => known === first)
  if (!outcome || ![account, ...numbers].every(Number.isFinite)) {
    throw new TypeError('The script answered what it never answers')
  }
  const windows: WindowState[] = []
  for (let i = 3 * accounts; i + 3 < numbers.length; i += 4) {
    windows.push({
      limit: numbers[i],
      count: numbers[i + 1],
      resetAt: numbers[i + 2],
      lifted: numbers[i + 3] === 1,
    })
  }
  const granted = numbers.slice(0, accounts)
  const elsewhere = numbers.slice(accounts, 2 * accounts)
  const blockedUntil = numbers.slice(2 * accounts, 3 * accounts)
  const revoked = revokedFrom(rest.at(-1), accounts)
  return { outcome, account, blockedUntil, granted, elsewhere, windows, revoked }
}

/** Of each account `[notBefore, id, exp, …]`. */
function revokedFrom(lists: unknown, accounts: number): Revoked[] {
  if (!Array.isArray(lists) || lists.length !== accounts) {
    throw new TypeError('The script did not say what is revoked')
  }
  return lists.map(([notBefore, ...pairs]) => {
    if (notBefore === 0 && pairs.length === 0) return NOTHING_REVOKED
    const tokens = new Map<string, number>()
    for (let i = 0; i + 1 < pairs.length; i += 2) tokens.set(String(pairs[i]), Number(pairs[i + 1]))
    return { notBefore: Number(notBefore), tokens }
  })
}

function isChargeResponse(response: LimitResponse): response is ChargeResponse {
  return 'judged' in response
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return new Uint8Array(digest).toHex()
}
