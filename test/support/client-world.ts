import { type Client, type ClientOptions, createClient } from '../../src/client/client.ts'

/** How the other side takes one try. */
export type Part = () => Response | Promise<Response>

export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
  /** On the world's clock. */
  readonly at: number
}

export interface ClientWorld {
  readonly call: Client
  readonly sent: readonly Sent[]
  readonly now: () => number
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

const START = Date.UTC(2026, 10, 23)

/**
 * One call at a time against answers that are given in turn, the last one for ever. Nobody waits: where the client does
 * nothing but sleep, or an answer never comes, the clock leaps to whatever rings first.
 */
export function clientWorld(
  parts: readonly Part[],
  options: Partial<ClientOptions> = {},
  random: () => number = () => 0.5,
): ClientWorld {
  const sent: Sent[] = []
  const sleepers = new Set<Sleeper>()
  let now = START

  function leap() {
    const [first] = [...sleepers].sort((a, b) => a.at - b.at)
    if (!first) return
    now = Math.max(now, first.at)
    first.wake()
  }

  const call = createClient(
    {
      baseUrl: 'https://gateway.test',
      ...options,
      async fetch(input, init) {
        const { signal = null } = init ?? {}
        const request = new Request(input, init)
        const body = await request.clone().text()
        const { method, url, headers } = request
        sent.push({ method, url, headers, body, at: now })
        const part = parts[Math.min(sent.length, parts.length) - 1]
        if (part) return part()
        leap()
        return new Promise((_, reject) => {
          const end = () => reject(signal?.reason)
          if (signal?.aborted) end()
          signal?.addEventListener('abort', end)
        })
      },
    },
    {
      now: () => now,
      random,
      sleep: (milliseconds, signal) =>
        new Promise((resolve) => {
          const wake = () => {
            sleepers.delete(sleeper)
            resolve()
          }
          const sleeper = { at: now + milliseconds, wake }
          sleepers.add(sleeper)
          signal.addEventListener('abort', wake)
          // The first is the deadline; a second one means that the client has nothing else to do.
          if (sleepers.size > 1) leap()
        }),
    },
  )
  return { call, sent, now: () => now }
}

/** An answer in the contract's form, as its examples show it. */
export function refusal(
  status: number,
  code: string,
  { headers = {}, ...more }: { headers?: Record<string, string>; details?: object } = {},
): Part {
  const error = {
    code,
    message: `The message of ${code}`,
    category: 'server',
    statusCode: status,
    correlationId: 'req-12345-abcde',
    suggestion: 'Do something',
    ...more,
  }
  return () => Response.json({ error }, { status, headers })
}

export const good: Part = () => new Response('good')

/** What stands in between says, and never heard of the contract. */
export const page =
  (status: number): Part =>
  () =>
    new Response('<!doctype html><title>Error 1102</title>', {
      status,
      headers: { 'Content-Type': 'text/html', 'CF-Ray': '8f2-AMS' },
    })

export const lost: Part = () => Promise.reject(new TypeError('fetch failed'))
