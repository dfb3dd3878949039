import type { Span } from '../watch/spans.ts'

/** The spans of one exchange. */
export interface Told {
  readonly spans: readonly Span[]
  /** Kept before all others. */
  readonly fault: boolean
}

/** Exchanges that the collector has not been told of: so many at most, of some 3 KB as JSON and never more than 8. */
export class TraceQueue {
  readonly #most: number
  #waiting: Told[] = []
  #lost = 0

  constructor(most: number) {
    this.#most = most
  }

  get length(): number {
    return this.#waiting.length
  }

  get hasLost(): boolean {
    return this.#lost > 0
  }

  add(told: Told): void {
    this.#waiting.push(told)
    this.#shrink()
  }

  /** At most so many, the oldest first. */
  take(most: number): readonly Told[] {
    return this.#waiting.splice(0, most)
  }

  /** What was taken and could not be told comes first again. */
  putBack(batch: readonly Told[]): void {
    this.#waiting = [...batch, ...this.#waiting]
    this.#shrink()
  }

  lose(batch: readonly Told[]): void {
    this.#lost += batch.length
  }

  /** How many were lost since this was asked last. */
  takeLost(): number {
    const lost = this.#lost
    this.#lost = 0
    return lost
  }

  /** Goods go first, the oldest before all; a fault goes only for another fault. */
  #shrink(): void {
    while (this.#waiting.length > this.#most) {
      const good = this.#waiting.findIndex(({ fault }) => !fault)
      this.#waiting.splice(Math.max(0, good), 1)
      this.#lost += 1
    }
  }
}
