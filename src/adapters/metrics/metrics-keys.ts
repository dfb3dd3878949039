import { RECORD_PREFIX } from '../upstash-subjects.ts'

export const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** What isolates tell is kept for so long after they told it: for whoever adds it up, should that have to wait. */
export const RAW_MS = 2 * HOUR_MS

/** How finely the past is kept, and how long: each level is made of the one before it, the first of what isolates tell. */
export interface Level {
  readonly name: string
  readonly stepMs: number
  /** The steps of so long a time lie in one hash. */
  readonly hashMs: number
  /** At least so long is a step kept. */
  readonly keptMs: number
}

export const LEVELS = [
  { name: 'minutes', stepMs: MINUTE_MS, hashMs: HOUR_MS, keptMs: 25 * HOUR_MS },
  { name: 'fives', stepMs: 5 * MINUTE_MS, hashMs: DAY_MS, keptMs: 25 * HOUR_MS },
  { name: 'hours', stepMs: HOUR_MS, hashMs: DAY_MS, keptMs: 91 * DAY_MS },
  { name: 'days', stepMs: DAY_MS, hashMs: 32 * DAY_MS, keptMs: 91 * DAY_MS },
] as const satisfies readonly Level[]

/** No subject has this name: theirs begin with `ip:`, `user:` or `key:`. */
const PREFIX = `${RECORD_PREFIX}:metrics`

/** A hash: up to which minute everything is added up for good (`through`, ms), and what it comes to (`seen`). */
export const TOTAL_KEY = `${PREFIX}:total`

/** A hash: what isolates have told of the minute that begins then, each letter under a name of its own. */
export function rawKey(time: number): string {
  return `${PREFIX}:raw:${time / MINUTE_MS}`
}

/** A hash: what everybody saw, by step. */
export function levelKey({ name, hashMs }: Level, time: number): string {
  return `${PREFIX}:${name}:${Math.floor(time / hashMs)}`
}

export function levelField({ stepMs }: Level, time: number): string {
  return String(time / stepMs)
}
