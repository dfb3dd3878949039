import type { Log } from '../ports.ts'

/** Writes what has become the case when it has, and not again while it stays so. */
export class LogChanges {
  readonly #log: Log
  readonly #states = new Map<string, string>()

  constructor(log: Log) {
    this.#log = log
  }

  /** Every topic begins with the state `''`, of which there is nothing to say. Without a record the change is silent. */
  note(topic: string, state: string, record?: Readonly<Record<string, unknown>>): void {
    if ((this.#states.get(topic) ?? '') === state) return
    this.#states.set(topic, state)
    if (record) this.#log.write(record)
  }
}
