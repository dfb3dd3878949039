import type { Route } from './exchange.ts'

export interface Match {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** The first route for the path, without its mount. Throws on a broken percent-escape. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match | null {
  // HEAD is answered as GET; Node leaves the body out.
  const asked = method === 'HEAD' ? 'GET' : method
  for (const route of routes) {
    if (route.methods && !route.methods.includes(asked)) continue
    const params = paramsFrom(route.path, path)
    if (params) return { route, params }
  }
  return null
}

function paramsFrom(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    const segment = given[i] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(segment)
    else if (part !== segment) return null
  }
  return params
}
