import { type ErrorCode, statusOf } from '../contract/catalogue.ts'

/** What a 400, 401 or 403 may say where a refresh token is what was asked with; anything else is a plain refusal. */
const REFUSALS: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = {
  MISSING_REFRESH_TOKEN: 'MISSING_REFRESH_TOKEN',
  INVALID_REFRESH_TOKEN: 'INVALID_REFRESH_TOKEN',
  TOKEN_REFRESH_ERROR: 'TOKEN_REFRESH_ERROR',
  MISSING_TOKEN: 'MISSING_REFRESH_TOKEN',
  MISSING_PARAMETER: 'MISSING_REFRESH_TOKEN',
  INVALID_TOKEN_FORMAT: 'INVALID_REFRESH_TOKEN',
  INVALID_JSON: 'INVALID_JSON',
}

const REFUSES = [400, 401, 403]

/**
 * The code of a failed refresh, from what would be said of any other request: `said` is what the body names, `usual`
 * the whole judgement. TOKEN_EXPIRED, say, would send a client to the very route it comes from.
 */
export function refreshCode(
  status: number | undefined,
  said: readonly ErrorCode[],
  usual: ErrorCode,
): ErrorCode {
  if (status !== undefined && REFUSES.includes(status)) {
    return said.map((code) => REFUSALS[code]).find(Boolean) ?? 'TOKEN_REFRESH_FAILED'
  }
  return statusOf(usual) >= 500 ? 'TOKEN_REFRESH_ERROR' : usual
}
