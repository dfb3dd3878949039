const SECONDS = 10

/** How often something happened in the last ten seconds, the running one included. */
export class RecentCount {
  readonly #counts = new Array<number>(SECONDS).fill(0)
  /** Which second each of the counts is of. */
  readonly #seconds = new Array<number>(SECONDS).fill(-1)

  add(now: number): void {
    const second = Math.floor(now / 1000)
    const slot = second % SECONDS
    this.#counts[slot] = this.#seconds[slot] === second ? (this.#counts[slot] ?? 0) + 1 : 1
    this.#seconds[slot] = second
  }

  sum(now: number): number {
    const second = Math.floor(now / 1000)
    return this.#counts.reduce((sum, count, slot) => {
      const age = second - (this.#seconds[slot] ?? -1)
      return age >= 0 && age < SECONDS ? sum + count : sum
    }, 0)
  }
}
