import type { Route } from './route.ts'

const READ = { methods: ['GET'], access: 'public' } as const
const TOKEN = { methods: ['POST'], access: 'public', limit: 'token', body: 'json' } as const

export const REFRESH: Route = {
  path: '/auth/token/refresh',
  ...TOKEN,
  credential: 'refreshToken',
}

/** Open to everybody: health, documentation, versions, and what a client needs before it has a token. */
export const OPEN_ROUTES: readonly Route[] = [
  { path: '/health', access: 'public' },
  { path: '/db/health', access: 'public' },

  { path: '/service-version', ...READ },
  { path: '/versions', ...READ },
  { path: '/queue/status', ...READ },
  { path: '/docs/*', ...READ },
  { path: '/changelog', ...READ },
  // Its latest and its statistics have the same shape as a version.
  { path: '/changelog/:version', ...READ },
  { path: '/deprecation/status', ...READ },
  { path: '/deprecation/deprecated', ...READ },
  { path: '/deprecation/sunset', ...READ },
  { path: '/deprecation/migration-guide/:id', ...READ },
  { path: '/deprecation/endpoint-info', ...READ },
  { path: '/users/tier/tiers', ...READ },

  { path: '/client-logs', methods: ['POST'], access: 'public', body: 'json' },

  REFRESH,
  { path: '/auth/token/validate', ...TOKEN },
  { path: '/auth/token/check-expiry', ...TOKEN },

  // Its signature, over the body's bytes, is the upstream's to check: nobody here reads them.
  { path: '/webhooks/stripe', methods: ['POST'], access: 'public', resource: 'WEBHOOK' },
]
