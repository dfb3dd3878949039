import type { Bytes } from '../../engine.ts'
import { type CommandTable, word } from '../command-table.ts'
import type { Keyspace } from '../keyspace.ts'

const NONE: ReadonlySet<Bytes> = new Set()

export const sets: CommandTable = {
  SADD: {
    arity: -3,
    writes: true,
    run(keys, words) {
      const members = keys.open(word(words, 0), 'set')
      const before = members.size
      for (const member of words.slice(1)) members.add(member)
      return members.size - before
    },
  },
  SREM: {
    arity: -3,
    writes: true,
    run(keys, words) {
      const members = keys.get(word(words, 0), 'set')
      const removed = words.slice(1).filter((member) => members?.delete(member)).length
      keys.settle(word(words, 0))
      return removed
    },
  },
  SISMEMBER: { arity: 3, run: (keys, words) => Number(set(keys, words).has(word(words, 1))) },
  SMISMEMBER: {
    arity: -3,
    run(keys, words) {
      const members = set(keys, words)
      return words.slice(1).map((member) => Number(members.has(member)))
    },
  },
  SMEMBERS: { arity: 2, run: (keys, words) => [...set(keys, words)] },
  SCARD: { arity: 2, run: (keys, words) => set(keys, words).size },
}

function set(keys: Keyspace, words: readonly Bytes[]): ReadonlySet<Bytes> {
  return keys.get(word(words, 0), 'set') ?? NONE
}
