import { fieldsOf, type Route, sendJson } from './exchange.ts'

const paid = [
  'containerOrchestration',
  'teamFeatures',
  'apiAccess',
  'prioritySupport',
  'advancedNetworking',
  'multipleInstances',
]

const tierFeatures: Readonly<Record<string, readonly string[]>> = {
  free: ['directTunnelOnly'],
  premium: paid,
  enterprise: paid,
}

export const accountRoutes: readonly Route[] = [
  {
    methods: ['GET'],
    path: '/auth/me',
    answer: (exchange) => {
      const { sub, permissions } = claimsOf(exchange.request.headers.authorization)
      sendJson(exchange, 200, { id: sub ?? 'unknown', permissions: permissions ?? [] })
    },
  },
  {
    methods: ['POST'],
    path: '/auth/logout',
    answer: ({ response }) => {
      response.writeHead(204).end()
    },
  },
  {
    methods: ['POST'],
    path: '/auth/token/validate',
    answer: (exchange) => {
      const { token } = fieldsOf(exchange.body)
      const { sub } = claimsOf(typeof token === 'string' ? `Bearer ${token}` : undefined)
      sendJson(exchange, 200, sub ? { valid: true, sub } : { valid: false, reason: 'Not a token' })
    },
  },
  {
    methods: ['GET'],
    path: '/users/tier',
    answer: (exchange) => {
      const claimed = claimsOf(exchange.request.headers.authorization)[
        'https://cloudtolocalllm.com/tier'
      ]
      const tier = typeof claimed === 'string' && claimed in tierFeatures ? claimed : 'free'
      sendJson(exchange, 200, { tier, features: tierFeatures[tier] })
    },
  },
  {
    methods: ['GET'],
    path: '/users/profile',
    answer: (exchange) => {
      const { sub } = claimsOf(exchange.request.headers.authorization)
      sendJson(exchange, 200, {
        id: sub ?? 'unknown',
        email: 'ada@example.com',
        displayName: 'Ada',
        preferences: { theme: 'dark', language: 'en' },
        createdAt: '2026-03-14T10:00:00.000Z',
      })
    },
  },
  {
    methods: ['GET'],
    path: '/admin/users',
    answer: (exchange) =>
      sendJson(exchange, 200, {
        users: [
          { id: 'auth0|ada', email: 'ada@example.com', tier: 'enterprise', status: 'active' },
          { id: 'auth0|bob', email: 'bob@example.com', tier: 'free', status: 'suspended' },
        ],
        pagination: { page: 1, limit: 50, total: 2 },
      }),
  },
]

// Decoded, never verified: the API leans on the gateway for that, and so does this one.
function claimsOf(authorization: string | undefined): Readonly<Record<string, unknown>> {
  const payload = authorization?.match(/^Bearer [^.]+\.([^.]+)\./)?.[1]
  if (payload === undefined) return {}
  try {
    return fieldsOf(Buffer.from(payload, 'base64url'))
  } catch {
    return {}
  }
}
