import { allow } from '../contract/decision.ts'
import type { Window } from '../policy/charge.ts'
import type { Limits } from '../policy/windows.ts'
import { answer, type Visit } from './page.ts'

/** What the figures are to be read by. None of it is secret. */
export async function readSettings({ environment, limits }: Visit) {
  return allow(answer({ environment, limits: linesOf(limits) }))
}

/** Named as traffic names them: by whom they count, or by the route's limit, and the window's seconds. */
function linesOf({ ip, key, tiers, routes }: Limits) {
  return [
    ...ip.map((window) => lineOf('ip', window)),
    ...key.map((window) => lineOf('key', window)),
    ...Object.entries(tiers).flatMap(([tier, windows]) =>
      windows.map((window) => ({ ...lineOf('user', window), tier })),
    ),
    ...Object.values(routes).flatMap(({ per, windows }) =>
      windows.map((window) => ({ ...lineOf(per, window), name: window.id })),
    ),
  ]
}

function lineOf(of: 'ip' | 'key' | 'user' | 'caller', { id, seconds, limit, shadow }: Window) {
  return { name: `${of}:${id}`, of, window: id, seconds, limit, shadow: shadow === true }
}
