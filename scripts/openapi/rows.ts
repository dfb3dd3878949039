import { METHODS, type Method, type Route } from '../../src/policy/route.ts'
import { compileRoutes } from '../../src/policy/route-table.ts'
import { DOCUMENT_ROUTES, OWN_ROUTES, REFRESH_ROUTES, ROUTES } from '../../src/policy/routes.ts'

/** A path of the document, with what answers each method there. */
export interface Place {
  /** As OpenAPI spells it: `/tunnels/{id}`. */
  readonly path: string
  /** The API has it under `/api` too. */
  readonly mounted: boolean
  /** More than one row where a setting decides which of them answers. */
  readonly answering: readonly { readonly method: Method; readonly routes: readonly Route[] }[]
}

/** HEAD is a GET without its body, and an OPTIONS without `Access-Control-Request-Method` tells little. */
const TOLD = METHODS.filter((method) => method !== 'HEAD' && method !== 'OPTIONS')

/** Fits a parameter, and no row's literal. */
const ANYTHING = '0'

/** What stands for the rest of a path, which may have more segments than one. */
export const REST = 'rest'

const OWN = [...OWN_ROUTES, ...DOCUMENT_ROUTES]

const TABLES = [
  compileRoutes([...OWN, ...ROUTES]),
  compileRoutes([...OWN, ...REFRESH_ROUTES, ...ROUTES]),
]
const MOUNT = '/api'

/** Every place that a row names, each once, in the order of the table. */
export function places(): readonly Place[] {
  const own = OWN.flatMap(({ path }) => patternsOf(path, OWN))
  const mounted = ROUTES.filter(({ path }) => !path.startsWith(`${MOUNT}/`))
  const theirs = mounted.flatMap(({ path }) => patternsOf(path, mounted))
  return [
    ...distinct(own).map((pattern) => placeOf(pattern, false)),
    ...distinct(theirs).map((pattern) => placeOf(pattern, true)),
  ].filter(({ answering }) => answering.length > 0)
}

function placeOf(pattern: string, mounted: boolean): Place {
  const example = pattern.replace(/:\w+/g, ANYTHING)
  const answering = TOLD.flatMap((method) => {
    const found = TABLES.map((table) => table.find(method, example))
    const routes = [...new Set(found.filter((route) => route !== undefined))]
    return routes.length > 0 ? [{ method, routes }] : []
  })
  return { path: pattern.replace(/:(\w+)/g, '{$1}'), mounted, answering }
}

/** OpenAPI has no paths of any length: a subtree is its root and what is one level below, however deep that goes. */
function patternsOf(path: string, rows: readonly Route[]): string[] {
  if (!path.endsWith('/*')) return [path]
  const root = path.slice(0, -2)
  return [root || '/', ...belowOf(root, rows)]
}

/** Where a narrower row takes some methods of that level, the subtree's go on one level below. */
function belowOf(root: string, rows: readonly Route[]): string[] {
  const below = `${root}/:${REST}`
  const narrower = rows.find(
    (row) => !row.path.endsWith('*') && shapeOf(row.path) === shapeOf(below),
  )
  return narrower ? [narrower.path, ...belowOf(narrower.path, rows)] : [below]
}

/** Paths that differ only in what their parameters are called are one to OpenAPI: the first name stays. */
function distinct(patterns: readonly string[]): string[] {
  const byShape = new Map<string, string>()
  for (const pattern of patterns) {
    const shape = shapeOf(pattern)
    if (!byShape.has(shape)) byShape.set(shape, pattern)
  }
  return [...byShape.values()]
}

function shapeOf(path: string): string {
  return path.replace(/:\w+/g, ':')
}
