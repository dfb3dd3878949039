/** A longer message ends its socket. */
export const MAX_MESSAGE_BYTES = 1_048_576

/** What a client may send: a message counts once for each 32 KiB that it begins. */
export const MESSAGE_RATE = { atOnce: 2_000, perSecond: 500, unitBytes: 32_768 } as const

/** A close frame: no code is what the standard writes as 1005. */
export interface Close {
  readonly code?: number
  readonly reason: string
}

/** Why the gateway itself ends a socket, and what it tells whom. */
export interface Ending {
  readonly client: Required<Close>
  readonly upstream: Close
}

/**
 * RFC 6455, section 7.4. From 4000 on the numbers are an application's own; ours end in the HTTP status that a request
 * would have got.
 */
export const ENDINGS = {
  tokenExpired: both(4401, 'token expired'),
  tokenRevoked: both(4401, 'token revoked'),
  blocked: both(4429, 'blocked'),
  tooManyMessages: both(4429, 'too many messages'),
  // Who sent too much is told so; to the other side it would be untrue.
  tooLargeForUpstream: {
    client: { code: 1009, reason: 'message too large' },
    upstream: { code: 1001, reason: '' },
  },
  tooLargeForClient: {
    client: { code: 1011, reason: 'upstream failed' },
    upstream: { code: 1009, reason: 'message too large' },
  },
} as const satisfies Readonly<Record<string, Ending>>

export type EndingName = keyof typeof ENDINGS

/** What each side hears of the other's end where that had no code, or none that may be sent. */
export const GONE = {
  client: { code: 1001, reason: '' },
  upstream: { code: 1011, reason: 'upstream failed' },
} as const satisfies Readonly<Record<string, Close>>

/** What one side said when it closed, for the other side. */
export function passedOn({ code, reason }: Required<Close>, gone: Close): Close {
  // It came without a code, and so it goes on.
  if (code === 1005) return { reason: '' }
  const standard = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)
  // What is neither registered nor private makes a strict receiver fail the connection.
  return standard || (code >= 3000 && code <= 4999) ? { code, reason } : gone
}

function both(code: number, reason: string): Ending {
  return { client: { code, reason }, upstream: { code, reason } }
}
