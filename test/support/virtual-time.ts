/** Time that passes as events come up, in their order and no faster: minutes of traffic in a moment. */
export class VirtualTime {
  readonly #events: { readonly at: number; readonly happen: () => void | Promise<void> }[] = []
  readonly #real: Promise<unknown>[] = []
  now: number

  constructor(start: number) {
    this.now = start
  }

  after(milliseconds: number, happen: () => void | Promise<void>): void {
    const at = this.now + milliseconds
    const index = this.#events.findIndex((event) => event.at > at)
    this.#events.splice(index === -1 ? this.#events.length : index, 0, { at, happen })
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve))
  }

  /** Work that takes real time, and in ours none: nothing else happens before it is done. */
  real<T>(work: Promise<T>): Promise<T> {
    this.#real.push(work)
    return work
  }

  async run(): Promise<void> {
    for (let event = this.#events.shift(); event; event = this.#events.shift()) {
      this.now = event.at
      await event.happen()
      // Whatever this event has settled goes on before the next one happens.
      for (let turn = 0; turn < 100; turn += 1) await undefined
      while (this.#real.length > 0) {
        await Promise.allSettled(this.#real.splice(0))
        await new Promise((resolve) => setTimeout(resolve, 0))
      }
    }
  }
}
