import type { Exchange, Waited } from '../exchange.ts'
import { holds, isAdmin } from '../policy/principal.ts'
import { VIEWER } from '../policy/routes.ts'

const NAMES: readonly Waited[] = ['identity', 'place', 'store', 'body', 'upstream']

/** Whether the caller may see how the gateway fares. Only who was admitted: a token may be good no more. */
export function mayLook({ caller, verdict }: Exchange): boolean {
  if (caller?.kind !== 'user' || verdict?.outcome !== 'admitted') return false
  const { principal } = caller
  return isAdmin(principal) && VIEWER.anyPermission.some((one) => holds(principal, one))
}

/** For whom the request waited, in milliseconds, and how long it took to the header of its answer. */
export function timingsOf({ waited }: Exchange, totalMs: number): string {
  const parts = NAMES.flatMap((name) => {
    const wait = waited[name]
    return wait ? [`${name};dur=${wait.ms}`] : []
  })
  return [...parts, `total;dur=${totalMs}`].join(', ')
}
