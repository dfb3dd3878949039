import * as v from 'valibot'
import type { SubjectChange } from './subject-record.ts'
import { windowIdFrom, windowNameOf } from './subject-windows.ts'
import {
  doubtsAboutToken,
  revokedTokenFrom,
  TEN_YEARS_MS,
  TokenClaims,
} from './token-revocation.ts'

const HIGHEST_LIMIT = 1_000_000_000

const MAX_PROBLEMS = 20

const UTC = 'must be a time in UTC, as 2026-12-01T00:00:00Z'
const SECONDS = `must be a whole number from 1 to ${TEN_YEARS_MS / 1000}`
const LIMIT = `must be null or a whole number from 1 to ${HIGHEST_LIMIT}`

const time = v.pipe(v.string(UTC), v.check(isTime, UTC), v.transform(Date.parse))

const seconds = v.pipe(
  v.number(SECONDS),
  v.check((value) => isWholeUpTo(value, TEN_YEARS_MS / 1000), SECONDS),
)

/** What holds until an instant, which is named or counted from now. */
const SPANS = [
  ['blockedUntil', 'blockSeconds'],
  ['exemptUntil', 'exemptSeconds'],
] as const

const Body = v.object({
  limits: v.exactOptional(v.custom<object>(isObject, 'must be an object of limits by window')),
  blockedUntil: v.exactOptional(v.nullable(time)),
  blockSeconds: v.exactOptional(seconds),
  exemptUntil: v.exactOptional(v.nullable(time)),
  exemptSeconds: v.exactOptional(seconds),
  notBefore: v.exactOptional(
    v.nullable(v.union([v.literal('now'), time], `must be null, "now", or a time in UTC`)),
  ),
  revokeToken: v.exactOptional(TokenClaims),
  reset: v.exactOptional(v.literal(true, 'must be true')),
})

type Body = v.InferOutput<typeof Body>

/** What was sent, any of it malformed. */
type Given = { readonly [name in keyof Body]?: unknown }

/** Whom a change is about, and when it is made (milliseconds). */
export interface Occasion {
  readonly subject: string
  /** The windows that the subject can be counted in. */
  readonly windowIds: ReadonlySet<string>
  readonly now: number
}

export type ChangeOutcome =
  | { readonly valid: true; readonly change: SubjectChange }
  /** A sentence each. */
  | { readonly valid: false; readonly problems: readonly string[] }

/** Reads what an operator wants changed. All of it is sound, or none of it is taken. */
export async function changeFrom(
  body: unknown,
  repeated: readonly string[],
  occasion: Occasion,
): Promise<ChangeOutcome> {
  if (!isObject(body)) return invalid(['the body must be an object'])
  const { sound, problems: malformed } = fieldsOf(body)
  const { limits, problems: limitProblems } = limitsFrom(sound.limits ?? {}, occasion)
  const problems = [
    ...repeated.map((name) => `${name.slice(0, 64)}: is named twice`),
    ...malformed,
    ...limitProblems,
    ...doubtsAbout(body, sound, occasion),
  ]
  if (problems.length > 0) return invalid(problems)

  const { revokeToken, reset } = sound
  const blockedUntil = endOf(sound.blockedUntil, sound.blockSeconds, occasion)
  const exemptUntil = endOf(sound.exemptUntil, sound.exemptSeconds, occasion)
  const notBefore = notBeforeFrom(sound, occasion)
  const change: SubjectChange = {
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(blockedUntil !== undefined && { blockedUntil }),
    ...(exemptUntil !== undefined && { exemptUntil }),
    ...(notBefore !== undefined && { notBefore }),
    ...(revokeToken && { revoke: await revokedTokenFrom(revokeToken) }),
    ...(reset && { reset }),
  }
  return Object.keys(change).length > 0
    ? { valid: true, change }
    : invalid(['the body names nothing to change'])
}

function invalid(problems: readonly string[]): ChangeOutcome {
  return { valid: false, problems: problems.slice(0, MAX_PROBLEMS) }
}

