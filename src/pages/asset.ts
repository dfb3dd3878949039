import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Ports } from '../ports.ts'
import type { Visit } from './page.ts'

/** What is served, by the end of its name: a disk knows no types, and what is on none of these lines is no page's. */
const TYPES = new Map([
  ['html', 'text/html; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['json', 'application/json; charset=utf-8'],
  ['svg', 'image/svg+xml'],
])

/** A page loads what is the gateway's own, and nothing that stands in the page itself is run. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** How long a browser need not ask whether it was deployed anew. */
const MAX_AGE_SECONDS = 300

/** What a page loads beside itself: a file of its folder. */
export async function assetPage(
  { exchange }: Visit,
  ports: Pick<Ports, 'assets'>,
): Promise<Decision<Response, 'NOT_FOUND'>> {
  const [, , , name = ''] = exchange.url.pathname.split('/')
  return /^\w[\w.-]*$/.test(name) ? file(`assets/${name}`, ports) : deny('NOT_FOUND')
}

/** One of the files that the build has written. The path is ours: no request's text is in it unlooked at. */
export async function file(
  path: string,
  { assets }: Pick<Ports, 'assets'>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Decision<Response, 'NOT_FOUND'>> {
  const type = TYPES.get(path.slice(path.lastIndexOf('.') + 1))
  const body = type && (await assets.open(path))
  if (!body) return deny('NOT_FOUND')
  return allow(
    new Response(body, {
      headers: {
        'Content-Type': type,
        'Cache-Control': `private, max-age=${MAX_AGE_SECONDS}`,
        'Content-Security-Policy': CONTENT_SECURITY_POLICY,
        ...headers,
      },
    }),
  )
}
