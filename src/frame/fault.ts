const MAX_LENGTH = 1_000

/** More is not even searched: a pattern can take quadratic time, and anyone may have written the text. */
const MAX_SEARCHED = 4_000

// A JWT, an API key, a credential after its scheme, a URL's user and password, the value of a telling name, an e-mail
// address. Each is bounded or anchored, so that no text takes long.
const SECRETS =
  /\beyJ[\w-]*\.[\w-]+\.[\w-]*|\bctll_[\w-]+|\b(?:bearer|basic)\s+[^\s"',]+|(?<=:\/\/)[^\s/@]+(?=@)|(?<=(?:password|passwd|pwd|secret|token|api[-_]?key|cookie)\\?["']?\s{0,2}[:=]\s{0,2}\\?["']?)[^\s"',;&\\]+|[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}/gi

/** What the log may know of something that nobody foresaw. The client learns none of it. */
export function recordOfFault(fault: unknown, correlationId: string) {
  const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
  return { event: 'fault', correlationId, fault: redacted(text) }
}

export function redacted(text: string): string {
  return beginningOf(text).replace(SECRETS, '[redacted]').slice(0, MAX_LENGTH)
}

/** Ends between two words: of a secret cut in two, the first half would not be recognised as one. */
function beginningOf(text: string): string {
  if (text.length <= MAX_SEARCHED) return text
  const cut = text.slice(0, MAX_SEARCHED)
  return cut.slice(0, Math.max(0, cut.lastIndexOf(' '), cut.lastIndexOf('\n')))
}