/** What is well formed, and what is wrong with the rest: a fault in one field hides none in another. */
function fieldsOf(body: Given) {
  const { issues = [] } = v.safeParse(Body, body)
  const faulty = new Set(issues.map(({ path }) => path?.[0]?.key))
  const rest = Object.entries(body).filter(([name]) => !faulty.has(name))
  const problems = [
    ...unknownIn(body, Body.entries),
    ...(isObject(body.revokeToken)
      ? unknownIn(body.revokeToken, TokenClaims.entries, 'revokeToken.')
      : []),
    ...issues.map(sentenceOf),
  ]
  return { sound: v.parse(Body, Object.fromEntries(rest)), problems }
}

function unknownIn(given: object, known: object, place = ''): string[] {
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => `${place}${name.slice(0, 64)}: unknown field`)
}

/** An override for a window that the subject never has would do nothing, and the operator would believe it did. */
function limitsFrom(given: object, { windowIds }: Occasion) {
  const limits = new Map<string, number | null>()
  const problems: string[] = []
  const strange: string[] = []
  for (const [name, limit] of Object.entries(given)) {
    const place = `limits.${name.slice(0, 64)}`
    const id = windowIdFrom(name)
    if (id === undefined || (limit !== null && !windowIds.has(id))) {
      strange.push(JSON.stringify(name.slice(0, 64)))
    } else if (limits.has(id)) problems.push(`${place}: the window is named twice`)
    else if (limit === null || isWholeUpTo(limit, HIGHEST_LIMIT)) limits.set(id, limit)
    else problems.push(`${place}: ${LIMIT}`)
  }
  if (strange.length > 0) {
    const names = strange.slice(0, MAX_PROBLEMS).join(', ')
    const has = [...windowIds].map(windowNameOf).join(', ')
    problems.push(`limits: the subject has no window ${names}; it has ${has}`)
  }
  return { limits: Object.fromEntries(limits), problems }
}

/** What is wrong with fields beside each other, for this subject, or at this time. */
function doubtsAbout(given: Given, sound: Body, { subject, now }: Occasion): string[] {
  const { notBefore } = sound
  const problems: string[] = []
  for (const [until, seconds] of SPANS) {
    if (given[until] !== undefined && given[seconds] !== undefined) {
      problems.push(`${until} and ${seconds} exclude each other`)
    }
    const end = sound[until] ?? undefined
    if (end === undefined) continue
    if (end <= now) problems.push(`${until}: is in the past`)
    if (end > now + TEN_YEARS_MS) problems.push(`${until}: is too far away`)
  }
  if (given.notBefore !== undefined && !subject.startsWith('user:')) {
    problems.push('notBefore: only a user has tokens to revoke')
  }
  // It would shut the user out until then: that is what a block says openly.
  if (typeof notBefore === 'number' && notBefore > now) {
    problems.push('notBefore: is in the future')
  }
  if (isObject(given.revokeToken)) {
    problems.push(...doubtsAboutToken(given.revokeToken, subject, now))
  }
  return problems
}

function endOf(until: number | null | undefined, seconds: number | undefined, { now }: Occasion) {
  return seconds === undefined ? until : now + seconds * 1000
}

function notBeforeFrom({ notBefore }: Body, { now }: Occasion) {
  if (notBefore === 'now') return endOfSecond(now)
  return typeof notBefore === 'number' ? Math.ceil(notBefore / 1000) : notBefore
}

/** Tokens tell their time in seconds: those of this very second are among those issued before now. */
export function endOfSecond(now: number): number {
  return Math.floor(now / 1000) + 1
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWholeUpTo(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most
}

const TIME = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/

/** `Date.parse` alone would take the 31st of February for the 3rd of March. */
function isTime(text: string): boolean {
  if (!TIME.test(text)) return false
  const parsed = Date.parse(text)
  return Number.isFinite(parsed) && new Date(parsed).toISOString().startsWith(text.slice(0, 19))
}

/** The issue's own text would quote the value. */
function sentenceOf(issue: v.BaseIssue<unknown>): string {
  const place = (issue.path ?? [])
    .map(({ key }) => String(key))
    .join('.')
    .slice(0, 64)
  return `${place}: ${issue.received === 'undefined' ? 'is missing' : issue.message}`
}
