import { isRepeatable } from '../../policy/repeatable.ts'
import { retryAfterFrom } from '../../policy/retry-after.ts'
import { isTransient } from '../../policy/upstream-statuses.ts'
import type { Attempted } from '../../ports.ts'

const MOST_RETRIES = 2

/** The longest pause before the first retry; before the second it is twice that. */
const FIRST_PAUSE_MS = 100

/** What an upstream asks for beyond this is for the client to wait. */
const MOST_PAUSE_MS = 2_000

/** A failure of the upstream as a whole. A 500 is one of the request's, and a 429 of its client's. */
export function isFailure(outcome: Attempted): boolean {
  return outcome.kind === 'answered' ? isTransient(outcome.response.status) : true
}

/** Whether sending it again changes nothing, and is possible at all: a body can be read only once. */
export function canRepeat({ method, body }: Request): boolean {
  return isRepeatable(method) && body === null
}

/**
 * How long to wait before the next try; undefined where none makes sense. Any length up to the longest, so that those
 * who failed together do not come back together.
 */
export function pauseAfter(
  failure: Attempted,
  retries: number,
  random: () => number,
  now: number,
): number | undefined {
  // All its time is gone.
  if (failure.kind === 'late' || retries >= MOST_RETRIES) return undefined
  const jitter = random() * FIRST_PAUSE_MS * 2 ** retries
  const asked = failure.kind === 'answered' ? askedFor(failure.response, now) : 0
  return asked > MOST_PAUSE_MS ? undefined : asked + jitter
}

function askedFor({ headers }: Response, now: number): number {
  return (retryAfterFrom(headers.get('Retry-After'), now) ?? 0) * 1000
}
