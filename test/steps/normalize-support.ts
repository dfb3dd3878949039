import { answerTo, type Envelope } from '../../src/contract/envelope.ts'
import type { UpstreamOutcome } from '../../src/ports.ts'
import { type Forwarded, normalize } from '../../src/steps/normalize.ts'

/** 2026-11-21T12:00:00Z */
export const NOW = 1795262400000

export type Circumstances = Partial<Forwarded>

const GET: Forwarded = {
  method: 'GET',
  tokenVerified: false,
  tokenExpired: () => false,
  now: NOW,
}

export function forwarded(circumstances: Circumstances = {}): Forwarded {
  return { ...GET, ...circumstances }
}

/**
 * An answer with any status. The constructor refuses most of those that `fetch` can hand over, so
 * this is a real response that only tells another status.
 */
export function responseOf(
  status: number,
  body?: BodyInit | null,
  headers?: HeadersInit,
  webSocket: WebSocket | null = null,
): Response {
  const real = new Response(body ?? null, { headers: headers ?? {} })
  const told = new Map<string | symbol, unknown>([
    ['status', status],
    ['webSocket', webSocket],
  ])
  return new Proxy(real, {
    get: (target, name) => {
      const value = told.has(name) ? told.get(name) : Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

export function answered(response: Response): UpstreamOutcome {
  return { kind: 'answered', response }
}

export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly error: Envelope['error']
}

/** What a client sees of a failed outcome; throws where the outcome was let through. */
export async function seen(
  outcome: UpstreamOutcome,
  circumstances: Circumstances = {},
): Promise<Seen> {
  const decision = await normalize(outcome, forwarded(circumstances))
  if (decision.allowed) throw new Error('the answer was let through')
  const answer = answerTo(decision, 'req-of-this-test')
  const text = await answer.text()
  const { error }: Envelope = JSON.parse(text)
  return { status: answer.status, headers: answer.headers, text, error }
}

export function seenOf(
  status: number,
  body?: unknown,
  circumstances: Circumstances = {},
  headers: Record<string, string> = {},
): Promise<Seen> {
  const json = { 'Content-Type': 'application/json', ...headers }
  const text = body === undefined ? null : JSON.stringify(body)
  return seen(answered(responseOf(status, text, json)), circumstances)
}
