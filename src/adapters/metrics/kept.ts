import type { Redis } from '@upstash/redis/cloudflare'
import { type Seen, seenFrom, seenIn } from '../../watch/seen.ts'
import { type Level, levelField, levelKey, rawKey } from './metrics-keys.ts'

type Hash = Readonly<Record<string, unknown>> | null

/** What is kept of some steps of a level, by their time; a step that has not been added up is not there. */
export async function keptSteps(
  redis: Redis,
  level: Level,
  steps: readonly number[],
): Promise<ReadonlyMap<number, Seen>> {
  if (steps.length === 0) return new Map()
  const byKey = Object.groupBy(steps, (time) => levelKey(level, time))
  const pipeline = redis.pipeline()
  const asked = Object.entries(byKey).map(([key, some = []]) => {
    pipeline.hmget(key, ...some.map((time) => levelField(level, time)))
    return some
  })
  const hashes = await pipeline.exec<Hash[]>()
  const known = asked.flatMap((some, i) =>
    some.flatMap((time) => {
      const seen = seenFrom(hashes[i]?.[levelField(level, time)])
      return seen ? [[time, seen] as const] : []
    }),
  )
  return new Map(known)
}

/** What isolates have told of some minutes, added up. */
export async function toldMinutes(
  redis: Redis,
  minutes: readonly number[],
): Promise<ReadonlyMap<number, Seen>> {
  if (minutes.length === 0) return new Map()
  const pipeline = redis.pipeline()
  for (const time of minutes) pipeline.hgetall(rawKey(time))
  const told = await pipeline.exec<Hash[]>()
  return new Map(minutes.map((time, i) => [time, seenIn(told[i] ?? {})]))
}
