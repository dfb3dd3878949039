import type { Redis } from '@upstash/redis/cloudflare'
import type { Traffic, TrafficSeen } from '../../ports.ts'
import { NOBODY, type Seen, seenFrom, seenIn, together } from '../../watch/seen.ts'
import { SPANS, type Span, stepsOf } from '../../watch/span.ts'
import { openUpstash } from '../upstash-client.ts'
import type { StoreSettings } from '../upstash-subjects.ts'
import { LEVELS, levelField, levelKey, MINUTE_MS, RAW_MS, rawKey } from './metrics-keys.ts'

/** A day is many times what a charge is, and an operator waits for it. */
const TIMEOUT_MS = 5_000

/** How far back something may not have been added up yet. */
const OPEN_MS = LEVELS[0].keptMs

/** What isolates have told, as far as it has been added up; the rest is added up here. */
export class StoredTraffic implements Traffic {
  readonly #redis: Redis

  constructor(settings: StoreSettings) {
    this.#redis = openUpstash({ ...settings, timeoutMs: TIMEOUT_MS })
  }

  async read(span: Span, now: number): Promise<TrafficSeen | undefined> {
    const steps = stepsOf(span, now)
    const level = LEVELS.findIndex(({ stepMs }) => stepMs === SPANS[span].stepMs)
    // The error's text quotes keys and is dropped.
    const seen = await this.#seenAt(level, steps, now).catch(() => undefined)
    return seen && { steps: steps.map((time) => ({ time, seen: seen.get(time) ?? NOBODY })) }
  }

  /** What is known of some steps of a level, by their time. */
  async #seenAt(
    at: number,
    steps: readonly number[],
    now: number,
  ): Promise<ReadonlyMap<number, Seen>> {
    const level = LEVELS[at]
    if (!level) return this.#raw(steps)
    const known = await this.#kept(level, steps)
    const finer = LEVELS[at - 1]?.stepMs ?? MINUTE_MS
    const reach = at === 0 ? RAW_MS : OPEN_MS
    const open = steps.filter((time) => !known.has(time) && time + level.stepMs > now - reach)
    const parts = open.flatMap((time) => partsOf(time, level.stepMs, finer, now))
    if (parts.length === 0) return known
    const seen = await this.#seenAt(at - 1, parts, now)
    const sums = open.map((time) => {
      const own = partsOf(time, level.stepMs, finer, now).flatMap((part) => seen.get(part) ?? [])
      return [time, together(own)] as const
    })
    return new Map([...known, ...sums])
  }

  async #kept(
    level: (typeof LEVELS)[number],
    steps: readonly number[],
  ): Promise<ReadonlyMap<number, Seen>> {
    const byKey = Object.groupBy(steps, (time) => levelKey(level, time))
    const pipeline = this.#redis.pipeline()
    const asked = Object.entries(byKey).map(([key, some = []]) => {
      pipeline.hmget(key, ...some.map((time) => levelField(level, time)))
      return some
    })
    const answers = await pipeline.exec<(Readonly<Record<string, unknown>> | null)[]>()
    const known = asked.flatMap((some, i) =>
      some.flatMap((time) => {
        const seen = seenFrom(answers[i]?.[levelField(level, time)])
        return seen ? [[time, seen] as const] : []
      }),
    )
    return new Map(known)
  }

  async #raw(minutes: readonly number[]): Promise<ReadonlyMap<number, Seen>> {
    const pipeline = this.#redis.pipeline()
    for (const time of minutes) pipeline.hgetall(rawKey(time))
    const told = await pipeline.exec<(Readonly<Record<string, unknown>> | null)[]>()
    return new Map(minutes.map((time, i) => [time, seenIn(told[i] ?? {})]))
  }
}

/** The finer steps of a step that have begun. */
function partsOf(time: number, stepMs: number, finer: number, now: number): number[] {
  return Array.from({ length: stepMs / finer }, (_, i) => time + i * finer).filter(
    (part) => part <= now,
  )
}
