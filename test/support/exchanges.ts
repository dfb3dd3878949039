import type { Answered, Exchange } from '../../src/exchange.ts'
import type { Reading, Verdict } from '../../src/policy/charge.ts'

interface Facts {
  readonly durationMs?: number
  readonly status?: number
  readonly path?: string
  readonly source?: Verdict['source']
  /** Whose minute was over. */
  readonly refused?: string
  readonly storeMs?: number
  readonly identityMs?: number
  readonly upstreamMs?: number
  readonly retries?: number
  readonly breaker?: 'open' | 'closed'
}

/** An exchange as an observer is told of it. */
export function exchangeAt(startedAt: number, facts: Facts = {}): [Exchange, Answered] {
  const { durationMs = 5, status = 200, path = '/tunnels/*', source = 'lease', refused } = facts
  const { storeMs, identityMs, upstreamMs, retries, breaker = 'closed' } = facts
  const reading: Reading = {
    limit: 1_000,
    remaining: refused ? 0 : 999,
    resetAt: startedAt + 60_000,
    windowSeconds: 60,
    windowId: '60',
  }
  const base = { reading, addressReading: reading, shadowed: [], exempt: false, source }
  const over = { code: 'RATE_LIMIT_EXCEEDED_IP', retryAt: reading.resetAt, blocked: false } as const
  const wait = (ms: number) => ({ since: startedAt, ms })
  const tried = retries === undefined ? {} : { retries }
  const response = new Response(null, { status })
  const exchange: Exchange = {
    url: new URL('https://gateway.test/tunnels/1'),
    startedAt,
    correlationId: 'req-of-a-test',
    trace: { traceparent: '00-0-0-01' },
    address: '192.0.2.1',
    route: { path, access: 'public' },
    verdict: refused
      ? { ...base, ...over, outcome: 'refused', subject: refused }
      : { ...base, outcome: 'admitted' },
    ...(refused && { denial: { allowed: false, code: over.code } }),
    outcome:
      breaker === 'open'
        ? { kind: 'open', retryAfter: 1 }
        : { kind: 'answered', response, ...tried },
    waited: {
      ...(storeMs !== undefined && { store: wait(storeMs) }),
      ...(identityMs !== undefined && { identity: wait(identityMs) }),
      ...(upstreamMs !== undefined && { upstream: wait(upstreamMs) }),
    },
  }
  return [exchange, { environment: 'test', method: 'GET', status, durationMs }]
}
