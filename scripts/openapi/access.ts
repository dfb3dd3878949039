import { LIMITS, type LimitTable } from '../../src/policy/limits.ts'
import type { Route } from '../../src/policy/route.ts'
import { tiersWith } from '../../src/policy/tiers.ts'
import type { Json } from './body-schema.ts'

export const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      "A token of one of the gateway's issuers. What is listed beside it are permissions that the token must hold. A WebSocket handshake may bring it as `Sec-WebSocket-Protocol: bearer, TOKEN` or as `?access_token=`.",
  },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'A key `ctll_…`, also as `Authorization: Bearer ctll_…`; never beside a token.',
  },
} as const

/** One of these is enough. Where nobody need be known, a good token is used all the same. */
export function securityOf({ access, permissions = [], anyPermission }: Route): Json[] {
  switch (access) {
    case 'public':
      return [{}, { bearer: [] }]
    case 'userOrKey':
      return [{ bearer: [] }, { apiKey: [] }]
    default:
      return anyPermission
        ? anyPermission.map((permission) => ({ bearer: [...permissions, permission] }))
        : [{ bearer: permissions }]
  }
}

const WHO = {
  public: 'Open to everybody',
  user: 'For verified users',
  userOrKey: 'For verified users and API keys',
  admin: 'For admins',
} as const satisfies Record<Route['access'], string>

export function whoMay({ access, permissions, anyPermission, feature }: Route): string {
  const demands = [
    ...(permissions ? [`with ${permissions.join(' and ')}`] : []),
    ...(anyPermission ? [`with ${anyPermission.join(' or ')}`] : []),
    ...(feature ? [`whose tier has ${feature} (${tiersWith(feature).join(', ')})`] : []),
  ]
  return [WHO[access], ...demands].join(' ')
}

/** What a row asks of its callers beside who they are, a sentence each. */
export function terms(route: Route): string[] {
  const { path, limit, cost, revokes, timeoutMs, page } = route
  return [
    ...(path.endsWith('/*') ? [`One of all paths under \`${path}\`, however deep.`] : []),
    ...(limit ? [limitSentence(limit)] : []),
    ...(cost ? [`Counts as ${cost} requests.`] : []),
    ...(revokes ? [`Signs out: revokes ${revokes === 'all' ? 'all tokens' : 'the token'}.`] : []),
    ...(timeoutMs ? [`The API has ${timeoutMs / 1000} s for its first byte.`] : []),
    ...(page ? ['The gateway answers it itself.'] : []),
  ]
}

function limitSentence(name: string): string {
  const limits: LimitTable['routes'] = LIMITS.routes
  const limit = limits[name]
  if (!limit) throw new Error(`no limit is called ${name}`)
  const windows = Object.entries(limit.windows).map(
    ([window, most]) =>
      `${typeof most === 'number' ? most : most.limit} in ${/^\d/.test(window) ? `${window} s` : `a ${window}`}`,
  )
  const whose = limit.per === 'ip' ? 'address' : 'caller'
  const outage = limit.outage === 'refuse' ? ', CACHE_UNAVAILABLE while the store is away' : ''
  return `Has the limit \`${name}\` beside the general ones: ${windows.join(', ')} for each ${whose}${outage}.`
}
