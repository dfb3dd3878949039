import { ResilientUpstream } from '../../src/adapters/upstream/resilient-upstream.ts'
import type { Attempted, UpstreamOutcome } from '../../src/ports.ts'
import { VirtualTime } from './virtual-time.ts'

export const START = Date.parse('2026-11-22T12:00:00Z')
export const BASE = new URL('https://upstream.test/api')

export interface Try {
  readonly request: Request
  /** Milliseconds since the start. */
  readonly at: number
  readonly timeoutMs: number
}

interface Options {
  /** What comes of a try; it may take its (virtual) time. */
  readonly answer: (asked: Try, time: VirtualTime) => Attempted | Promise<Attempted>
  readonly random?: () => number
  readonly substitute?: URL
}

export interface Asked {
  readonly method?: string
  readonly body?: string
  readonly base?: URL
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly renew?: (msLeft: number) => boolean
  readonly excused?: boolean
}

/** The adapter in front of an upstream that is ours to fail, in time that is ours to pass. */
export function askedUpstream({ answer, random = () => 0.5, substitute }: Options) {
  const time = new VirtualTime(START)
  const tries: Try[] = []
  const records: Readonly<Record<string, unknown>>[] = []
  const upstream = new ResilientUpstream(
    {
      async attempt(request, timeoutMs) {
        const asked = { request, at: time.now - START, timeoutMs }
        tries.push(asked)
        return answer(asked, time)
      },
      sleep: (milliseconds) => time.wait(milliseconds),
      now: () => time.now,
      random,
      log: { write: (record) => void records.push(record) },
    },
    substitute && { of: BASE, base: substitute },
  )

  function send(asked: Asked = {}): Promise<UpstreamOutcome> {
    const { method = 'GET', body = null, base = BASE, timeoutMs = 30_000 } = asked
    const { signal, renew, excused = false } = asked
    const request = new Request(`${base.href}/things`, { method, body, ...(signal && { signal }) })
    const dispatch = {
      base,
      timeoutMs,
      renew: async (left: number) => renew?.(left) ?? true,
      excuses: () => excused,
    }
    return upstream.send(request, dispatch)
  }

  return {
    upstream,
    time,
    tries,
    records,
    send,
    /** The outcome, once time has gone on until nothing is left to happen. */
    async ask(asked: Asked = {}): Promise<UpstreamOutcome> {
      const outcome = new Promise<UpstreamOutcome>((resolve) =>
        time.after(0, () => resolve(send(asked))),
      )
      await time.run()
      return outcome
    },
  }
}

export function status(code: number, headers: HeadersInit = {}): Attempted {
  return { kind: 'answered', response: new Response(null, { status: code, headers }) }
}

export const OK = () => status(200)
export const LOST: Attempted = { kind: 'lost' }
export const UNREACHABLE: Attempted = { kind: 'unreachable' }
export const LATE: Attempted = { kind: 'late' }

/** What a client would make of it. */
export function seen(outcome: UpstreamOutcome): number | string {
  return outcome.kind === 'answered' ? outcome.response.status : outcome.kind
}
