import type { WaitingRoom } from '../ports.ts'

const MOST = 100
const MOST_OF_ONE = 10

type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>

/** Holds requests for a while: a hundred at most, ten of one subject. Who came first is the first to go on. */
export class BoundedWaitingRoom implements WaitingRoom {
  readonly #sleep: Sleep
  readonly #waiting = new Map<string, number>()
  #all = 0

  constructor(sleep: Sleep) {
    this.#sleep = sleep
  }

  async hold(
    subject: string,
    milliseconds: number,
    most: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const ofThis = this.#waiting.get(subject) ?? 0
    if (this.#all >= MOST || ofThis >= Math.min(MOST_OF_ONE, most) || signal.aborted) return false
    this.#all += 1
    this.#waiting.set(subject, ofThis + 1)
    try {
      await this.#sleep(milliseconds, signal)
      return !signal.aborted
    } finally {
      this.#all -= 1
      const left = (this.#waiting.get(subject) ?? 1) - 1
      if (left > 0) this.#waiting.set(subject, left)
      else this.#waiting.delete(subject)
    }
  }
}

/** Ends early, without complaint, when the signal does. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
