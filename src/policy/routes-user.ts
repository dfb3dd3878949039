import type { Route } from './route.ts'

const USER = { access: 'user' } as const
const TUNNEL = { access: 'user', resource: 'TUNNEL' } as const
const WEBHOOK = { access: 'user', resource: 'WEBHOOK' } as const
const CONTAINERS = {
  access: 'user',
  feature: 'containerOrchestration',
  resource: 'TUNNEL',
} as const
const API_KEY = { methods: ['POST'], access: 'user', limit: 'apiKeys' } as const
const BRIDGE = { access: 'userOrKey' } as const

// The upstream holds a poll for 30 s and a model's first word for 60 s; it should be the one to give up.
const PATIENT = { timeoutMs: 65_000 } as const

/** What a verified user, or a bridge with an API key, may use. A narrower row stands before its subtree. */
export const USER_ROUTES: readonly Route[] = [
  { path: '/auth/me', ...USER },
  { path: '/auth/logout', methods: ['POST'], ...USER, revokes: 'token' },
  { path: '/auth/session/revoke', ...USER, resource: 'SESSION' },
  { path: '/auth/sessions/current', ...USER, resource: 'SESSION' },
  { path: '/auth-audit/audit-logs/*', ...USER },

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

  { path: '/tunnels/*', ...TUNNEL },
  { path: '/tunnel-health/*', ...TUNNEL },
  { path: '/tunnel-failover/*', ...TUNNEL },
  { path: '/tunnel-sharing/*', ...TUNNEL },
  { path: '/tunnel-usage/*', ...TUNNEL },
  { path: '/tunnel-webhooks/*', ...WEBHOOK },
  { path: '/tunnel/register', ...CONTAINERS },
  { path: '/tunnel/unregister', ...CONTAINERS },
  { path: '/tunnel/health/:userId', ...CONTAINERS },
  { path: '/tunnel/metrics', ...CONTAINERS },
  { path: '/direct-proxy/*', ...USER, feature: 'directTunnelOnly' },

  { path: '/proxy-config/*', ...USER },
  { path: '/proxy-diagnostics/*', ...USER },
  { path: '/proxy-failover/*', ...USER },
  { path: '/proxy-health/*', ...USER },
  { path: '/proxy-metrics/*', ...USER },
  { path: '/proxy-scaling/*', ...USER },
  { path: '/proxy-usage/*', ...USER },
  { path: '/proxy-webhooks/*', ...WEBHOOK },

  { path: '/webhook-event-filters/*', ...WEBHOOK },
  { path: '/webhook-payload-transformations/*', ...WEBHOOK },
  { path: '/webhook-rate-limiting/*', ...WEBHOOK },
  { path: '/webhook-testing/*', ...WEBHOOK },

  { path: '/conversations/*', ...USER },
  { path: '/turn/credentials', ...USER },
  // WebSockets: a handshake is a GET.
  { path: '/ssh', methods: ['GET'], ...USER },
  { path: '/ws', methods: ['GET'], ...USER },

  { path: '/ollama/*', ...BRIDGE, ...PATIENT },
  { path: '/bridge-polling/register', ...BRIDGE, limit: 'bridgeRegister' },
  { path: '/bridge-polling/:id/poll', ...BRIDGE, ...PATIENT, limit: 'bridgePoll' },
  { path: '/bridge-polling/:id/heartbeat', ...BRIDGE, limit: 'bridgeHeartbeat' },
  { path: '/bridge-polling/:id/provider-status', ...BRIDGE, limit: 'bridgeProviderStatus' },
  { path: '/bridge-polling/:id/status', ...BRIDGE },
  { path: '/bridge-polling/:id/response', ...BRIDGE },
]
