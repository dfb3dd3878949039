import type { TokenEndpoint } from '../policy/token-endpoint.ts'
import type { Log } from '../ports.ts'
import { boundedText } from './bounded-text.ts'
import { failed, outcomeOf, type ProviderOutcome } from './provider-answer.ts'

/** Longer than anyone else waits: what is given up here may have used the token up. */
const TIMEOUT_MS = 8_000
const MAX_BYTES = 64 * 1024

interface Outside {
  readonly fetch: typeof fetch
  readonly log: Log
  readonly timeoutMs?: number
}

/** Asks the provider itself, once for each call (RFC 6749, section 6). Never rejects. */
export function oauthProvider(
  endpoint: TokenEndpoint,
  { fetch, log, timeoutMs = TIMEOUT_MS }: Outside,
): (refreshToken: string) => Promise<ProviderOutcome> {
  return async (refreshToken) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const outcome = await exchange(refreshToken, endpoint, fetch, signal).catch(() =>
      // The error's own text may hold anything.
      failed(signal.aborted ? 'late' : 'no answer'),
    )
    if (outcome.kind === 'failed') log.write({ event: 'provider.failed', reason: outcome.cause })
    return outcome
  }
}

async function exchange(
  refreshToken: string,
  { url, clientId, clientSecret, audience }: TokenEndpoint,
  fetch: Outside['fetch'],
  signal: AbortSignal,
): Promise<ProviderOutcome> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
      ...(audience !== undefined && { audience }),
    }),
    // Wherever a redirect leads, the client's secret would go along.
    redirect: 'manual',
    signal,
  })
  const text = await boundedText(response, MAX_BYTES)
  return text === undefined
    ? failed('the answer is too large')
    : outcomeOf(response.status, text, refreshToken)
}
