import type { ErrorCode } from '../../src/contract/catalogue.ts'
import { faultsIn } from '../../src/policy/bodies/faults.ts'
import { SCHEMAS } from '../../src/policy/bodies/schemas.ts'
import { LIMITS } from '../../src/policy/limits.ts'
import { METHODS, type Route } from '../../src/policy/route.ts'
import { OWN_ROUTES, ROUTES } from '../../src/policy/routes.ts'

/** A path of the built-in table where something is demanded that the code denies. */
export interface RouteBehind {
  readonly path: string
  /** Absent: all. */
  readonly methods?: readonly string[]
}

type Demands = (route: Route) => boolean

const REFRESHES: Demands = ({ credential }) => credential === 'refreshToken'
const about =
  (wanted: Route['resource']): Demands =>
  ({ resource }) =>
    resource === wanted

/** Which rows a code is about; every other code is about all guarded ones, or about any. */
const DEMANDS: Readonly<Partial<Record<ErrorCode, Demands>>> = {
  ADMIN_REQUIRED: ({ access }) => access === 'admin',
  INSUFFICIENT_PERMISSIONS: ({ permissions, anyPermission }) =>
    permissions !== undefined || anyPermission !== undefined,
  TIER_FEATURE_UNAVAILABLE: ({ feature }) => feature !== undefined,
  RATE_LIMIT_EXCEEDED: ({ limit }) => limit !== undefined,
  CACHE_UNAVAILABLE: ({ limit, revokes }) => refusesInOutage(limit) || revokes !== undefined,
  TOKEN_REFRESH_FAILED: REFRESHES,
  TOKEN_REFRESH_ERROR: REFRESHES,
  INVALID_REFRESH_TOKEN: REFRESHES,
  MISSING_REFRESH_TOKEN: REFRESHES,
  MISSING_PARAMETER: judging('MISSING_PARAMETER'),
  INVALID_EMAIL: judging('INVALID_EMAIL'),
  INVALID_URL: judging('INVALID_URL'),
  MISSING_SESSION_ID: judging('MISSING_SESSION_ID'),
  INVALID_TUNNEL_CONFIG: judging('INVALID_TUNNEL_CONFIG'),
  INVALID_PARAMETER: ({ parameters }) => parameters === 'checked',
  INVALID_JSON: ({ body }) => body !== undefined,
  USER_NOT_FOUND: about('USER'),
  TUNNEL_NOT_FOUND: about('TUNNEL'),
  SESSION_NOT_FOUND: about('SESSION'),
  WEBHOOK_NOT_FOUND: about('WEBHOOK'),
}

/** The API's rows without their second mount under `/api`. */
const ROWS = [...OWN_ROUTES, ...ROUTES.filter(({ path }) => !path.startsWith('/api/'))]

export function routesBehind(code: ErrorCode): readonly RouteBehind[] {
  const demands = DEMANDS[code]
  if (!demands) return []
  const byPath = Map.groupBy(ROWS.filter(demands), ({ path }) => path)
  return [...byPath].map(([path, rows]) => {
    const methods = rows.flatMap((row) => row.methods ?? METHODS)
    return { path, ...(methods.length < METHODS.length && { methods }) }
  })
}

function refusesInOutage(limit: string | undefined): boolean {
  return Object.entries(LIMITS.routes).some(
    ([name, { outage }]) => name === limit && outage === 'refuse',
  )
}

const FIELDS = ['name', 'email', 'recipientEmail', 'profile', 'url', 'webhookUrl', 'callbackUrl']
const SETTINGS = ['maxConnections', 'timeout', 'compression', 'config', 'sessionId']

/** Bodies with which every schema finds fault: with nothing in them, and with nothing right. */
const FAULTY = [
  {},
  Object.fromEntries([...FIELDS, ...SETTINGS].map((name) => [name, ['']])),
  { config: { maxConnections: [''] } },
]

/** The rows whose schema finds such a fault in one of those bodies. */
function judging(code: ErrorCode): Demands {
  return ({ body }) => {
    if (body === undefined || body === 'json') return false
    return FAULTY.some((faulty) =>
      faultsIn(faulty, SCHEMAS[body]).some((fault) => fault.code === code),
    )
  }
}
