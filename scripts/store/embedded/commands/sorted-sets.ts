import type { Bytes, Reply } from '../../engine.ts'
import { type CommandTable, word } from '../command-table.ts'
import type { Keyspace } from '../keyspace.ts'
import { floatFrom, floatText } from '../numbers.ts'
import { RedisError } from '../redis-error.ts'
import { zadd } from './zadd.ts'
import { zrange, zremrangebyrank } from './zrange.ts'

const NONE: ReadonlyMap<Bytes, number> = new Map()

export const sortedSets: CommandTable = {
  ZADD: { arity: -4, writes: true, run: zadd },
  ZINCRBY: {
    arity: 4,
    writes: true,
    run(keys, words) {
      const increment = floatFrom(word(words, 1))
      const score = (scores(keys, words).get(word(words, 2)) ?? 0) + increment
      if (Number.isNaN(score)) throw new RedisError('ERR resulting score is not a number (NaN)')
      keys.open(word(words, 0), 'zset').set(word(words, 2), score)
      return floatText(score)
    },
  },
  ZRANGE: { arity: -4, run: zrange },
  ZSCORE: { arity: 3, run: (keys, words) => scoreText(scores(keys, words).get(word(words, 1))) },
  ZCARD: { arity: 2, run: (keys, words) => scores(keys, words).size },
  ZREM: {
    arity: -3,
    writes: true,
    run(keys, words) {
      const members = keys.get(word(words, 0), 'zset')
      const removed = words.slice(1).filter((member) => members?.delete(member)).length
      keys.settle(word(words, 0))
      return removed
    },
  },
  ZREMRANGEBYRANK: { arity: 4, writes: true, run: zremrangebyrank },
}

function scores(keys: Keyspace, words: readonly Bytes[]): ReadonlyMap<Bytes, number> {
  return keys.get(word(words, 0), 'zset') ?? NONE
}

function scoreText(score: number | undefined): Reply {
  return score === undefined ? null : floatText(score)
}
