import type { Bytes } from '../engine.ts'
import { RedisError, WRONG_TYPE } from './redis-error.ts'

/** The kinds of value a key can hold, by Redis's own names for them. */
interface Kinds {
  string: Bytes
  hash: Map<Bytes, Bytes>
  set: Set<Bytes>
  zset: Map<Bytes, number>
  list: Bytes[]
}

export type Kind = keyof Kinds

interface Entry {
  readonly kind: Kind
  readonly value: Kinds[Kind]
  expiresAt: number | undefined
}

const EMPTY: { [K in Exclude<Kind, 'string'>]: () => Kinds[K] } = {
  hash: () => new Map(),
  set: () => new Set(),
  zset: () => new Map(),
  list: () => [],
}

export class Keyspace {
  readonly #entries = new Map<Bytes, Entry>()
  /** Milliseconds. It stands still while one command, script or transaction runs, as in Redis. */
  now = Date.now()

  get<K extends Kind>(key: Bytes, kind: K): Kinds[K] | undefined {
    const entry = this.#live(key)
    if (!entry) return undefined
    if (entry.kind !== kind) throw new RedisError(WRONG_TYPE)
    // The kind was compared above; the compiler cannot tie it to the value.
    return entry.value as Kinds[K]
  }

  /** The collection at the key, an empty one if there is none; `settle` removes it if it stays empty. */
  open<K extends Exclude<Kind, 'string'>>(key: Bytes, kind: K): Kinds[K] {
    const present = this.get(key, kind)
    if (present) return present
    const value: Kinds[K] = EMPTY[kind]()
    this.#entries.set(key, { kind, value, expiresAt: undefined })
    return value
  }

  /** No key holds an empty collection. */
  settle(key: Bytes): void {
    const value = this.#entries.get(key)?.value
    if (value === undefined || typeof value === 'string') return
    if ((Array.isArray(value) ? value.length : value.size) === 0) this.#entries.delete(key)
  }

  setString(key: Bytes, value: Bytes, expiresAt?: number): void {
    this.#entries.set(key, { kind: 'string', value, expiresAt })
  }

  kindOf(key: Bytes): Kind | undefined {
    return this.#live(key)?.kind
  }

  expiresAt(key: Bytes): number | undefined {
    return this.#live(key)?.expiresAt
  }

  expire(key: Bytes, expiresAt: number | undefined): void {
    const entry = this.#live(key)
    if (entry) entry.expiresAt = expiresAt
  }

  delete(key: Bytes): boolean {
    return this.#live(key) !== undefined && this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  keys(): Bytes[] {
    return [...this.#entries.keys()].filter((key) => this.#live(key) !== undefined)
  }

  #live(key: Bytes): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry?.expiresAt === undefined || entry.expiresAt > this.now) return entry
    this.#entries.delete(key)
    return undefined
  }
}
