import { MESSAGE_RATE } from '../policy/web-sockets.ts'

/** What one socket's client may still send. A token bucket: a stock for bursts, refilled as time passes. */
export class MessageRate {
  #left: number = MESSAGE_RATE.atOnce
  #refilledAt: number

  /** `now` is in milliseconds, as everywhere. */
  constructor(now: number) {
    this.#refilledAt = now
  }

  admits(bytes: number, now: number): boolean {
    const { atOnce, perSecond, unitBytes } = MESSAGE_RATE
    const seconds = Math.max(0, now - this.#refilledAt) / 1000
    this.#refilledAt = now
    this.#left = Math.min(atOnce, this.#left + seconds * perSecond)
    this.#left -= Math.max(1, Math.ceil(bytes / unitBytes))
    return this.#left >= 0
  }
}
