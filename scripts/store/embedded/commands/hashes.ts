import type { Bytes } from '../../engine.ts'
import { OK } from '../../engine.ts'
import { type CommandTable, pairsFrom, word } from '../command-table.ts'
import type { Keyspace } from '../keyspace.ts'
import { bigIntegerFrom, decimalSum, floatFrom, sumFrom } from '../numbers.ts'
import { RedisError } from '../redis-error.ts'

const NOTHING = '0'
const NONE: ReadonlyMap<Bytes, Bytes> = new Map()

export const hashes: CommandTable = {
  HSET: { arity: -4, writes: true, run: (keys, words) => put(keys, words, 'hset') },
  HMSET: {
    arity: -4,
    writes: true,
    run(keys, words) {
      put(keys, words, 'hmset')
      return OK
    },
  },
  HSETNX: {
    arity: 4,
    writes: true,
    run(keys, words) {
      if (hash(keys, words).has(word(words, 1))) return 0
      return put(keys, words, 'hsetnx')
    },
  },
  HGET: { arity: 3, run: (keys, words) => hash(keys, words).get(word(words, 1)) ?? null },
  HMGET: {
    arity: -3,
    run(keys, words) {
      const fields = hash(keys, words)
      return words.slice(1).map((field) => fields.get(field) ?? null)
    },
  },
  HGETALL: { arity: 2, run: (keys, words) => [...hash(keys, words)].flat() },
  HKEYS: { arity: 2, run: (keys, words) => [...hash(keys, words).keys()] },
  HVALS: { arity: 2, run: (keys, words) => [...hash(keys, words).values()] },
  HEXISTS: { arity: 3, run: (keys, words) => Number(hash(keys, words).has(word(words, 1))) },
  HLEN: { arity: 2, run: (keys, words) => hash(keys, words).size },
  HDEL: {
    arity: -3,
    writes: true,
    run(keys, words) {
      const fields = keys.get(word(words, 0), 'hash')
      const removed = words.slice(1).filter((field) => fields?.delete(field)).length
      keys.settle(word(words, 0))
      return removed
    },
  },
  HINCRBY: {
    arity: 4,
    writes: true,
    run(keys, words) {
      const increment = bigIntegerFrom(word(words, 2))
      const current = hash(keys, words).get(word(words, 1)) ?? NOTHING
      const sum = sumFrom(bigIntegerFrom(current, 'ERR hash value is not an integer'), increment)
      keys.open(word(words, 0), 'hash').set(word(words, 1), sum.toString())
      return Number(sum)
    },
  },
  HINCRBYFLOAT: {
    arity: 4,
    writes: true,
    run(keys, words) {
      floatFrom(word(words, 2))
      const current = hash(keys, words).get(word(words, 1)) ?? NOTHING
      floatFrom(current, 'ERR hash value is not a float')
      const sum = decimalSum(current, word(words, 2))
      keys.open(word(words, 0), 'hash').set(word(words, 1), sum)
      return sum
    },
  },
}

function hash(keys: Keyspace, words: readonly Bytes[]): ReadonlyMap<Bytes, Bytes> {
  return keys.get(word(words, 0), 'hash') ?? NONE
}

function put(keys: Keyspace, words: readonly Bytes[], name: string): number {
  if (words.length % 2 === 0) {
    throw new RedisError(`ERR wrong number of arguments for '${name}' command`)
  }
  const fields = keys.open(word(words, 0), 'hash')
  const before = fields.size
  for (const [field, value] of pairsFrom(words.slice(1))) fields.set(field, value)
  return fields.size - before
}
