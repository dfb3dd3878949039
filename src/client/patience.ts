import { ApiError } from './api-error.ts'
import type { Outside } from './outside.ts'

/** The time that one call has, over all its tries and waits. */
export interface Patience {
  /** Ends with the deadline, or when the caller gives up. */
  readonly signal: AbortSignal
  /** False, and at once, where the wait would outlast the deadline. */
  wait(milliseconds: number): Promise<boolean>
  /** Leaves the work alone when this call ends: others may wait for it too. */
  follow<T>(work: Promise<T>): Promise<T>
  /** From now on only the caller ends what is still read. */
  keep(): void
}

/** A timer takes no more: what is longer would ring at once. */
const MOST_MS = 2 ** 31 - 1

export function patienceOf(
  milliseconds: number,
  given: AbortSignal | null | undefined,
  correlationId: string,
  { now, sleep }: Pick<Outside, 'now' | 'sleep'>,
): Patience {
  const ms = Math.min(milliseconds, MOST_MS)
  const endsAt = now() + ms
  const kept = new AbortController()
  const late = new AbortController()
  void sleep(ms, kept.signal).then(() => {
    if (kept.signal.aborted) return
    const cause = new DOMException('The deadline has passed', 'TimeoutError')
    late.abort(new ApiError(`No answer within ${ms} ms`, { status: 0, correlationId }, cause))
  })
  const signal = given ? AbortSignal.any([given, late.signal]) : late.signal
  return {
    signal,
    async wait(pause) {
      if (now() + pause >= endsAt) return false
      await sleep(pause, signal)
      signal.throwIfAborted()
      return true
    },
    follow: (work) =>
      new Promise((resolve, reject) => {
        const leave = () => reject(signal.reason)
        signal.addEventListener('abort', leave)
        if (signal.aborted) leave()
        work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
      }),
    keep: () => kept.abort(),
  }
}
