import type { Refreshes } from '../../src/adapters/upstash-refreshes.ts'

interface Entry {
  readonly text: string
  readonly until: number
}

/** What the store does for shared refreshes, in memory and by our clock. */
export class MemoryRefreshes implements Refreshes {
  readonly entries = new Map<string, Entry>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  async claim(id: string, claimant: string, milliseconds: number): Promise<boolean> {
    if ((await this.read(id)) !== undefined) return false
    this.entries.set(id, { text: claimant, until: this.#now() + milliseconds })
    return true
  }

  async read(id: string): Promise<string | undefined> {
    const entry = this.entries.get(id)
    return entry && entry.until > this.#now() ? entry.text : undefined
  }

  async publish(id: string, answer: string, milliseconds: number): Promise<void> {
    this.entries.set(id, { text: answer, until: this.#now() + milliseconds })
  }
}
