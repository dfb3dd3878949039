import { allow, type Decision, deny } from '../contract/decision.ts'
import { preferred } from '../contract/media-types.ts'
import type { Ports } from '../ports.ts'
import { expositionOf } from '../watch/exposition.ts'
import type { Visit } from './page.ts'

/** Everything that was ever counted, for monitoring that reads it now and then. */
export async function metricsPage(
  { request }: Visit,
  { traffic, now }: Pick<Ports, 'traffic' | 'now'>,
): Promise<Decision<Response, 'CACHE_UNAVAILABLE'>> {
  const total = await traffic.total(now())
  if (!total) return deny('CACHE_UNAVAILABLE')
  const accepted = request.headers.get('Accept')
  const type = preferred(accepted, ['text/plain', 'application/openmetrics-text'])
  const [dialect, version] =
    type === 'text/plain' ? (['prometheus', '0.0.4'] as const) : (['openmetrics', '1.0.0'] as const)
  return allow(
    new Response(expositionOf(total, dialect), {
      headers: {
        'Content-Type': `${type}; version=${version}; charset=utf-8`,
        'Cache-Control': 'no-store',
        Vary: 'Accept',
      },
    }),
  )
}
