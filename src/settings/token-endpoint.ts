import * as v from 'valibot'
import type { Issuer } from '../policy/issuer.ts'
import { carriesKeysSafely } from '../policy/key-url.ts'
import type { TokenEndpoint } from '../policy/token-endpoint.ts'
import { urlFrom } from './urls.ts'

/** RFC 6749, section 3.2: a query is part of the address, a fragment has no place in it. */
export const endpointUrl = v.pipe(
  v.string(),
  v.check(
    (text) => isEndpoint(text),
    'must be an http(s) URL without credentials or fragment; plain http is for loopback addresses only',
  ),
)

function isEndpoint(text: string): boolean {
  const url = urlFrom(text)
  if (!url || !carriesKeysSafely(text)) return false
  return url.username === '' && url.password === '' && !text.includes('#')
}

const NAMES = ['TOKEN_ENDPOINT', 'TOKEN_CLIENT_ID', 'TOKEN_CLIENT_SECRET'] as const

type Given = { readonly [name in (typeof NAMES)[number]]?: string | undefined }

/** All three or none. */
export function tokenEndpointProblems(given: Given): readonly string[] {
  const [first] = NAMES.filter((name) => given[name])
  if (!first) return []
  return NAMES.filter((name) => !given[name]).map((name) => `${name} is required beside ${first}`)
}

export function tokenEndpointFrom(
  { TOKEN_ENDPOINT, TOKEN_CLIENT_ID, TOKEN_CLIENT_SECRET }: Given,
  issuers: readonly Issuer[],
): TokenEndpoint | undefined {
  if (!TOKEN_ENDPOINT || !TOKEN_CLIENT_ID || !TOKEN_CLIENT_SECRET) return undefined
  const audience = audienceOf(TOKEN_ENDPOINT, issuers)
  return {
    url: TOKEN_ENDPOINT,
    clientId: TOKEN_CLIENT_ID,
    clientSecret: TOKEN_CLIENT_SECRET,
    ...(audience !== undefined && { audience }),
  }
}

/**
 * The audience of the issuer at the endpoint's own origin, else of all issuers: where they have just one. Among several
 * a guess could turn a good refresh token into one for another API, so none is named.
 */
function audienceOf(endpoint: string, issuers: readonly Issuer[]): string | undefined {
  const { origin } = new URL(endpoint)
  const own = issuers.filter(({ issuer }) => urlFrom(issuer)?.origin === origin)
  const audiences = new Set((own.length > 0 ? own : issuers).flatMap(({ audience }) => audience))
  const [only] = audiences
  return audiences.size === 1 ? only : undefined
}
