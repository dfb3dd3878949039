import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Ports, RefreshedTokens } from '../ports.ts'
import { type JsonBodyCode, jsonBodyIfAny } from './json-body.ts'
import { answer, type Visit } from './page.ts'
import { mayActForUser, refreshCookie, refreshCookiesIn } from './refresh-cookie.ts'

export type RefreshCode =
  | 'MISSING_REFRESH_TOKEN'
  | 'INVALID_REFRESH_TOKEN'
  | 'TOKEN_REFRESH_FAILED'
  | 'TOKEN_REFRESH_ERROR'
  | 'CACHE_UNAVAILABLE'
  | JsonBodyCode

const MAX_BODY_BYTES = 16_384
const STORE_RETRY_SECONDS = 5

/** Printable ASCII without spaces, and more than anyone could guess. */
const REFRESH_TOKEN = /^[\x21-\x7e]{8,4096}$/

interface Presented {
  readonly token: string
  readonly cookie: boolean
}

/** New tokens for a refresh token from the body, or where the body has none, from the cookie. */
export async function refreshToken(
  visit: Visit,
  { tokenProvider }: Pick<Ports, 'tokenProvider'>,
): Promise<Decision<Response, RefreshCode>> {
  const presented = await presentedIn(visit)
  if (!presented.allowed) return presented

  const outcome = await tokenProvider.refresh(presented.value.token)
  switch (outcome.kind) {
    case 'refreshed':
      return allow(answerWith(outcome.tokens, presented.value))
    case 'refused':
      return { ...deny('TOKEN_REFRESH_FAILED'), cause: outcome.cause }
    case 'failed':
      return { ...deny('TOKEN_REFRESH_ERROR'), cause: outcome.cause }
    case 'unshared':
      return deny('CACHE_UNAVAILABLE', { retryAfter: STORE_RETRY_SECONDS })
  }
}

async function presentedIn({
  request,
  exchange,
  allowsOrigin,
}: Visit): Promise<Decision<Presented, RefreshCode>> {
  const body = await jsonBodyIfAny(request, MAX_BODY_BYTES)
  if (!body.allowed) return body
  const inBody = tokenIn(body.value)
  if (inBody !== undefined) return wellFormed(inBody, false)

  const [inCookie, other] = refreshCookiesIn(request.headers)
  if (inCookie === undefined) return deny('MISSING_REFRESH_TOKEN')
  if (!mayActForUser(request.headers, exchange.url, allowsOrigin)) {
    // As if it were not there: who sent it along need not learn that it is.
    return { ...deny('MISSING_REFRESH_TOKEN'), cause: 'cookie of a foreign page' }
  }
  // A neighbouring host may have planted the second one; which is which cannot be told.
  return wellFormed(other === undefined ? inCookie : undefined, true)
}

/** What the body offers as a token, be it one or not. */
function tokenIn(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('refreshToken' in body)) return undefined
  return body.refreshToken === null || body.refreshToken === '' ? undefined : body.refreshToken
}

function wellFormed(token: unknown, cookie: boolean): Decision<Presented, 'INVALID_REFRESH_TOKEN'> {
  return typeof token === 'string' && REFRESH_TOKEN.test(token)
    ? allow({ token, cookie })
    : deny('INVALID_REFRESH_TOKEN')
}

/** A token that came as a cookie leaves as one alone: in the body, a script could read what HttpOnly hides from it. */
function answerWith(tokens: RefreshedTokens, { cookie }: Presented): Response {
  const { accessToken, expiresIn, refreshToken } = tokens
  const response = answer({
    accessToken,
    tokenType: 'Bearer',
    expiresIn,
    ...(!cookie && { refreshToken }),
  })
  if (cookie) response.headers.append('Set-Cookie', refreshCookie(refreshToken))
  return response
}
