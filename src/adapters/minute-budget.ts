const MINUTE_MS = 60_000

/** So many a minute, and so many bytes of them where these are bounded. What is over costs a comparison. */
export class MinuteBudget {
  readonly #most: number
  readonly #mostBytes: number
  #minute = 0
  #taken = 0
  #bytes = 0

  constructor({
    most,
    bytes = Number.POSITIVE_INFINITY,
  }: { readonly most: number; readonly bytes?: number }) {
    this.#most = most
    this.#mostBytes = bytes
  }

  /** Whether there was room for one more: it is taken then. */
  takes(now: number): boolean {
    const minute = Math.floor(now / MINUTE_MS)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#taken = 0
      this.#bytes = 0
    }
    if (this.#taken >= this.#most || this.#bytes >= this.#mostBytes) return false
    this.#taken += 1
    return true
  }

  /** How many bytes the one that was taken has come to. */
  pay(bytes: number): void {
    this.#bytes += bytes
  }
}
