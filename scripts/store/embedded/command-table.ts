import type { Bytes, Reply } from '../engine.ts'
import type { Keyspace } from './keyspace.ts'

export interface CommandRow {
  /** Words of the command with its name; negative: at least so many. */
  readonly arity: number
  readonly writes?: true
  readonly run: (keys: Keyspace, words: readonly Bytes[]) => Reply
}

export type CommandTable = Readonly<Record<string, CommandRow>>

/** The word at a place that the row's arity guarantees. */
export function word(words: readonly Bytes[], at: number): Bytes {
  return words[at] ?? ''
}

export function pairsFrom(words: readonly Bytes[]): [Bytes, Bytes][] {
  return words.flatMap((first, at) => (at % 2 === 0 ? [[first, words[at + 1] ?? '']] : []))
}
