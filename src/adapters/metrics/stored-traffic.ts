import type { Redis } from '@upstash/redis/cloudflare'
import type { Traffic, TrafficSeen } from '../../ports.ts'
import { added, NOTHING } from '../../watch/adding.ts'
import type { Measures } from '../../watch/measures.ts'
import { NOBODY, type Seen, together } from '../../watch/seen.ts'
import { SPANS, type Span, stepsOf } from '../../watch/span.ts'
import { openUpstash } from '../upstash-client.ts'
import type { StoreSettings } from '../upstash-subjects.ts'
import { keptSteps, toldMinutes } from './kept.ts'
import { LEVELS, MINUTE_MS, RAW_MS, TOTAL_KEY } from './metrics-keys.ts'
import { totalFrom } from './total.ts'

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

  /** From one minute to the other, since the epoch, as far as anybody saw something. Undefined: the store is away. */
  async minutes(from: number, to: number): Promise<ReadonlyMap<number, Seen> | undefined> {
    const times = timesFrom(from * MINUTE_MS, to * MINUTE_MS, MINUTE_MS)
    const seen = await this.#seenAt(0, times, to * MINUTE_MS).catch(() => undefined)
    return seen && new Map([...seen].map(([time, one]) => [time / MINUTE_MS, one]))
  }

  total(now: number): Promise<Measures | undefined> {
    return this.#total(now).catch(() => undefined)
  }

  async #total(now: number): Promise<Measures> {
    const { through, measures } = totalFrom(await this.#redis.hgetall(TOTAL_KEY))
    const since = Math.max(through ?? 0, now - (now % MINUTE_MS) - OPEN_MS)
    const open = timesFrom(since + MINUTE_MS, now, MINUTE_MS)
    const seen = await this.#seenAt(0, open, now)
    return [...seen.values()].reduce((sum, one) => added(sum, one.measures), measures ?? NOTHING)
  }

  /** What is known of some steps of a level, by their time. */
  async #seenAt(
    at: number,
    steps: readonly number[],
    now: number,
  ): Promise<ReadonlyMap<number, Seen>> {
    const level = LEVELS[at]
    if (!level) return toldMinutes(this.#redis, steps)
    const known = await keptSteps(this.#redis, level, steps)
    const finer = LEVELS[at - 1]?.stepMs ?? MINUTE_MS
    const reach = at === 0 ? RAW_MS : OPEN_MS
    const open = steps.filter((time) => !known.has(time) && time + level.stepMs > now - reach)
    const partsOf = (time: number) => timesFrom(time, Math.min(now, time + level.stepMs - 1), finer)
    const seen = await this.#seenAt(at - 1, open.flatMap(partsOf), now)
    const sums = open.map((time) => {
      return [time, together(partsOf(time).flatMap((part) => seen.get(part) ?? []))] as const
    })
    return new Map([...known, ...sums])
  }
}

/** From one time to another, both included. */
function timesFrom(first: number, last: number, stepMs: number): number[] {
  const many = Math.max(0, Math.floor((last - first) / stepMs) + 1)
  return Array.from({ length: many }, (_, i) => first + i * stepMs)
}
