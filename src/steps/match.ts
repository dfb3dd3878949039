import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Route } from '../policy/route.ts'
import type { RouteTable } from '../policy/route-table.ts'

export type MatchCode = 'NOT_FOUND' | 'VALIDATION_ERROR'

const REASONS = {
  host: 'The Host header is no host name, or there are two',
  rewritten: 'The path has dot segments, backslashes or characters that are not percent-encoded',
  structure: 'The path has an encoded slash, backslash or control character',
  broken: 'The path has a broken percent-escape',
  nested: 'The path is percent-encoded more than twice',
  empty: 'The path has an empty segment',
  dots: 'The path has an encoded dot segment',
  ambiguous: 'The path spells a name of the route with percent-escapes or a semicolon',
} as const

type Doubt = keyof typeof REASONS

/** Which row answers? The path that is matched is `url`'s, and so must be the one that is forwarded. */
export function match(
  { method, url: address, headers }: Pick<Request, 'method' | 'url' | 'headers'>,
  { pathname, hostname }: URL,
  routes: RouteTable,
): Decision<Route, MatchCode> {
  // The runtime puts the two together as they are: of `Host: a/admin` and `/x` it would make the path `/admin/x`.
  if (!HOST.test(headers.get('Host') ?? hostname)) return refuse('host')

  // The runtime hands over the request line as it came; `new URL` resolves `..` and turns `\` into `/`.
  // Whoever reads one (a log, a firewall in front) would see another path than whoever reads the other.
  if (pathOf(address) !== pathname) return refuse('rewritten')

  const route = routes.find(method, pathname)
  if (UNUSUAL.test(pathname)) {
    const reading = readLeniently(pathname)
    if ('doubt' in reading) return refuse(reading.doubt)
    if (routes.find(method, reading.path) !== route) return refuse('ambiguous')
  }
  return route ? allow(route) : notFound(routes.methods(pathname))
}

function refuse(doubt: Doubt) {
  return deny('VALIDATION_ERROR', { reason: REASONS[doubt] })
}

function notFound(methods: readonly string[]) {
  if (methods.length === 0) return deny('NOT_FOUND')
  return deny('NOT_FOUND', { allowedMethods: methods }, { Allow: methods.join(', ') })
}

function pathOf(address: string): string {
  const start = address.indexOf('/', address.indexOf('://') + 3)
  const query = address.indexOf('?', start)
  return address.slice(start, query === -1 ? undefined : query)
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i
const UNUSUAL = /[%;]|\/\//
const ESCAPED_STRUCTURE = /%(?:2f|5c|[01][0-9a-f]|7f)/i
const ESCAPED_ASCII = /%([0-7][0-9a-f])/gi
const EMPTY_SEGMENT = /\/(?=[/;])/
const DOT_SEGMENT = /\/\.{1,2}(?=[/;]|$)/
const PARAMETERS = /;[^/]*/g

/**
 * The path as the most lenient server would take it: some decode before they route, some of those twice when another
 * server stands before them, and some cut `;parameters` off each segment. Decoding and cutting can only make more
 * literals fit, never change the number of segments, because what could is refused. So when this reading and the
 * path itself fit the same row, every reading between the two does.
 */
function readLeniently(path: string): { readonly path: string } | { readonly doubt: Doubt } {
  if (!isDecodable(path)) return { doubt: 'broken' }

  const once = decodeAscii(path)
  const twice = decodeAscii(once)
  if (decodeAscii(twice) !== twice) return { doubt: 'nested' }
  if ([path, once].some((layer) => ESCAPED_STRUCTURE.test(layer))) {
    return { doubt: 'structure' }
  }
  if (EMPTY_SEGMENT.test(twice)) return { doubt: 'empty' }
  if (DOT_SEGMENT.test(twice)) return { doubt: 'dots' }
  return { path: twice.replace(PARAMETERS, '') }
}

// Rows are written in ASCII, so no other character can make a path fit another row.
function decodeAscii(path: string): string {
  return path.replace(ESCAPED_ASCII, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
