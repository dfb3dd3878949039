import type { InFlight } from '../ports.ts'

/** How many requests of each subject this isolate is serving now. It holds nothing of a subject that has none. */
export class InFlightCounts implements InFlight {
  readonly #counts = new Map<string, number>()

  enter(subject: string): number {
    const count = (this.#counts.get(subject) ?? 0) + 1
    this.#counts.set(subject, count)
    return count
  }

  leave(subject: string): void {
    const count = (this.#counts.get(subject) ?? 0) - 1
    if (count > 0) this.#counts.set(subject, count)
    else this.#counts.delete(subject)
  }
}
