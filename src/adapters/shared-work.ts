/** Longer than any work here takes: if it is not done by then, whoever began it is gone. */
const PATIENCE_MS = 8_000

/**
 * Work that one request does and others wait for. On Workers a promise begun by another request may never settle: each
 * waiter has a timer of its own, after which it begins anew, and whoever begins keeps the work alive past its answer.
 */
export class SharedWork {
  readonly #running = new Map<string, Promise<void>>()
  readonly #wait: (milliseconds: number) => Promise<void>
  readonly #background: (work: Promise<unknown>) => void

  constructor(
    wait: (milliseconds: number) => Promise<void>,
    background: (work: Promise<unknown>) => void,
  ) {
    this.#wait = wait
    this.#background = background
  }

  /** Joins the work of this name; where there is none, begins it, unless `begin` sees no need. */
  async do(name: string, begin: () => Promise<void> | undefined): Promise<void> {
    const running = this.#running.get(name)
    if (running) {
      const isLate = this.#wait(PATIENCE_MS).then(() => true)
      if (!(await Promise.race([running.then(() => false), isLate]))) return
      this.#forget(name, running)
      return this.do(name, begin)
    }
    const work = begin()
    if (!work) return
    const whole = work.finally(() => this.#forget(name, whole))
    this.#running.set(name, whole)
    this.#background(whole)
    return whole
  }

  /** Unless another has begun since. */
  #forget(name: string, work: Promise<void>): void {
    if (this.#running.get(name) === work) this.#running.delete(name)
  }
}
