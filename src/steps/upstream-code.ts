import { CATALOGUE, type ErrorCode, isErrorCode, statusOf } from '../contract/catalogue.ts'
import { isRepeatable } from '../policy/repeatable.ts'
import type { Credential } from '../policy/route.ts'
import { codeNamed, codeShapedLike, REVOKED } from '../policy/upstream-codes.ts'
import { meaningOf, type StatusMeaning } from '../policy/upstream-statuses.ts'
import { refreshCode } from './credential-code.ts'
import type { Forwarded } from './normalize.ts'
import type { Words } from './upstream-words.ts'

// About a refresh token, which is not the token that the gateway verified.
const ABOUT_REFRESH: readonly ErrorCode[] = [
  'TOKEN_REFRESH_FAILED',
  'TOKEN_REFRESH_ERROR',
  'INVALID_REFRESH_TOKEN',
  'MISSING_REFRESH_TOKEN',
]

/** The answer for a request that arrived and whose own answer did not: 503 promises that repeating is safe. */
function codeOfLost(method: string): ErrorCode {
  return isRepeatable(method) ? 'EXTERNAL_SERVICE_UNAVAILABLE' : 'SERVICE_ERROR'
}

/** The code for an upstream that gave no answer. */
export function codeWithout(
  kind: 'open' | 'unreachable' | 'lost' | 'late',
  { method, credential }: Pick<Forwarded, 'method' | 'credential'>,
): ErrorCode {
  // What was never sent, or met no connection, was not executed either.
  const neverArrived = kind === 'open' || kind === 'unreachable'
  const code = neverArrived ? 'SERVICE_UNAVAILABLE' : codeOfLost(method)
  return credential ? CODE_ABOUT[credential](undefined, [], code) : code
}

export function codeFor(status: number, words: Words, forwarded: Forwarded): ErrorCode {
  const code = usualCodeFor(status, words, forwarded)
  const { credential } = forwarded
  return credential ? CODE_ABOUT[credential](status, codesSaid(status, words), code) : code
}

const CODE_ABOUT = { refreshToken: refreshCode } as const satisfies Record<Credential, unknown>

function usualCodeFor(status: number, words: Words, forwarded: Forwarded): ErrorCode {
  const meaning = meaningOf(status)
  const said = codesSaid(status, words).find((code) => isBelieved(code, words, meaning, forwarded))
  if (status === 401 && forwarded.tokenVerified) return codeDespiteToken(said, forwarded)
  const code = said ?? codeInProse(words, meaning)
  if (code) return status === 503 ? code : unlessExecuted(code, forwarded.method)
  if (status === 404 && forwarded.resource) return `${forwarded.resource}_NOT_FOUND`
  return meaning.answer === 'lost' ? codeOfLost(forwarded.method) : meaning.answer
}

/** A refusal of a token that is known to be good is the upstream's fault, not the client's. */
function codeDespiteToken(said: ErrorCode | undefined, { tokenExpired }: Forwarded): ErrorCode {
  if (said && isAboutCredentials(said)) return said
  return tokenExpired() ? 'TOKEN_EXPIRED' : 'SERVICE_UNAVAILABLE'
}

/** The contract's own words first, then the backend's, then the mere shape of a name that nobody knows. */
function codesSaid(status: number, { codes }: Words): readonly ErrorCode[] {
  const told = codes.includes(REVOKED) ? [REVOKED] : codes
  const strange = told.filter((code) => !isErrorCode(code) && !codeNamed(code))
  return [
    ...told.filter(isErrorCode),
    ...told.map(codeNamed),
    ...strange.map((code) => codeShapedLike(code, status)),
  ].filter((code) => code !== undefined)
}

/** Of a token that the gateway verified, an upstream knows nothing better: only of its session, and of other tokens. */
function isBelieved(
  code: ErrorCode,
  { codes }: Words,
  { believes }: StatusMeaning,
  { tokenVerified }: Forwarded,
): boolean {
  if (!believes.includes(CATALOGUE[code].category)) return false
  if (!tokenVerified || !isAboutCredentials(code)) return true
  return codes.includes(REVOKED) || ABOUT_REFRESH.includes(code)
}

function isAboutCredentials(code: ErrorCode): boolean {
  return CATALOGUE[code].category === 'authentication'
}

const DATABASE =
  /:(?:5432|6432|3306|1433|27017)\b|postgres|mysql|mariadb|mongo|sqlite|\bdatabase\b|\bpg\b/i
const NO_CONNECTION =
  /\bE(?:CONN(?:REFUSED|RESET|ABORTED)|TIMEDOUT|NOTFOUND|HOSTUNREACH|NETUNREACH|PIPE)\b|\bEAI_AGAIN\b|connection (?:is |was |has been )?(?:refused|failed|lost|closed|reset|terminated|timed out|timeout|error)|(?:not|cannot|can't|unable to|failed to) connect|too many (?:clients|connections)|database (?:is )?(?:unavailable|not available|not connected|down)\b/i

function codeInProse({ prose }: Words, { believes }: StatusMeaning): ErrorCode | undefined {
  const unreachable =
    believes.includes('service_unavailable') && DATABASE.test(prose) && NO_CONNECTION.test(prose)
  return unreachable ? 'DATABASE_UNAVAILABLE' : undefined
}

/** A body's code cannot promise that repeating is safe where the status says that something may have run. */
function unlessExecuted(code: ErrorCode, method: string): ErrorCode {
  if (statusOf(code) !== 503 || isRepeatable(method)) return code
  return code === 'DATABASE_UNAVAILABLE' ? 'DATABASE_ERROR' : 'SERVICE_ERROR'
}
