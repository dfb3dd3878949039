import { ApiError, errorFrom } from './api-error.ts'
import { type HeldToken, holdToken, type TokenSource } from './held-token.ts'
import { type Order, orderFrom } from './order.ts'
import { type Outside, PLATFORM } from './outside.ts'
import { type Patience, patienceOf } from './patience.ts'
import { createRenewal, type Refresh, type RefreshedTokens } from './renewal.ts'
import { mayRepeat, pauseAfter } from './retries.ts'

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

export interface ClientOptions {
  /** Where the gateway is; a path of its own is put before every path. */
  readonly baseUrl: string | URL
  readonly token?: TokenSource | undefined
  /** Absent: an expired token is reported like any refusal. */
  readonly refresh?: Refresh | undefined
  /** Of a call, from its beginning to its answer's header, all tries and waits included: 60,000. */
  readonly deadlineMs?: number | undefined
  readonly fetch?: Fetch | undefined
}

export type CallInit = RequestInit & { readonly deadlineMs?: number | undefined }

/** Shaped like `fetch`, but for one thing: what is no good answer rejects, with an ApiError. */
export type Client = (input: string | URL | Request, init?: CallInit) => Promise<Response>

/** The gateway gives an upstream 30 seconds; this leaves room for a second try. */
const DEADLINE_MS = 60_000

export function createClient(options: ClientOptions, outside: Outside = PLATFORM): Client {
  const { baseUrl, token, refresh, deadlineMs: usual = DEADLINE_MS } = options
  const base = new URL(baseUrl)
  // Looked up at each call, and never called as a member of ours: browsers mind.
  const send: Fetch = options.fetch ?? ((input, init) => fetch(input, init))
  const access = holdToken(token)
  const renewal = refresh && createRenewal(refresh, access, exchange)

  return (input, init) =>
    patiently(input, init, (order, patience) =>
      pursue(order, patience, order.ownCredential ? undefined : access),
    )

  async function patiently<T>(
    input: string | URL | Request,
    { deadlineMs = usual, ...init }: CallInit = {},
    work: (order: Order, patience: Patience) => Promise<T>,
  ): Promise<T> {
    const order = orderFrom(base, input, init)
    const patience = patienceOf(deadlineMs, order.signal, order.correlationId, outside)
    try {
      patience.signal.throwIfAborted()
      return await work(order, patience)
    } finally {
      patience.keep()
    }
  }

  /** Sends it as often as the contract allows, and once more with a new token. */
  async function pursue(order: Order, patience: Patience, access?: HeldToken): Promise<Response> {
    let renewed = false
    for (let tries = 1; ; ) {
      const reading = access && (await patience.follow(access.read()))
      if (reading?.token) order.headers.set('Authorization', `Bearer ${reading.token}`)
      else if (access) order.headers.delete('Authorization')
      const endedBefore = renewal?.ended ?? 0
      const answer = await attempt(order, patience.signal)
      if (!(answer instanceof ApiError)) return answer

      if (answer.code === 'TOKEN_EXPIRED' && reading?.token && renewal && !renewed) {
        renewed = true
        await patience.follow(renewal.join(reading, endedBefore))
        if (order.repeatable) continue
        // A stream is gone, but whoever comes next has a token.
      }
      if (!order.repeatable || !mayRepeat(answer, order.method)) throw answer
      const pause = pauseAfter(answer, tries, outside.random, outside.now())
      if (pause === undefined || !(await patience.wait(pause))) throw answer
      tries += 1
    }
  }

  async function attempt(
    { target, init, headers, correlationId }: Order,
    signal: AbortSignal,
  ): Promise<Response | ApiError> {
    try {
      const response = await send(target, { ...init, headers, signal })
      return response.status < 400 ? response : await errorFrom(response, correlationId)
    } catch (cause) {
      return new ApiError('No answer came', { status: 0, correlationId }, cause)
    } finally {
      signal.throwIfAborted()
    }
  }

  /** Never given up by those who wait for it: the answer may hold the only refresh token that is still good. */
  function exchange(refreshToken: string | undefined): Promise<RefreshedTokens> {
    const cookie = { method: 'POST', credentials: 'include' } as const
    const stated = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refreshToken }),
    }
    const init = refreshToken === undefined ? cookie : stated
    return patiently('/auth/token/refresh', init, async (order, patience) => {
      const response = await pursue(order, patience)
      const tokens: unknown = await response.json().catch(() => undefined)
      patience.signal.throwIfAborted()
      if (hasAccessToken(tokens)) return tokens
      const { correlationId } = order
      const { status, headers } = response
      throw new ApiError('No token in the answer', { status, headers, correlationId })
    })
  }
}

function hasAccessToken(tokens: unknown): tokens is RefreshedTokens {
  return typeof Object(tokens).accessToken === 'string'
}
