/** A Map that holds at most so many bytes and forgets what was used longest ago. */
export class BoundedBytes<V extends { readonly bytes: number }> {
  readonly #entries = new Map<string, V>()
  readonly #maximum: number
  #bytes = 0

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key)
    if (value) {
      this.#entries.delete(key)
      this.#entries.set(key, value)
    }
    return value
  }

  set(key: string, value: V): void {
    this.delete(key)
    this.#entries.set(key, value)
    this.#bytes += value.bytes
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maximum) return
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const value = this.#entries.get(key)
    if (!value) return
    this.#entries.delete(key)
    this.#bytes -= value.bytes
  }
}
