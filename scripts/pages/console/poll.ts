import { waitMs } from './pace.ts'

/** How one round went. */
export interface Round {
  readonly isGood: boolean
  readonly retryAfterSeconds?: number | undefined
}

/** Asks again and again, one at a time, and not while nobody can see the page. */
export class Poll {
  readonly #round: () => Promise<Round>
  readonly #intervalMs: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #dueAt = 0
  #isOn = false
  #isAsking = false

  constructor(intervalMs: number, round: () => Promise<Round>) {
    this.#intervalMs = intervalMs
    this.#round = round
  }

  start(): void {
    if (this.#isOn) return
    this.#isOn = true
    document.addEventListener('visibilitychange', this.#look)
    this.#plan()
  }

  stop(): void {
    this.#isOn = false
    clearTimeout(this.#timer)
    document.removeEventListener('visibilitychange', this.#look)
  }

  readonly #look = () => this.#plan()

  #plan(): void {
    clearTimeout(this.#timer)
    if (!this.#isOn || this.#isAsking || document.visibilityState === 'hidden') return
    this.#timer = setTimeout(() => void this.#run(), Math.max(0, this.#dueAt - Date.now()))
  }

  async #run(): Promise<void> {
    this.#isAsking = true
    // Should a round fail in a way that nobody foresaw, the browser's console says so, and it is asked again.
    let round: Round = { isGood: false }
    try {
      round = await this.#round()
    } finally {
      this.#isAsking = false
      this.#failures = round.isGood ? 0 : this.#failures + 1
      this.#dueAt = Date.now() + this.#waitMs(round)
      this.#plan()
    }
  }

  #waitMs({ retryAfterSeconds }: Round): number {
    const pace = { intervalMs: this.#intervalMs, failures: this.#failures, retryAfterSeconds }
    return waitMs({ ...pace, chance: Math.random() })
  }
}
