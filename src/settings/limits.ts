import * as v from 'valibot'
import { LIMITS, type LimitTable, type WindowLimits } from '../policy/limits.ts'
import { secondsOf } from '../policy/windows.ts'
import { json } from './json.ts'

const MAX_WINDOWS = 6

const atLeastOne = v.pipe(v.number(), v.integer(), v.minValue(1, 'must be at least 1'))
const seconds = v.pipe(
  v.number(),
  v.minValue(0, 'must be at least 0'),
  v.maxValue(30, 'must be at most 30'),
)

const windows = v.record(
  v.pipe(
    v.string(),
    v.check(
      (name) => secondsOf(name) !== undefined,
      'unknown window; use second, minute, hour, day, month or a number of seconds',
    ),
  ),
  v.nullable(v.union([atLeastOne, v.strictObject({ limit: atLeastOne, shadow: v.literal(true) })])),
)

type Changes = v.InferOutput<typeof windows>

const routeNames = Object.keys(LIMITS.routes)

function perTier<T extends v.GenericSchema>(schema: T) {
  return v.strictObject({
    free: v.exactOptional(schema),
    premium: v.exactOptional(schema),
    enterprise: v.exactOptional(schema),
  })
}

const changes = v.strictObject({
  ip: v.optional(windows),
  key: v.optional(windows),
  tiers: v.optional(perTier(windows)),
  concurrency: v.optional(perTier(atLeastOne)),
  queueSeconds: v.optional(perTier(seconds)),
  routes: v.optional(
    v.strictObject(Object.fromEntries(routeNames.map((name) => [name, v.optional(windows)]))),
  ),
})

/** `LIMITS`: changes to the built-in table. A window named replaces, `null` removes it. */
export const limitsSetting = json(
  v.pipe(
    changes,
    v.transform(merged),
    v.check(
      (table) => windowSets(table).every((set) => Object.keys(set).length <= MAX_WINDOWS),
      `a subject has at most ${MAX_WINDOWS} windows`,
    ),
    v.check(
      ({ ip }) => Object.values(ip).some((limit) => typeof limit === 'number'),
      'ip needs at least one window that is not in the shadow: the headers of every answer show it',
    ),
  ),
)

function merged({
  ip,
  key,
  tiers,
  concurrency,
  queueSeconds,
  routes,
}: v.InferOutput<typeof changes>): LimitTable {
  return {
    concurrency: { ...LIMITS.concurrency, ...concurrency },
    queueSeconds: { ...LIMITS.queueSeconds, ...queueSeconds },
    ip: withChanges(LIMITS.ip, ip),
    key: withChanges(LIMITS.key, key),
    tiers: {
      free: withChanges(LIMITS.tiers.free, tiers?.free),
      premium: withChanges(LIMITS.tiers.premium, tiers?.premium),
      enterprise: withChanges(LIMITS.tiers.enterprise, tiers?.enterprise),
    },
    routes: Object.fromEntries(
      Object.entries(LIMITS.routes).map(([name, limit]) => [
        name,
        { ...limit, windows: withChanges(limit.windows, routes?.[name]) },
      ]),
    ),
  }
}

/** By seconds, so that `"60"` replaces `minute`. */
function withChanges(limits: WindowLimits, wanted: Changes = {}): WindowLimits {
  const bySeconds = (table: Readonly<Changes>) =>
    Object.entries(table).map(([name, limit]) => [String(secondsOf(name)), limit] as const)
  const all = Object.fromEntries([...bySeconds(limits), ...bySeconds(wanted)])
  return Object.fromEntries(
    Object.entries(all).flatMap(([seconds, limit]) => (limit === null ? [] : [[seconds, limit]])),
  )
}

function windowSets({ ip, key, tiers, routes }: LimitTable): WindowLimits[] {
  return [ip, key, ...Object.values(tiers), ...Object.values(routes).map((route) => route.windows)]
}
