import { messageOf } from '../watch/alert-message.ts'
import type { AnomalyEvent } from '../watch/anomaly-event.ts'

/** All tries and pauses together end before the next minute's do begin. */
const TIMEOUT_MS = 5_000
const PAUSES_MS = [1_000, 4_000]

interface Outside {
  readonly fetch: typeof fetch
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** What came of a message: nothing to be said of it, or why it was not taken. */
export type Sent = { readonly taken: true } | { readonly taken: false; readonly reason: string }

/** Sends events to whoever wants to hear of them. The address is a secret: nothing that is said of it names it. */
export class Webhook {
  readonly #url: string
  readonly #environment: string
  readonly #outside: Outside

  constructor(url: string, environment: string, outside: Outside) {
    this.#url = url
    this.#environment = environment
    this.#outside = outside
  }

  /** Never rejects. */
  async send(events: readonly AnomalyEvent[]): Promise<Sent> {
    const body = JSON.stringify(messageOf(events, this.#environment))
    let sent = await this.#try(body)
    for (const pause of PAUSES_MS) {
      if (sent.taken) return sent
      await this.#outside.sleep(pause)
      sent = await this.#try(body)
    }
    return sent
  }

  async #try(body: string): Promise<Sent> {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      const response = await this.#outside.fetch(this.#url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
        // Who is meant is told the events, nobody else.
        redirect: 'manual',
        signal,
      })
      await response.body?.cancel()
      return response.ok ? { taken: true } : { taken: false, reason: `status ${response.status}` }
    } catch {
      // The error's own text may hold the address.
      return { taken: false, reason: signal.aborted ? 'late' : 'no answer' }
    }
  }
}
