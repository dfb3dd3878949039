import type { Json } from './body-schema.ts'
import { EXPLAINED } from './explanation-example.ts'
import { PAGE_SCHEMAS } from './own-pages.ts'

type Name = keyof typeof PAGE_SCHEMAS

const UP = { state: 'up', latencyMs: 4 }
const DOWN = { state: 'down', latencyMs: 2_000 }
const SUBJECT = 'user:https://tenant.example.com/|auth0|ada'
const SETTINGS = {
  limits: { '60': 5 },
  notBefore: null,
  revokedTokens: [{ id: 'j:3f0c9a', expiresAt: '2026-12-01T09:00:00.000Z' }],
  blockedUntil: '2026-12-01T08:10:00.000Z',
  exemptUntil: null,
}

const EXAMPLES: { readonly [Page in Name]?: readonly Json[] } = {
  Health: [{ status: 'ok' }],
  Readiness: [
    { status: 'ready', dependencies: { store: UP, keys: UP, upstream: UP } },
    { status: 'degraded', dependencies: { store: DOWN, keys: UP, upstream: UP } },
  ],
  SubjectRecord: [
    {
      subject: SUBJECT,
      exists: true,
      windows: [
        { id: '60', count: 3, resetAt: '2026-12-01T08:01:00.000Z', resetAtSeconds: 1_796_112_060 },
      ],
      ...SETTINGS,
      expiresAt: '2028-01-05T08:00:00.000Z',
    },
  ],
  SubjectList: [
    { subjects: [{ subject: SUBJECT, changedAt: '2026-12-01T08:00:00.000Z', ...SETTINGS }] },
  ],
  SubjectChange: [
    { blockSeconds: 600 },
    { blockedUntil: null },
    { limits: { minute: 5, 'bridgePoll:minute': null } },
    { exemptUntil: '2030-01-01T00:00:00Z' },
    { notBefore: 'now' },
    { revokeToken: { jti: '3f0c9a', exp: 1_893_456_000 } },
    { reset: true },
  ],
  Exchanges: [EXPLAINED],
  Events: [
    {
      events: [
        {
          time: '2026-12-01T08:04:30.000Z',
          kind: 'anomaly.began',
          series: 'errors',
          of: { route: '/tunnels/*' },
          usual: { low: 0, high: 0.011 },
          now: 0.0523,
          since: '2026-12-01T08:00:00.000Z',
        },
      ],
    },
  ],
  GatewaySettings: [
    {
      environment: 'production',
      limits: [
        { name: 'ip:60', of: 'ip', window: '60', seconds: 60, limit: 1_000, shadow: false },
        {
          name: 'user:60',
          of: 'user',
          tier: 'free',
          window: '60',
          seconds: 60,
          limit: 100,
          shadow: false,
        },
      ],
    },
  ],
  AuditTrail: [
    {
      entries: [
        {
          time: '2026-12-01T08:00:00.000Z',
          by: 'user:https://tenant.example.com/|auth0|root',
          correlationId: 'req-mws7wmoz-6336slhw2bzdjxak',
          subject: SUBJECT,
          change: { blockedUntil: '2026-12-01T08:10:00.000Z' },
        },
      ],
    },
  ],
}

/** The schemas of the gateway's own pages, those with examples that people read or write. */
export function illustratedSchemas(): Json {
  const schemas = Object.entries(PAGE_SCHEMAS).map(([name, schema]) => {
    const examples = EXAMPLES[name as Name]
    return [name, examples ? { ...schema, examples } : schema] as const
  })
  return Object.fromEntries(schemas)
}
