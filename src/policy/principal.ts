import type { Claims } from './claims.ts'
import type { ClaimNames, Issuer } from './issuer.ts'
import { type Tier, tierFrom } from './tiers.ts'
import { tokenIdFrom } from './token-id.ts'

/** A caller whose token was verified. */
export interface Principal {
  readonly issuer: string
  readonly subject: string
  readonly tier: Tier
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
  /** Unix seconds, both. */
  readonly issuedAt: number
  readonly expiresAt: number
  /** What this one token is called where it is revoked. */
  readonly tokenId: string
}

/**
 * Claims that only the identity provider writes. `user_metadata` is left out on purpose: users edit it themselves.
 */
export const DEFAULT_CLAIMS: ClaimNames = {
  tier: [
    'https://cloudtolocalllm.com/tier',
    'https://cloudtolocalllm.com/app_metadata.tier',
    'app_metadata.tier',
    'app_metadata.subscription',
    'app_metadata.plan',
  ],
  roles: [
    'https://cloudtolocalllm.com/app_metadata.role',
    'https://cloudtolocalllm.online/roles',
    'roles',
    'role',
  ],
  permissions: ['permissions', 'https://cloudtolocalllm.com/permissions', 'scope'],
}

const ADMIN_ROLES = ['admin', 'super_admin', 'support_admin', 'finance_admin']

/** What a role brings without its being listed in the token. A super_admin may everything. */
const PERMISSIONS_OF_ROLE: Readonly<Record<string, readonly string[]>> = {
  support_admin: [
    'view_users',
    'edit_users',
    'suspend_users',
    'view_sessions',
    'terminate_sessions',
    'view_payments',
    'view_audit_logs',
  ],
  finance_admin: [
    'view_users',
    'view_payments',
    'process_refunds',
    'view_subscriptions',
    'edit_subscriptions',
    'view_reports',
    'export_reports',
    'view_audit_logs',
  ],
}

/** Reads a verified claim set. */
export async function principalFrom(
  claims: Claims,
  { issuer, claims: names }: Issuer,
): Promise<Principal> {
  const roles = names.roles.flatMap((name) => wordsOf(claimOf(claims, name)))
  const listed = names.permissions.flatMap((name) => wordsOf(claimOf(claims, name)))
  return {
    issuer,
    subject: claims.sub,
    tier: tierFrom(firstPresent(claims, names.tier)),
    roles,
    permissions: [...listed, ...roles.flatMap((role) => permissionsOf(role))],
    issuedAt: claims.iat,
    expiresAt: claims.exp,
    tokenId: await tokenIdFrom(claims),
  }
}

export function isAdmin({ roles }: Principal): boolean {
  return roles.some((role) => ADMIN_ROLES.includes(role))
}

export function holds({ roles, permissions }: Principal, permission: string): boolean {
  return roles.includes('super_admin') || permissions.includes(permission)
}

function permissionsOf(role: string): readonly string[] {
  return Object.hasOwn(PERMISSIONS_OF_ROLE, role) ? (PERMISSIONS_OF_ROLE[role] ?? []) : []
}

/** A claim by its name; where none has it, by the name's parts around each of its dots. */
function claimOf(claims: unknown, name: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined
  if (Object.hasOwn(claims, name)) return (claims as Record<string, unknown>)[name]
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const head = name.slice(0, dot)
    if (Object.hasOwn(claims, head)) {
      return claimOf((claims as Record<string, unknown>)[head], name.slice(dot + 1))
    }
  }
  return undefined
}

function firstPresent(claims: Claims, names: readonly string[]): unknown {
  return names.map((name) => claimOf(claims, name)).find((value) => typeof value === 'string')
}

/** Roles and permissions come as arrays or, like OAuth's `scope`, as words in a string. */
function wordsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(Boolean)
  return Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : []
}
