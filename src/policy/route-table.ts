import { METHODS, type Method, type Route } from './route.ts'

/** Rows made ready for look-up. The first row whose path and method fit is the one that answers. */
export interface RouteTable {
  find(method: string, path: string): Route | undefined
  /** What is answered at this path. Empty: it is not listed. */
  methods(path: string): readonly Method[]
}

// Less than Hono's router takes: no pattern in braces, no optional segment, no star but at the end.
const ROUTE_PATH =
  /^\/$|^(?=\/)(?:\/(?::[a-z]\w*|[\w.~!$&'()+,=@-][\w.~!$&'()+,=@:-]*))*(?:\/\*)?$/i

/** Whether a row may have this path: literal segments, `:name`, and `/*` at the end. */
export function isRoutePath(path: string): boolean {
  return ROUTE_PATH.test(path)
}

interface Row {
  readonly route: Route
  readonly methods: readonly string[]
  /** The path's segments, without the star of a subtree; the first is empty. */
  readonly spelled: readonly string[]
  readonly folded: readonly string[]
  readonly isSubtree: boolean
}

/**
 * Paths are case-sensitive, but many servers' are not: to them `/quotas/RESET` is `/quotas/reset`, which may demand
 * more than the `/quotas/:id` it fits here. So a row is looked for without regard to case, and answers only when
 * the path spells its literals as it does. Of two rows that differ in case alone, the second never answers.
 */
export function compileRoutes(routes: readonly Route[]): RouteTable {
  // Hono's trie would take 3 ms of every start to be built.
  const { byArea, anywhere } = byFirstSegment(routes.map(rowFrom))

  function find(method: string, path: string): Route | undefined {
    const segments = withoutTrailingSlash(path).split('/')
    const folded = segments.map((segment) => segment.toLowerCase())
    const row = (byArea.get(folded[1] ?? '') ?? anywhere).find(
      (candidate) => fits(candidate, folded) && answers(candidate, method),
    )
    return row && isSpelledAs(row, segments) ? row.route : undefined
  }

  function methods(path: string): readonly Method[] {
    return METHODS.filter((method) => find(method, path))
  }

  return { find, methods }
}

function rowFrom(route: Route): Row {
  const { path, methods = METHODS } = route
  if (!isRoutePath(path)) throw new Error(`not the path of a route: ${path}`)
  const isSubtree = path.endsWith('/*')
  const spelled = (isSubtree ? path.slice(0, -2) : path).split('/')
  const folded = spelled.map((segment) => segment.toLowerCase())
  return { route, methods, spelled, folded, isSubtree }
}

/** The rows that a path can fit by its first segment, in their order: the others need not be looked at. */
function byFirstSegment(rows: readonly Row[]) {
  const byArea = new Map<string, Row[]>()
  const anywhere: Row[] = []
  for (const row of rows) {
    const [, first] = row.folded
    if (first === undefined || isParameter(first)) {
      for (const some of [anywhere, ...byArea.values()]) some.push(row)
    } else {
      const some = byArea.get(first) ?? [...anywhere]
      some.push(row)
      byArea.set(first, some)
    }
  }
  return { byArea, anywhere }
}

function fits({ folded, isSubtree }: Row, path: readonly string[]): boolean {
  if (isSubtree ? path.length < folded.length : path.length !== folded.length) return false
  return folded.every((segment, i) => (isParameter(segment) ? path[i] !== '' : path[i] === segment))
}

function answers({ methods }: Row, method: string): boolean {
  return methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))
}

function isSpelledAs({ spelled }: Row, path: readonly string[]): boolean {
  return spelled.every((segment, i) => isParameter(segment) || path[i] === segment)
}

function isParameter(segment: string): boolean {
  return segment.startsWith(':')
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
