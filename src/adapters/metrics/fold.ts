import type { Redis } from '@upstash/redis/cloudflare'
import { added, NOTHING } from '../../watch/adding.ts'
import { textOf } from '../../watch/measures-text.ts'
import { type Seen, textOfSeen, together } from '../../watch/seen.ts'
import type { StoreUse } from '../store-use.ts'
import { openUpstash } from '../upstash-client.ts'
import type { StoreSettings } from '../upstash-subjects.ts'
import { FOLD_SCRIPT } from './fold-script.ts'
import { keptSteps, toldMinutes } from './kept.ts'
import {
  LEVELS,
  type Level,
  levelField,
  levelKey,
  MINUTE_MS,
  RAW_MS,
  TOTAL_KEY,
} from './metrics-keys.ts'
import { totalFrom } from './total.ts'

/** A minute's letters come within its last ten seconds and a little: so long after its end they are there. */
const TOLD_AFTER_MS = 2 * MINUTE_MS

/** What a store that was away kept isolates from telling comes later; from then on it would come too late. */
const FINAL_AFTER_MS = 30 * MINUTE_MS

/** What isolates told is about to be forgotten then: the run itself takes time. */
const OLDEST_MS = RAW_MS - 2 * MINUTE_MS

const TIMEOUT_MS = 5_000

/** What everybody saw in the minute that began then. */
export interface SeenMinute {
  readonly time: number
  readonly seen: Seen
}

type Steps = ReadonlyMap<number, Seen>

/**
 * Adds up what isolates have told, once a minute: a minute when it has just been told, and once more for good; what is
 * coarser when all of it is there for good. It is made of what lies in the store alone, so a run that is missed is made
 * up for, and of two at once one changes nothing.
 */
export class Fold {
  readonly #redis: Redis
  readonly #use: StoreUse | undefined

  constructor(settings: StoreSettings) {
    this.#use = settings.use
    this.#redis = openUpstash({ ...settings, timeoutMs: TIMEOUT_MS })
  }

  /**
   * Answers the minutes that no run had added up before: the one before last, as a rule, and those of missed runs before
   * it. Rejects when the store is away; the error's text may hold keys.
   */
  async run(now: number): Promise<readonly SeenMinute[]> {
    const minute = now - (now % MINUTE_MS)
    const [told, final] = [minute - TOLD_AFTER_MS, minute - FINAL_AFTER_MS]
    const { through, measures } = totalFrom(await this.#redis.hgetall(TOTAL_KEY))
    if (through !== undefined && through >= final) return []

    const since = Math.max(through ?? 0, minute - OLDEST_MS)
    const isNext = through === final - MINUTE_MS
    const finals = timesBetween(since, final, MINUTE_MS)
    const fresh = timesBetween(isNext ? told - MINUTE_MS : final, told, MINUTE_MS)
    const minutes = await toldMinutes(this.#redis, [...finals, ...fresh])
    const levels = await this.#levelsOf(minutes, through ?? since, final)

    const ofFinals = finals.flatMap((time) => minutes.get(time)?.measures ?? [])
    const total = ofFinals.reduce(added, measures ?? NOTHING)
    const isKept = await this.#keep(
      through,
      final,
      textOf({ ...total, limited: {} }),
      levels,
      !isNext,
    )
    const seenBefore = through === undefined ? 0 : through + FINAL_AFTER_MS - TOLD_AFTER_MS
    return isKept
      ? [...minutes].map(([time, seen]) => ({ time, seen })).filter(({ time }) => time > seenBefore)
      : []
  }

  /** Of each level the steps that can be made now: those that end after the one minute, and not after the other. */
  async #levelsOf(minutes: Steps, through: number, final: number): Promise<readonly Steps[]> {
    const levels: Steps[] = [minutes]
    for (const [i, level] of LEVELS.entries()) {
      const finer = LEVELS[i - 1]
      const made = levels[i - 1]
      if (!finer || !made) continue
      const { stepMs } = level
      const begun = Math.max(through, final - finer.keptMs) + MINUTE_MS
      const first = begun - (begun % stepMs)
      const ended = final + MINUTE_MS
      const steps = timesBetween(first - stepMs, ended - stepMs, stepMs)
      const partsOf = (time: number) =>
        timesBetween(time - finer.stepMs, time + stepMs - 1, finer.stepMs)
      const parts = steps.flatMap(partsOf)
      const kept = await keptSteps(
        this.#redis,
        finer,
        parts.filter((time) => !made.has(time)),
      )
      const seen = (time: number) => made.get(time) ?? kept.get(time) ?? []
      levels.push(new Map(steps.map((time) => [time, together(partsOf(time).flatMap(seen))])))
    }
    return levels
  }

  async #keep(
    through: number | undefined,
    final: number,
    total: string,
    levels: readonly Steps[],
    afterGap: boolean,
  ): Promise<boolean> {
    const keys = [TOTAL_KEY]
    let inside = 2
    const args = [String(through ?? ''), String(final), total]
    for (const [i, level] of LEVELS.entries()) {
      for (const [key, steps] of hashesOf(level, levels[i] ?? new Map())) {
        // Set when the hash begins, and wherever it cannot be known whether it has.
        const begins = afterGap || steps.some(([time]) => time % level.hashMs === 0)
        inside += begins ? 2 : 1
        keys.push(key)
        args.push(String(steps.length), begins ? String(level.hashMs + level.keptMs) : '')
        args.push(...steps.flatMap(([time, seen]) => [levelField(level, time), textOfSeen(seen)]))
      }
    }
    const isKept = (await this.#redis.eval(FOLD_SCRIPT, keys, args)) === 1
    if (this.#use) this.#use.commands += isKept ? inside : 1
    return isKept
  }
}

function hashesOf(level: Level, steps: Steps) {
  const byKey = Map.groupBy(steps, ([time]) => levelKey(level, time))
  return byKey.entries()
}

/** After one time and up to another. */
function timesBetween(after: number, last: number, stepMs: number): number[] {
  const many = Math.max(0, Math.floor((last - after) / stepMs))
  return Array.from({ length: many }, (_, i) => after + (i + 1) * stepMs)
}
