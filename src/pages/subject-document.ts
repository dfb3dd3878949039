import type {
  ChangedSubject,
  RevokedToken,
  SubjectChange,
  SubjectRecord,
  SubjectSettings,
} from '../policy/subject-record.ts'

/** A record as an operator reads it. A field that can be changed has the name it is changed by. */
export function documentOf(subject: string, record: SubjectRecord, now: number) {
  const { exists, windows, expiresInMs } = record
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
    ...settingsInWords(record, now),
    expiresAt: expiresInMs === undefined ? null : timeOf(now + expiresInMs),
  }
}

/** A line of the list of changed subjects. */
export function summaryOf(changed: ChangedSubject, now: number) {
  const { subject, changedAt } = changed
  return { subject, changedAt: timeOf(changedAt), ...settingsInWords(changed, now) }
}

function settingsInWords(settings: SubjectSettings, now: number) {
  const { limits, notBefore, revoked, blockedUntil, exemptUntil } = settings
  return {
    limits,
    notBefore: notBefore === undefined ? null : timeOf(notBefore * 1000),
    revokedTokens: revoked
      .filter(({ expiresAt }) => expiresAt * 1000 > now)
      .map((token) => tokenInWords(token)),
    blockedUntil: timeAhead(blockedUntil, now),
    exemptUntil: timeAhead(exemptUntil, now),
  }
}

/** A change as the trail tells it. */
export function changeInWords(change: SubjectChange) {
  const { limits, blockedUntil, exemptUntil, notBefore, revoke, reset } = change
  return {
    ...(limits && { limits }),
    ...(blockedUntil !== undefined && { blockedUntil: blockedUntil && timeOf(blockedUntil) }),
    ...(exemptUntil !== undefined && { exemptUntil: exemptUntil && timeOf(exemptUntil) }),
    ...(notBefore !== undefined && { notBefore: notBefore && timeOf(notBefore * 1000) }),
    ...(revoke && { revokeToken: tokenInWords(revoke) }),
    ...(reset && { reset }),
  }
}

function tokenInWords({ id, expiresAt }: RevokedToken) {
  return { id, expiresAt: timeOf(expiresAt * 1000) }
}

function timeAhead(instant: number | undefined, now: number): string | null {
  return instant !== undefined && instant > now ? timeOf(instant) : null
}

export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
