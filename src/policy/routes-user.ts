import type { Route } from './route.ts'

const JUDGED = { parameters: 'checked', body: 'json' } as const
const USER = { access: 'user', ...JUDGED } as const
const TUNNEL = { access: 'user', resource: 'TUNNEL', ...JUDGED } as const
const WEBHOOK = { access: 'user', resource: 'WEBHOOK', ...JUDGED } as const
const UPDATES: Pick<Route, 'methods'> = { methods: ['PUT', 'PATCH'] }
const CONTAINERS = {
  access: 'user',
  feature: 'containerOrchestration',
  resource: 'TUNNEL',
  ...JUDGED,
} as const
const API_KEY = { methods: ['POST'], access: 'user', limit: 'apiKeys', ...JUDGED } as const
const BRIDGE = { access: 'userOrKey', ...JUDGED } as const

// The upstream holds a poll for 30 s and a model's first word for 60 s; it should be the one to give up.
const PATIENT = { timeoutMs: 65_000 } as const

/** What a verified user, or a bridge with an API key, may use. A narrower row stands before its subtree. */
export const USER_ROUTES: readonly Route[] = [
  { path: '/auth/me', ...USER },
  { path: '/auth/logout', methods: ['POST'], ...USER, revokes: 'token' },
  { path: '/auth/session/revoke', ...USER, resource: 'SESSION', body: 'session' },
  { path: '/auth/sessions/current', ...USER, resource: 'SESSION' },
  { path: '/auth-audit/audit-logs/*', ...USER },

  { path: '/users/profile', ...UPDATES, ...USER, resource: 'USER', body: 'email' },
  { path: '/users/*', ...USER, resource: 'USER' },
  { path: '/user-activity/*', ...USER },
  { path: '/user-deletion/*', ...USER },
  { path: '/quotas/quotas/:type/reset', methods: ['POST'], access: 'admin', limit: 'admin' },
  { path: '/quotas/*', ...USER },
  { path: '/adaptive-rate-limiting/metrics', ...USER },
  { path: '/adaptive-rate-limiting/status', ...USER },
  { path: '/adaptive-rate-limiting/user-stats', ...USER },

  { path: '/api-keys', ...API_KEY },
  { path: '/api-keys/:id/rotate', ...API_KEY },
  { path: '/api-keys/*', ...USER },

  { path: '/tunnels', methods: ['POST'], ...TUNNEL, body: 'tunnel' },
  { path: '/tunnels/:id', ...UPDATES, ...TUNNEL, body: 'tunnelChange' },
  { path: '/tunnels/:id/config', ...UPDATES, ...TUNNEL, body: 'tunnelConfig' },
  { path: '/tunnels/*', ...TUNNEL },
  { path: '/tunnel-health/*', ...TUNNEL },
  { path: '/tunnel-failover/*', ...TUNNEL },
  { path: '/tunnel-sharing/*', ...TUNNEL },
  { path: '/tunnel-usage/*', ...TUNNEL },
  { path: '/tunnel-webhooks/*', ...WEBHOOK, body: 'webhook' },
  { path: '/tunnel/register', ...CONTAINERS },
  { path: '/tunnel/unregister', ...CONTAINERS },
  { path: '/tunnel/health/:userId', ...CONTAINERS },
  { path: '/tunnel/metrics', ...CONTAINERS },
  // What is sent through belongs to whatever answers at the other end.
  { path: '/direct-proxy/*', access: 'user', feature: 'directTunnelOnly' },

  { path: '/proxy-config/*', ...USER },
  { path: '/proxy-diagnostics/*', ...USER },
  { path: '/proxy-failover/*', ...USER },
  { path: '/proxy-health/*', ...USER },
  { path: '/proxy-metrics/*', ...USER },
  { path: '/proxy-scaling/*', ...USER },
  { path: '/proxy-usage/*', ...USER },
  { path: '/proxy-webhooks/*', ...WEBHOOK, body: 'webhook' },

  { path: '/webhook-event-filters/*', ...WEBHOOK },
  { path: '/webhook-payload-transformations/*', ...WEBHOOK },
  { path: '/webhook-rate-limiting/*', ...WEBHOOK },
  { path: '/webhook-testing/*', ...WEBHOOK, body: 'webhook' },

  { path: '/conversations/*', ...USER },
  { path: '/turn/credentials', ...USER },
  // WebSockets: a handshake is a GET.
  { path: '/ssh', methods: ['GET'], ...USER },
  { path: '/ws', methods: ['GET'], ...USER },

  { path: '/ollama/*', access: 'userOrKey', ...PATIENT },
  { path: '/bridge-polling/register', ...BRIDGE, limit: 'bridgeRegister' },
  { path: '/bridge-polling/:id/poll', ...BRIDGE, ...PATIENT, limit: 'bridgePoll' },
  { path: '/bridge-polling/:id/heartbeat', ...BRIDGE, limit: 'bridgeHeartbeat' },
  { path: '/bridge-polling/:id/provider-status', ...BRIDGE, limit: 'bridgeProviderStatus' },
  { path: '/bridge-polling/:id/status', ...BRIDGE },
  { path: '/bridge-polling/:id/response', ...BRIDGE },
]
