import * as v from 'valibot'

const numbers = v.record(v.string(), v.number())

const Quantiles = v.object({ p50: v.number(), p95: v.number(), p99: v.number() })

const figures = {
  requests: v.number(),
  errors: v.number(),
  refused: v.number(),
  statuses: numbers,
  codes: numbers,
  latency: v.nullable(Quantiles),
  store: v.nullable(Quantiles),
  keys: v.nullable(Quantiles),
  upstream: v.nullable(Quantiles),
  retries: v.number(),
  breakerOpen: v.number(),
  fallbackReadings: v.number(),
  storeRoundTrips: v.number(),
  storeCommands: v.number(),
}

const decisions = { admitted: v.number(), refused: v.number() }

export const SPANS = ['hour', 'day', 'week', 'quarter'] as const

/** What the console reads of each answer; a field more is none of its business, a field less is a fault. */
export const Traffic = v.object({
  span: v.picklist(SPANS),
  stepSeconds: v.number(),
  from: v.string(),
  to: v.string(),
  points: v.array(
    v.object({ time: v.string(), ...figures, limits: v.record(v.string(), v.object(decisions)) }),
  ),
  totals: v.object(figures),
  routes: v.array(
    v.object({
      route: v.string(),
      requests: v.number(),
      errors: v.number(),
      latency: v.nullable(Quantiles),
    }),
  ),
  limits: v.array(v.object({ limit: v.string(), ...decisions })),
  limited: v.array(v.object({ subject: v.string(), refused: v.number() })),
  isolates: v.number(),
})

const Dependency = v.object({ state: v.picklist(['up', 'down']), latencyMs: v.number() })

export const Dependencies = v.object({ store: Dependency, keys: Dependency, upstream: Dependency })

export const Readiness = v.object({ status: v.string(), dependencies: Dependencies })

export const Events = v.object({
  events: v.array(
    v.object({
      time: v.string(),
      kind: v.picklist(['anomaly.began', 'anomaly.ended']),
      series: v.string(),
      of: v.optional(v.record(v.string(), v.string()), {}),
      usual: v.object({ low: v.number(), high: v.number() }),
      now: v.number(),
      since: v.optional(v.string()),
      ending: v.optional(v.string()),
    }),
  ),
})

export const Settings = v.object({
  environment: v.string(),
  limits: v.array(
    v.object({
      name: v.string(),
      of: v.picklist(['ip', 'key', 'user', 'caller']),
      tier: v.optional(v.string()),
      window: v.string(),
      seconds: v.number(),
      limit: v.number(),
      shadow: v.boolean(),
    }),
  ),
})

const held = {
  subject: v.string(),
  limits: numbers,
  notBefore: v.nullable(v.string()),
  revokedTokens: v.array(v.object({ id: v.string(), expiresAt: v.string() })),
  blockedUntil: v.nullable(v.string()),
  exemptUntil: v.nullable(v.string()),
}

export const SubjectRecord = v.object({
  ...held,
  exists: v.boolean(),
  windows: v.array(v.object({ id: v.string(), count: v.number(), resetAt: v.string() })),
  expiresAt: v.nullable(v.string()),
})

export const Subjects = v.object({
  subjects: v.array(v.object({ ...held, changedAt: v.string() })),
})

export const Audit = v.object({
  entries: v.array(
    v.object({
      time: v.string(),
      by: v.string(),
      correlationId: v.string(),
      subject: v.string(),
      change: v.record(v.string(), v.unknown()),
    }),
  ),
})

export type Span = (typeof SPANS)[number]
export type Traffic = v.InferOutput<typeof Traffic>
export type Figures = Traffic['totals']
export type Quantiles = v.InferOutput<typeof Quantiles>
export type Dependencies = v.InferOutput<typeof Dependencies>
export type Events = v.InferOutput<typeof Events>['events']
export type Settings = v.InferOutput<typeof Settings>
export type SubjectRecord = v.InferOutput<typeof SubjectRecord>
export type Subjects = v.InferOutput<typeof Subjects>['subjects']
export type AuditEntry = v.InferOutput<typeof Audit>['entries'][number]

const facts = v.record(v.string(), v.unknown())

export const Explanations = v.object({
  correlationId: v.string(),
  exchanges: v.array(
    v.looseObject({
      id: v.string(),
      time: v.string(),
      method: v.string(),
      route: v.nullish(v.string()),
      status: v.number(),
      code: v.string(),
      cause: v.nullish(v.string()),
      decidedBy: v.looseObject({ step: v.string() }),
      steps: v.array(
        v.object({ step: v.string(), outcome: v.string(), ms: v.nullish(v.number()) }),
      ),
      readings: v.nullish(facts),
      caller: v.nullish(facts),
      upstream: v.nullish(facts),
      timings: v.optional(
        v.record(v.string(), v.object({ since: v.number(), ms: v.number() })),
        {},
      ),
      durationMs: v.number(),
    }),
  ),
})

export type Explanation = v.InferOutput<typeof Explanations>['exchanges'][number]
