import type { RevokedToken, SubjectChange, SubjectRecord } from '../policy/subject-record.ts'

/** A record as an operator reads it. A field that can be changed has the name it is changed by. */
export function documentOf(subject: string, record: SubjectRecord, now: number) {
  const { exists, windows, limits, notBefore, revoked, blockedUntil, expiresInMs } = record
  const isBlocked = blockedUntil !== undefined && blockedUntil > now
  return {
    subject,
    exists,
    windows: windows
      .filter(({ resetAt }) => resetAt > now)
      .map(({ id, count, resetAt }) => ({
        id,
        count,
        resetAt: timeOf(resetAt),
        resetAtSeconds: Math.ceil(resetAt / 1000),
      })),
    limits,
    notBefore: notBefore === undefined ? null : timeOf(notBefore * 1000),
    revokedTokens: revoked
      .filter(({ expiresAt }) => expiresAt * 1000 > now)
      .map((token) => tokenInWords(token)),
    blockedUntil: isBlocked ? timeOf(blockedUntil) : null,
    expiresAt: expiresInMs === undefined ? null : timeOf(now + expiresInMs),
  }
}

/** A change as the trail tells it. */
export function changeInWords(change: SubjectChange) {
  const { limits, blockedUntil, notBefore, revoke, reset } = change
  return {
    ...(limits && { limits }),
    ...(blockedUntil !== undefined && { blockedUntil: blockedUntil && timeOf(blockedUntil) }),
    ...(notBefore !== undefined && { notBefore: notBefore && timeOf(notBefore * 1000) }),
    ...(revoke && { revokeToken: tokenInWords(revoke) }),
    ...(reset && { reset }),
  }
}

function tokenInWords({ id, expiresAt }: RevokedToken) {
  return { id, expiresAt: timeOf(expiresAt * 1000) }
}

export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
