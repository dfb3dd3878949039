/** What was looked at, and how it stands. None of it holds a setting's value. */
export interface Finding {
  readonly check: string
  /** A note keeps nobody from deploying. */
  readonly state: 'ok' | 'note' | 'problem'
  readonly says: string
  /** What to do about it. */
  readonly do?: string
}

export function ok(check: string, says: string): Finding {
  return { check, state: 'ok', says }
}

export function note(check: string, says: string, what?: string): Finding {
  return { check, state: 'note', says, ...(what && { do: what }) }
}

export function problem(check: string, says: string, what: string): Finding {
  return { check, state: 'problem', says, do: what }
}
