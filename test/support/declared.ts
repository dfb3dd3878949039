import { HEADERS } from '../../scripts/openapi/headers.ts'
import { CODES_OF_NO_ROUTE, ownCodesOf } from '../../scripts/openapi/own-codes.ts'
import { relayedCodesOf } from '../../scripts/openapi/relayed-codes.ts'
import { METHODS, type Route } from '../../src/policy/route.ts'

/** What the document speaks of once for all, the body's type, and what is kept of an upstream's 4xx. */
const UNLISTED =
  /^(?:content-(?:type|length|range|security-policy)|accept(?:-.*)?|x-content-type-options|referrer-policy|x-frame-options|cross-origin-opener-policy|strict-transport-security|access-control-allow-(?:methods|headers)|access-control-max-age)$/

/** Throws where an error answer has a code or a header that is not declared for its operation. */
export async function mustBeDeclared(
  response: Response,
  method: string,
  route: Route | undefined,
): Promise<void> {
  if (response.status < 400) return
  const text = await response.clone().text()
  const code = text === '' ? undefined : JSON.parse(text).error.code
  const known = METHODS.find((name) => name === method)
  const { own, relayed } = declaredFor(known, route)
  const declared = response.headers.get('X-Gateway-Error-Source') === 'upstream' ? relayed : own
  if (code !== undefined && !declared.has(code)) {
    throw new Error(`${method} ${route?.path} is not declared to answer ${code}`)
  }
  const strange = [...response.headers.keys()].filter((name) => !isDeclared(name, response.status))
  if (strange.length > 0) {
    throw new Error(`no ${response.status} is declared to have ${strange.join(', ')}`)
  }
}

type Codes = ReadonlySet<unknown>

function declaredFor(
  method: (typeof METHODS)[number] | undefined,
  route: Route | undefined,
): { readonly own: Codes; readonly relayed: Codes } {
  if (!method || !route) return { own: CODES_OF_NO_ROUTE, relayed: new Set() }
  return { own: ownCodesOf({ route, method }), relayed: relayedCodesOf({ route, method }) }
}

function isDeclared(name: string, status: number): boolean {
  if (UNLISTED.test(name)) return true
  const header = Object.entries(HEADERS).find(([known]) => known.toLowerCase() === name)?.[1]
  return header !== undefined && (header.on?.includes(status) ?? true)
}
