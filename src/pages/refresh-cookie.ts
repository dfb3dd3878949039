import type { OriginRule } from '../policy/origins.ts'

const NAME = 'refreshToken'

/** When a token ends is for the provider to say; its cookie only has to last as long. */
const MAX_AGE_SECONDS = 30 * 24 * 60 * 60

/** The values of the request's refresh cookies, each once. Two of them: the browser holds one for another path or host. */
export function refreshCookiesIn(headers: Headers): readonly string[] {
  const pairs = (headers.get('Cookie') ?? '').split(';').map((pair) => pair.trim())
  const values = pairs
    .filter((pair) => pair.startsWith(`${NAME}=`))
    .map((pair) => decoded(pair.slice(NAME.length + 1).replace(/^"(.*)"$/, '$1')))
    .filter((value) => value !== '')
  return [...new Set(values)]
}

/**
 * At `/`, where Express sets a cookie unless told otherwise: at any other path it would stand beside the old one and
 * not in its place. `Strict`, because no link of another site has any business here.
 */
export function refreshCookie(token: string): string {
  const value = encodeURIComponent(token)
  return `${NAME}=${value}; Path=/; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; Secure; SameSite=Strict`
}

/**
 * Whether the page that sent a cookie along may act for its user; any site could make a browser send it. Browsers name
 * the page's origin with every POST. What names none is no browser, or one so old that only a form could have come
 * from elsewhere, and no form sends JSON, which is all that a body may be here.
 */
export function mayActForUser(headers: Headers, own: URL, isAllowed: OriginRule): boolean {
  const origin = headers.get('Origin')
  if (origin !== null) return origin === own.origin || isAllowed(origin)
  const site = headers.get('Sec-Fetch-Site')
  return site === null || site === 'same-origin' || site === 'none'
}

/** As Express does: what is not percent-encoded is taken as it stands. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
