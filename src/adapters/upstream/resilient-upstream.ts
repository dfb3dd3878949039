import { isSafe } from '../../policy/repeatable.ts'
import type { Attempted, Dispatch, Log, Upstream, UpstreamOutcome } from '../../ports.ts'
import { Breaker, type Permit } from './breaker.ts'
import { canRepeat, isFailure, pauseAfter } from './retries.ts'
import { RetryBudget } from './retry-budget.ts'

interface Outside {
  readonly attempt: (request: Request, timeoutMs: number) => Promise<Attempted>
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: Log
}

/** A second upstream, and for which one it stands in. */
interface Substitute {
  readonly of: URL
  readonly base: URL
}

interface Standing {
  readonly breaker: Breaker
  readonly budget: RetryBudget
}

/** Asks again where that is safe and worth it, and leaves an upstream alone that fails most of what it is asked. */
export class ResilientUpstream implements Upstream {
  readonly #outside: Outside
  readonly #substitute: Substitute | undefined
  readonly #standings = new Map<string, Standing>()

  constructor(outside: Outside, substitute?: Substitute) {
    this.#outside = outside
    this.#substitute = substitute
  }

  baseFor(base: URL, method: string): URL {
    const { now } = this.#outside
    const substitute = this.#substitute
    if (!substitute || substitute.of.href !== base.href || !isSafe(method)) return base
    return this.#standingOf(base).breaker.offers(now()) ? base : substitute.base
  }

  async send(request: Request, dispatch: Dispatch): Promise<UpstreamOutcome> {
    const { now } = this.#outside
    const startedAt = now()
    const { breaker, budget } = this.#standingOf(dispatch.base)
    const permit = breaker.admit(startedAt)
    if (!permit) return { kind: 'open', retryAfter: breaker.retryAfter(startedAt) }

    budget.count(startedAt)
    const outcome = await this.#try(request, dispatch, dispatch.timeoutMs, breaker, permit)
    if (permit.probe) return { ...outcome, probe: true }
    if (!isFailure(outcome) || !canRepeat(request)) return outcome
    return this.#insist(request, dispatch, outcome, startedAt + dispatch.timeoutMs)
  }

  async #insist(
    request: Request,
    dispatch: Dispatch,
    failure: Attempted,
    deadline: number,
  ): Promise<UpstreamOutcome> {
    const { now, random, sleep } = this.#outside
    const { breaker, budget } = this.#standingOf(dispatch.base)
    let outcome = failure
    let retries = 0
    while (isFailure(outcome) && !request.signal.aborted) {
      const pause = pauseAfter(outcome, retries, random, now())
      if (pause === undefined || now() + pause >= deadline || !budget.spend(now())) break
      await sleep(pause, request.signal)

      const left = deadline - now()
      const permit = breaker.admit(now())
      if (!permit || left <= 0 || request.signal.aborted || !(await dispatch.renew(left))) break
      if (outcome.kind === 'answered') outcome.response.body?.cancel().catch(() => undefined)
      retries += 1
      outcome = await this.#try(request, dispatch, left, breaker, permit)
    }
    return retries > 0 ? { ...outcome, retries } : outcome
  }

  async #try(
    request: Request,
    { excuses }: Dispatch,
    timeoutMs: number,
    breaker: Breaker,
    permit: Permit,
  ): Promise<Attempted> {
    const { attempt, now } = this.#outside
    const outcome = await attempt(request, timeoutMs)
    const failed = isFailure(outcome)
    // A client that leaves is no fault of the upstream's either.
    const excused = failed && (request.signal.aborted || excuses(outcome))
    if (!excused) breaker.settle(permit, failed, now())
    return outcome
  }

  #standingOf(base: URL): Standing {
    const { href } = base
    const known = this.#standings.get(href)
    if (known) return known
    const standing = {
      breaker: new Breaker(href, this.#outside.log),
      budget: new RetryBudget(),
    }
    this.#standings.set(href, standing)
    return standing
  }
}
