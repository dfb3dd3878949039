import type { ApiError } from './api-error.ts'

/** The last of them comes about four seconds after the first, more would be load for whoever recovers. */
const MOST_TRIES = 4
const FIRST_PAUSE_MS = 500

/** Executing it again changes nothing (RFC 9110, section 9.2.2). */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']

/**
 * A 429 and the contract's 503 promise that nothing was done; a platform's own 503 promises nothing, and neither does
 * silence. What a quota waits for is weeks away.
 */
export function mayRepeat({ status, code }: ApiError, method: string): boolean {
  if (code === 'QUOTA_EXCEEDED') return false
  if (status === 429 || (status === 503 && code)) return true
  return [0, 500, 503, 504].includes(status) && IDEMPOTENT.includes(method)
}

/** Milliseconds, never fewer than the answer asks for; undefined after the last try. */
export function pauseAfter(
  { headers, details }: ApiError,
  tries: number,
  random: () => number,
  now: number,
): number | undefined {
  if (tries >= MOST_TRIES) return undefined
  const asked = headers?.get('Retry-After') ?? details?.retryAfter
  // Those who were refused together come back one by one.
  return askedMs(asked, now) + FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + random() / 2)
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function askedMs(asked: unknown, now: number): number {
  const seconds = Number(asked ?? 0)
  const ms = Number.isNaN(seconds) ? Date.parse(String(asked)) - now : seconds * 1000
  return Math.max(ms || 0, 0)
}
