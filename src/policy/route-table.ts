import { TrieRouter } from 'hono/router/trie-router'
import { METHODS, type Method, type Route } from './route.ts'

/** Rows made ready for look-up. The first row whose path and method fit is the one that answers. */
export interface RouteTable {
  find(method: string, path: string): Route | undefined
  /** What is answered at this path. Empty: it is not listed. */
  methods(path: string): readonly Method[]
}

// Less than Hono's router takes: a pattern in braces, an optional segment or a star in the middle would need a
// second reader beside the router to tell whether a path is spelled as its row.
const ROUTE_PATH =
  /^\/$|^(?=\/)(?:\/(?::[a-z]\w*|[\w.~!$&'()+,=@-][\w.~!$&'()+,=@:-]*))*(?:\/\*)?$/i

/** Whether a row may have this path: literal segments, `:name`, and `/*` at the end. */
export function isRoutePath(path: string): boolean {
  return ROUTE_PATH.test(path)
}

interface Row {
  readonly route: Route
  readonly methods: ReadonlySet<string>
  readonly literals: readonly (readonly [index: number, segment: string])[]
}

/**
 * Paths are case-sensitive, but many servers' are not: to them `/quotas/RESET` is `/quotas/reset`, which may demand
 * more than the `/quotas/:id` it fits here. So a row is looked for without regard to case, and answers only when
 * the path spells its literals as it does. Of two rows that differ in case alone, the second never answers.
 */
export function compileRoutes(routes: readonly Route[]): RouteTable {
  const router = new TrieRouter<Row>()
  for (const route of routes) {
    if (!isRoutePath(route.path)) throw new Error(`not the path of a route: ${route.path}`)
    router.add('ALL', route.path.toLowerCase(), rowFrom(route))
  }

  function find(method: string, path: string): Route | undefined {
    const fitted = withoutTrailingSlash(path)
    for (const [row] of router.match('ALL', fitted.toLowerCase())[0]) {
      if (row.methods.has(method)) return isSpelledAs(row, fitted) ? row.route : undefined
    }
    return undefined
  }

  function methods(path: string): readonly Method[] {
    return METHODS.filter((method) => find(method, path))
  }

  return { find, methods }
}

function rowFrom(route: Route): Row {
  const methods = new Set<string>(route.methods ?? METHODS)
  if (methods.has('GET')) methods.add('HEAD')
  const literals = [...route.path.split('/').entries()].filter(
    ([, segment]) => !segment.startsWith(':') && segment !== '*',
  )
  return { route, methods, literals }
}

function isSpelledAs({ literals }: Row, path: string): boolean {
  const segments = path.split('/')
  return literals.every(([index, segment]) => segments[index] === segment)
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
