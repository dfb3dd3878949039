import { type Bytes, OK, type Reply } from '../../engine.ts'
import { type CommandTable, pairsFrom, word } from '../command-table.ts'
import type { Keyspace } from '../keyspace.ts'
import {
  bigIntegerFrom,
  decimalSum,
  floatFrom,
  integerFrom,
  LOWEST_INTEGER,
  sumFrom,
} from '../numbers.ts'
import { RedisError } from '../redis-error.ts'
import { set } from './set.ts'

const NOTHING = '0'

export const strings: CommandTable = {
  GET: { arity: 2, run: (keys, words) => keys.get(word(words, 0), 'string') ?? null },
  SET: { arity: -3, writes: true, run: set },
  SETNX: {
    arity: 3,
    writes: true,
    run: (keys, words) => (set(keys, [...words, 'NX']) === null ? 0 : 1),
  },
  SETEX: { arity: 4, writes: true, run: (keys, words) => setFor(keys, words, 'EX', 'setex') },
  PSETEX: { arity: 4, writes: true, run: (keys, words) => setFor(keys, words, 'PX', 'psetex') },
  GETDEL: {
    arity: 2,
    writes: true,
    run(keys, words) {
      const value = keys.get(word(words, 0), 'string') ?? null
      keys.delete(word(words, 0))
      return value
    },
  },
  MGET: {
    arity: -2,
    run: (keys, words) =>
      words.map((key) =>
        keys.kindOf(key) === 'string' ? (keys.get(key, 'string') ?? null) : null,
      ),
  },
  MSET: {
    arity: -3,
    writes: true,
    run(keys, words) {
      if (words.length % 2 === 1) {
        throw new RedisError("ERR wrong number of arguments for 'mset' command")
      }
      for (const [key, value] of pairsFrom(words)) keys.setString(key, value)
      return OK
    },
  },
  STRLEN: { arity: 2, run: (keys, words) => keys.get(word(words, 0), 'string')?.length ?? 0 },
  APPEND: {
    arity: 3,
    writes: true,
    run: (keys, words) =>
      replace(keys, word(words, 0), (keys.get(word(words, 0), 'string') ?? '') + word(words, 1))
        .length,
  },
  INCR: { arity: 2, writes: true, run: (keys, words) => add(keys, word(words, 0), 1n) },
  DECR: { arity: 2, writes: true, run: (keys, words) => add(keys, word(words, 0), -1n) },
  INCRBY: {
    arity: 3,
    writes: true,
    run: (keys, words) => add(keys, word(words, 0), bigIntegerFrom(word(words, 1))),
  },
  DECRBY: {
    arity: 3,
    writes: true,
    run: (keys, words) => add(keys, word(words, 0), decrementFrom(word(words, 1))),
  },
  INCRBYFLOAT: {
    arity: 3,
    writes: true,
    run(keys, words) {
      const current = keys.get(word(words, 0), 'string') ?? NOTHING
      floatFrom(current)
      return replace(keys, word(words, 0), decimalSum(current, word(words, 1)))
    },
  },
}

function add(keys: Keyspace, key: Bytes, increment: bigint): number {
  const sum = sumFrom(bigIntegerFrom(keys.get(key, 'string') ?? NOTHING), increment)
  replace(keys, key, sum.toString())
  return Number(sum)
}

/** The lowest integer has no positive counterpart. */
function decrementFrom(text: Bytes): bigint {
  const amount = bigIntegerFrom(text)
  if (amount === LOWEST_INTEGER) throw new RedisError('ERR decrement would overflow')
  return -amount
}

/** A new value under the old expiry. */
function replace(keys: Keyspace, key: Bytes, value: Bytes): Bytes {
  keys.setString(key, value, keys.expiresAt(key))
  return value
}

function setFor(keys: Keyspace, words: readonly Bytes[], unit: Bytes, name: string): Reply {
  if (integerFrom(word(words, 1)) <= 0) {
    throw new RedisError(`ERR invalid expire time in '${name}' command`)
  }
  return set(keys, [word(words, 0), word(words, 2), unit, word(words, 1)])
}
