const MAX_LENGTH = 1_000

// A JWT, an API key, a credential after its scheme, a URL's user and password.
const SECRETS =
  /\beyJ[\w-]*\.[\w-]+\.[\w-]*|\bctll_[\w-]+|\b(?:bearer|basic)\s+[^\s"',]+|(?<=:\/\/)[^\s/@]+(?=@)/gi

/** What the log may know of something that nobody foresaw. The client learns none of it. */
export function recordOfFault(fault: unknown, correlationId: string) {
  const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
  return { event: 'fault', correlationId, fault: redacted(text) }
}

export function redacted(text: string): string {
  return text.replace(SECRETS, '[redacted]').slice(0, MAX_LENGTH)
}
