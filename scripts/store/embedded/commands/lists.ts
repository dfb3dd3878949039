import { type Bytes, OK, type Reply } from '../../engine.ts'
import { type CommandTable, word } from '../command-table.ts'
import type { Keyspace } from '../keyspace.ts'
import { integerFrom } from '../numbers.ts'
import { RedisError } from '../redis-error.ts'
import { sliceOf } from '../slice.ts'

export const lists: CommandTable = {
  LPUSH: {
    arity: -3,
    writes: true,
    run: (keys, words) => keys.open(word(words, 0), 'list').unshift(...words.slice(1).reverse()),
  },
  RPUSH: {
    arity: -3,
    writes: true,
    run: (keys, words) => keys.open(word(words, 0), 'list').push(...words.slice(1)),
  },
  LPOP: {
    arity: -2,
    writes: true,
    run: (keys, words) => pop(keys, words, 'lpop', (list, count) => list.splice(0, count)),
  },
  RPOP: {
    arity: -2,
    writes: true,
    run: (keys, words) =>
      pop(keys, words, 'rpop', (list, count) =>
        list.splice(Math.max(0, list.length - count)).reverse(),
      ),
  },
  LLEN: { arity: 2, run: (keys, words) => list(keys, words).length },
  LRANGE: { arity: 4, run: (keys, words) => rangeOf(keys, words) },
  LTRIM: {
    arity: 4,
    writes: true,
    run(keys, words) {
      const kept = rangeOf(keys, words)
      const elements = keys.get(word(words, 0), 'list')
      elements?.splice(0, elements.length, ...kept)
      keys.settle(word(words, 0))
      return OK
    },
  },
}

function list(keys: Keyspace, words: readonly Bytes[]): Bytes[] {
  return keys.get(word(words, 0), 'list') ?? []
}

function rangeOf(keys: Keyspace, words: readonly Bytes[]): Bytes[] {
  const from = integerFrom(word(words, 1))
  const to = integerFrom(word(words, 2))
  return sliceOf(list(keys, words), from, to)
}

function pop(
  keys: Keyspace,
  words: readonly Bytes[],
  name: string,
  take: (list: Bytes[], count: number) => Bytes[],
): Reply {
  if (words.length > 2) {
    throw new RedisError(`ERR wrong number of arguments for '${name}' command`)
  }
  const count = words[1] === undefined ? undefined : countFrom(words[1])
  const elements = keys.get(word(words, 0), 'list')
  if (!elements) return null
  const taken = take(elements, count ?? 1)
  keys.settle(word(words, 0))
  return count === undefined ? (taken[0] ?? null) : taken
}

function countFrom(text: Bytes): number {
  const refusal = 'ERR value is out of range, must be positive'
  const count = integerFrom(text, refusal)
  if (count < 0) throw new RedisError(refusal)
  return count
}
