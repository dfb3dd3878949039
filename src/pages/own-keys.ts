import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Ports } from '../ports.ts'

/** How long a changed set may go unnoticed by who keeps it. */
const MAX_AGE_SECONDS = 300

/** What the upstream checks assertions by: a JWK set (RFC 7517, section 5). */
export async function ownKeys({
  signer,
}: Pick<Ports, 'signer'>): Promise<Decision<Response, 'NOT_FOUND'>> {
  if (!signer) return deny('NOT_FOUND')
  const keys = await signer.publicKeys()
  return allow(
    Response.json(
      { keys },
      {
        headers: {
          'Content-Type': 'application/jwk-set+json',
          'Cache-Control': `public, max-age=${MAX_AGE_SECONDS}`,
        },
      },
    ),
  )
}
