import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Exchange } from '../exchange.ts'
import type { Ports } from '../ports.ts'
import type { Caller } from './identify.ts'

/** Long enough for a slow connection and a clock that is a little wrong; useless by the time a log is read. */
const LIFETIME_SECONDS = 60

/** Says under signature for whom, and for which request, the gateway speaks: also that it knows nobody. */
export async function vouch(
  forwarded: Request,
  { caller, correlationId }: Exchange,
  environment: string,
  { signer, now, random }: Pick<Ports, 'signer' | 'now' | 'random'>,
): Promise<Decision<void, 'CONFIGURATION_ERROR'>> {
  if (!signer) return allow()
  const { origin, pathname, search } = new URL(forwarded.url)
  const issuedAt = Math.floor(now() / 1000)
  const assertion = await signer.sign({
    iss: `gateway:${environment}`,
    aud: origin,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
    jti: random(16).toHex(),
    method: forwarded.method,
    // A digest: the upstream bounds its headers, and a long query must not count twice in them.
    target: await digestOf(pathname + search),
    correlationId,
    ...whoIs(caller),
  })
  if (assertion === undefined) return { ...deny('CONFIGURATION_ERROR'), cause: 'signing key' }
  forwarded.headers.set('X-Gateway-Assertion', assertion)
  return allow()
}

function whoIs(caller: Caller = { kind: 'anonymous' }) {
  if (caller.kind === 'anonymous') return { caller: 'anonymous' }
  if (caller.kind === 'key') return { caller: 'key', keyHash: caller.hash }
  const { subject, issuer, tier, roles, permissions } = caller.principal
  return { caller: 'user', sub: subject, userIssuer: issuer, tier, roles, permissions }
}

async function digestOf(target: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(target))
  return new Uint8Array(digest).toBase64({ alphabet: 'base64url', omitPadding: true })
}
