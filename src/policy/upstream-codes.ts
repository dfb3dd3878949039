import type { ErrorCode } from '../contract/catalogue.ts'

/** The one code that only the upstream can know about a token that this gateway verified. */
export const REVOKED = 'SESSION_REVOKED'

/** The backend's own codes whose meaning a contract code carries. */
export const UPSTREAM_CODES: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['NO_TOKEN', 'MISSING_TOKEN'],
  ['AUTH_TOKEN_MISSING', 'MISSING_TOKEN'],
  ['MISSING_API_KEY', 'MISSING_TOKEN'],
  ['AUTH_TOKEN_INVALID', 'INVALID_TOKEN'],
  ['INVALID_API_KEY', 'INVALID_TOKEN'],
  ['AUTH_TOKEN_EXPIRED', 'TOKEN_EXPIRED'],
  ['AUTHENTICATION_REQUIRED', 'AUTH_REQUIRED'],
  [REVOKED, 'AUTH_REQUIRED'],
  ['ADMIN_ACCESS_REQUIRED', 'ADMIN_REQUIRED'],
  ['INSUFFICIENT_ROLE', 'INSUFFICIENT_PERMISSIONS'],
  ['INSUFFICIENT_SCOPES', 'INSUFFICIENT_PERMISSIONS'],
  ['FORBIDDEN', 'INSUFFICIENT_PERMISSIONS'],
  ['FEATURE_UNAVAILABLE', 'TIER_FEATURE_UNAVAILABLE'],
  ['TIER_INSUFFICIENT', 'TIER_FEATURE_UNAVAILABLE'],
  ['DIRECT_PROXY_FORBIDDEN', 'TIER_FEATURE_UNAVAILABLE'],
  ['INVALID_CONFIG', 'INVALID_TUNNEL_CONFIG'],
  ['QUEUE_FULL', 'RATE_LIMIT_EXCEEDED'],
])

interface Shape {
  readonly pattern: RegExp
  readonly code: ErrorCode
  /** Absent: at every status. */
  readonly at?: readonly number[]
}

// Where a prefix or suffix is a guess, only a status that is about the request's content bears it out:
// PAYMENT_REQUIRED on a 402 or EMAIL_VERIFICATION_REQUIRED on a 403 names no missing parameter.
const ABOUT_CONTENT = [400, 404, 410, 422]

export const SHAPES: readonly Shape[] = [
  { pattern: /^ADMIN_(?:\w+_)?LIMIT_EXCEEDED$/, code: 'RATE_LIMIT_EXCEEDED' },
  { pattern: /_NOT_INITIALIZED$/, code: 'SERVICE_UNAVAILABLE' },
  { pattern: /^MISSING_|_REQUIRED$/, code: 'MISSING_PARAMETER', at: ABOUT_CONTENT },
  { pattern: /^INVALID_/, code: 'INVALID_PARAMETER', at: ABOUT_CONTENT },
  { pattern: /_NOT_FOUND$/, code: 'NOT_FOUND', at: ABOUT_CONTENT },
]

export function codeNamed(upstreamCode: string): ErrorCode | undefined {
  return UPSTREAM_CODES.get(upstreamCode)
}

export function codeShapedLike(upstreamCode: string, status: number): ErrorCode | undefined {
  return SHAPES.find(
    ({ pattern, at }) => pattern.test(upstreamCode) && (at?.includes(status) ?? true),
  )?.code
}
