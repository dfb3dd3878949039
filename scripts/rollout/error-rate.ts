/** What became of some requests. */
export interface Reading {
  readonly requests: number
  /** Answers of 500 and above. */
  readonly errors: number
}

/** How far chance alone may lead: three standard deviations, beyond which it leads once in 700 looks. */
const DEVIATIONS = 3

/**
 * How many errors a step may show before they are the new version's. Expected are as many as before; of the new version's
 * own part of the requests, so many more are tolerated. How much the time before tells depends on how much there was of it
 * (the posterior of a share, from nothing known): where it was silent nothing can be said, and everything is allowed.
 */
function allowedErrors(
  before: Reading,
  requests: number,
  { part, tolerance }: { readonly part: number; readonly tolerance: number },
): number {
  const share = (before.errors + 1) / (before.requests + 2)
  const doubt = (share * (1 - share)) / (before.requests + 3)
  const deviation = Math.sqrt(requests * share + requests ** 2 * doubt)
  return requests * share + requests * part * tolerance + DEVIATIONS * deviation
}

export function tooManyErrors(
  before: Reading,
  now: Reading,
  step: { readonly part: number; readonly tolerance: number },
): boolean {
  return now.errors > allowedErrors(before, now.requests, step)
}

export function told({ requests, errors }: Reading): string {
  return `${errors} of ${requests} requests failed`
}
