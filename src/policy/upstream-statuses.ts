import type { Category, ErrorCode } from '../contract/catalogue.ts'

/** What an upstream's status says, total over every number. */
export interface StatusMeaning {
  /** The answer where the body names no code; `lost` asks first whether the request was executed. */
  readonly answer: ErrorCode | 'lost'
  /** The categories in which a code from the body is believed. */
  readonly believes: readonly Category[]
  /** What the client can do about it, where servers say so little that there is no body. */
  readonly reason?: string
}

const CLIENT = ['authentication', 'authorization', 'validation', 'not_found', 'rate_limit'] as const
const SERVER = ['server', 'service_unavailable'] as const
const NOBODY = [] as const

const LOST: StatusMeaning = { answer: 'lost', believes: NOBODY }
// How the platform reports a connection that never opened: the body is its own page, not the upstream's.
const NEVER_REACHED: StatusMeaning = { answer: 'SERVICE_UNAVAILABLE', believes: NOBODY }

const MEANINGS: Readonly<Record<number, StatusMeaning>> = {
  401: { answer: 'AUTH_REQUIRED', believes: CLIENT },
  402: { answer: 'TIER_FEATURE_UNAVAILABLE', believes: CLIENT },
  403: { answer: 'INSUFFICIENT_PERMISSIONS', believes: CLIENT },
  404: { answer: 'NOT_FOUND', believes: CLIENT },
  // 407 and 421 are about the gateway's own hop: nothing the client could mend.
  407: { answer: 'SERVICE_ERROR', believes: NOBODY },
  408: LOST,
  410: { answer: 'NOT_FOUND', believes: CLIENT },
  421: { answer: 'SERVICE_ERROR', believes: NOBODY },
  // Servers answer these while they still read the head, with a bare status line.
  413: { answer: 'VALIDATION_ERROR', believes: CLIENT, reason: 'The request body is too large' },
  414: { answer: 'VALIDATION_ERROR', believes: CLIENT, reason: 'Path and query are too long' },
  425: { answer: 'SERVICE_UNAVAILABLE', believes: NOBODY },
  // A client must hear when to come back, so a 429 stays one whatever else its body claims.
  429: { answer: 'RATE_LIMIT_EXCEEDED', believes: ['rate_limit'] },
  431: {
    answer: 'VALIDATION_ERROR',
    believes: CLIENT,
    reason: 'Path, query and headers, cookies and token among them, are too long together',
  },
  451: { answer: 'INSUFFICIENT_PERMISSIONS', believes: CLIENT },
  500: { answer: 'INTERNAL_ERROR', believes: SERVER },
  502: { answer: 'lost', believes: SERVER },
  503: { answer: 'SERVICE_UNAVAILABLE', believes: SERVER },
  504: { answer: 'lost', believes: SERVER },
  520: LOST,
  521: NEVER_REACHED,
  522: LOST,
  523: NEVER_REACHED,
  524: LOST,
  525: NEVER_REACHED,
  526: NEVER_REACHED,
  527: LOST,
  530: NEVER_REACHED,
}

const OTHER_4XX: StatusMeaning = { answer: 'VALIDATION_ERROR', believes: CLIENT }
// Rare, and about the server itself: a code beside them would only blur what happened.
const OTHER_5XX: StatusMeaning = { answer: 'SERVICE_ERROR', believes: NOBODY }

export function meaningOf(status: number): StatusMeaning {
  const named = MEANINGS[status]
  if (named) return named
  if (status >= 400 && status < 500) return OTHER_4XX
  if (status >= 500 && status < 600) return OTHER_5XX
  return LOST
}

/** The upstream is overloaded, away, or not to be reached by what stands before it: a moment later may be better. */
export function isTransient(status: number): boolean {
  return (status >= 502 && status <= 504) || (status >= 520 && status <= 530)
}
