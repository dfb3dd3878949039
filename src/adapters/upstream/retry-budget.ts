import { RecentCount } from './recent-count.ts'

/** Of recent requests: an upstream in trouble gets at most this much more to do. */
const SHARE = 0.1

/** What a quiet isolate may do in ten seconds: a tenth of few is nothing, and harms nobody. */
const LEAST = 3

/** How many retries an upstream can be asked to bear. */
export class RetryBudget {
  readonly #requests = new RecentCount()
  readonly #retries = new RecentCount()

  count(now: number): void {
    this.#requests.add(now)
  }

  /** False: there have been enough of them. */
  spend(now: number): boolean {
    const most = Math.max(LEAST, this.#requests.sum(now) * SHARE)
    if (this.#retries.sum(now) + 1 > most) return false
    this.#retries.add(now)
    return true
  }
}
