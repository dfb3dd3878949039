/** Of a place that does not answer by then a worker would not have waited for either. */
const TIMEOUT_MS = 5_000

export type Reached =
  | { readonly kind: 'answered'; readonly response: Response; readonly ms: number }
  | { readonly kind: 'silent'; readonly reason: string }

/** One request, not redirected; the reason is in our words, since an error's own may quote the address. */
export async function reach(url: string | URL, init: RequestInit = {}): Promise<Reached> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const began = performance.now()
  try {
    const response = await fetch(url, { redirect: 'manual', ...init, signal })
    return { kind: 'answered', response, ms: Math.round(performance.now() - began) }
  } catch (error) {
    return { kind: 'silent', reason: signal.aborted ? 'no answer within 5 s' : reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : ''
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such name'
    case 'ECONNREFUSED':
      return 'nobody listens there'
    default:
      return `no connection${code ? ` (${code})` : ''}`
  }
}
