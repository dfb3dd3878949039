import { randomBytes } from 'node:crypto'
import type { LocalIssuer } from '../issuer.ts'

export interface Tokens {
  readonly FREE: string
  readonly ENTERPRISE: string
  readonly ADMIN: string
  /** Of FREE; each exchange ends it and gives another. */
  readonly REFRESH: string
}

/** A day at the desk. */
const EXPIRES_IN_SECONDS = 12 * 3600

export async function mintTokens(issuer: LocalIssuer): Promise<Tokens> {
  // New callers at every start: with a store that lasts, the old ones may be over their limits.
  const session = randomBytes(4).toString('hex')
  const expiresInSeconds = EXPIRES_IN_SECONDS
  const free = { subject: `dev|free-${session}`, tier: 'free' } as const
  const [FREE, ENTERPRISE, ADMIN] = await Promise.all([
    issuer.mint({ ...free, expiresInSeconds }),
    issuer.mint({ subject: `dev|enterprise-${session}`, tier: 'enterprise', expiresInSeconds }),
    issuer.mint({
      subject: `dev|admin-${session}`,
      tier: 'enterprise',
      roles: ['super_admin'],
      expiresInSeconds,
    }),
  ])
  return { FREE, ENTERPRISE, ADMIN, REFRESH: issuer.mintRefreshToken({ token: free }) }
}
