import type { SubjectChange, SubjectRecord } from '../policy/subject-record.ts'

/** A record as an operator reads it. A field that can be changed has the name it is changed by. */
export function documentOf(subject: string, record: SubjectRecord, now: number) {
  const { exists, windows, limits, notBefore, blockedUntil, expiresInMs } = record
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
    blockedUntil: isBlocked ? timeOf(blockedUntil) : null,
    expiresAt: expiresInMs === undefined ? null : timeOf(now + expiresInMs),
  }
}

/** A change as the trail tells it. */
export function changeInWords({ limits, blockedUntil, notBefore, reset }: SubjectChange) {
  return {
    ...(limits && { limits }),
    ...(blockedUntil !== undefined && { blockedUntil: blockedUntil && timeOf(blockedUntil) }),
    ...(notBefore !== undefined && { notBefore: notBefore && timeOf(notBefore * 1000) }),
    ...(reset && { reset }),
  }
}

export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
