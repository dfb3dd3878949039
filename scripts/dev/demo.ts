import type { Route } from '../../src/policy/route.ts'
import { mounted, ROUTES } from '../../src/policy/routes.ts'
import type { Limits } from '../../src/policy/windows.ts'

const LIMIT = 'bridgeRegister'
const LIMITED = '/demo/status/200'

/** The demo upstream's ways to fail, open to everybody; two of its paths ask for a token, to show what that does. */
const demoRows: readonly Route[] = [
  { path: LIMITED, methods: ['GET'], access: 'user', limit: LIMIT },
  { path: '/demo/echo', access: 'user' },
  { path: '/demo/*', access: 'public' },
]

/** The built-in table and the demo's rows, as the `ROUTES` setting has them. */
export function demoRoutes(): string {
  return JSON.stringify([...mounted(demoRows), ...ROUTES])
}

export interface Example {
  readonly status: number
  readonly line: string
}

/** A line for each answer, right whenever it is pasted. */
export function examples(gateway: string, limits: Limits): readonly Example[] {
  const whole = "curl -si -w '\\n'"
  const asFree = '-H "Authorization: Bearer $FREE"'
  const enough = 1 + Math.min(...(limits.routes[LIMIT]?.windows ?? []).map(({ limit }) => limit))
  const limited = `curl -s -w ' %{http_code}\\n' ${asFree} "${gateway}${LIMITED}?[1-${enough}]"`
  return [
    { status: 200, line: `${whole} ${asFree} ${gateway}/tunnels` },
    { status: 401, line: `${whole} ${gateway}/tunnels` },
    { status: 403, line: `${whole} ${asFree} ${gateway}/admin/users` },
    ...(Number.isFinite(enough) ? [{ status: 429, line: limited }] : []),
    { status: 503, line: `${whole} ${gateway}/demo/errors/8` },
  ]
}
