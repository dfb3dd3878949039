import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Ports } from '../ports.ts'
import { answer } from './page.ts'

/**
 * Who of those the gateway leans on is away? Without the upstream or the signing keys it cannot serve; without the
 * store it can, for a while.
 */
export async function ready({
  readiness,
}: Pick<Ports, 'readiness'>): Promise<Decision<Response, 'SERVICE_UNAVAILABLE'>> {
  const dependencies = await readiness.check()
  const { store, keys, upstream } = dependencies
  if (keys.state === 'down' || upstream.state === 'down') {
    return deny('SERVICE_UNAVAILABLE', { dependencies })
  }
  const status = store.state === 'up' ? 'ready' : 'degraded'
  return allow(answer({ status, dependencies }))
}
