/** What can be set for a subject. */
export interface SubjectSettings {
  /** Limits that replace the tier's, by window id. */
  readonly limits: Readonly<Record<string, number>>
  /** Tokens issued before this are revoked; Unix seconds. */
  readonly notBefore?: number
  /** Tokens that are revoked one by one. */
  readonly revoked: readonly RevokedToken[]
  /** Shut out until then; milliseconds. */
  readonly blockedUntil?: number
  /** Its general windows count and refuse nothing until then; milliseconds. */
  readonly exemptUntil?: number
}

/** What the store keeps about one subject, as an operator reads it. */
export interface SubjectRecord extends SubjectSettings {
  readonly windows: readonly RecordedWindow[]
  /** How long the store will keep it if nothing more happens. Absent: there is no record, or it stays for good. */
  readonly expiresInMs?: number
  readonly exists: boolean
}

/** One of which something holds that was set. */
export interface ChangedSubject extends SubjectSettings {
  readonly subject: string
  /** Milliseconds. */
  readonly changedAt: number
}

export const SUBJECT_STATES = ['blocked', 'limited', 'revoked', 'exempt'] as const
export type SubjectState = (typeof SUBJECT_STATES)[number]

/** What of it holds now. */
export function statesOf(settings: SubjectSettings, now: number): readonly SubjectState[] {
  const { limits, notBefore, revoked, blockedUntil = 0, exemptUntil = 0 } = settings
  const holds: Readonly<Record<SubjectState, boolean>> = {
    blocked: blockedUntil > now,
    limited: Object.keys(limits).length > 0,
    revoked: notBefore !== undefined || revoked.some(({ expiresAt }) => expiresAt * 1000 > now),
    exempt: exemptUntil > now,
  }
  return SUBJECT_STATES.filter((state) => holds[state])
}

export interface RevokedToken {
  /** As `tokenIdFrom` names it. */
  readonly id: string
  /** Unix seconds. */
  readonly expiresAt: number
}

export interface RecordedWindow {
  readonly id: string
  readonly count: number
  /** Milliseconds. */
  readonly resetAt: number
}

/** What an operator changes. A field that is absent stays as it is, null takes it away. */
export interface SubjectChange {
  readonly limits?: Readonly<Record<string, number | null>>
  /** Milliseconds. */
  readonly blockedUntil?: number | null
  /** Milliseconds. */
  readonly exemptUntil?: number | null
  /** Unix seconds. */
  readonly notBefore?: number | null
  readonly revoke?: RevokedToken
  /** Forgets every count. */
  readonly reset?: true
}

/** What a user ends by signing out: this one token, or all that were issued before an instant (Unix seconds). */
export type SignOut =
  | Required<Pick<SubjectChange, 'revoke'>>
  /** Never moves an earlier `notBefore` back. */
  | { readonly revokeBefore: number }

/** Who changed what; kept with the change or not at all. */
export interface AuditEntry {
  /** Milliseconds. */
  readonly time: number
  /** The operator, spelled as a subject. */
  readonly by: string
  readonly correlationId: string
  readonly subject: string
  /** As it is told to people: times are text. */
  readonly change: Readonly<Record<string, unknown>>
}
