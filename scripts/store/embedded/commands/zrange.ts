import type { Bytes, Reply } from '../../engine.ts'
import { word } from '../command-table.ts'
import type { Keyspace } from '../keyspace.ts'
import { floatFrom, floatText, integerFrom } from '../numbers.ts'
import { RedisError, SYNTAX } from '../redis-error.ts'
import { sliceOf } from '../slice.ts'

interface RangeOptions {
  byScore?: true
  reversed?: true
  withScores?: true
  limit?: { offset: number; count: number }
}

type Member = readonly [Bytes, number]

export function zrange(keys: Keyspace, words: readonly Bytes[]): Reply {
  const options = optionsFrom(words.slice(3))
  const range = options.byScore ? byScore(words, options) : byRank(words)
  const members = membersOf(keys, words)
  if (options.reversed) members.reverse()

  const found = range(members)
  return options.withScores
    ? found.flatMap(([member, score]) => [member, floatText(score)])
    : found.map(([member]) => member)
}

export function zremrangebyrank(keys: Keyspace, words: readonly Bytes[]): Reply {
  const removed = byRank(words)(membersOf(keys, words))
  const members = keys.get(word(words, 0), 'zset')
  for (const [member] of removed) members?.delete(member)
  keys.settle(word(words, 0))
  return removed.length
}

function membersOf(keys: Keyspace, words: readonly Bytes[]): Member[] {
  return [...(keys.get(word(words, 0), 'zset') ?? [])].sort(order)
}

function order([aName, aScore]: Member, [bName, bScore]: Member): number {
  // Not a difference: two infinities would give NaN.
  if (aScore !== bScore) return aScore < bScore ? -1 : 1
  return aName < bName ? -1 : 1
}

function byRank(words: readonly Bytes[]): (members: Member[]) => Member[] {
  const from = integerFrom(word(words, 1))
  const to = integerFrom(word(words, 2))
  return (members) => sliceOf(members, from, to)
}

function byScore(words: readonly Bytes[], options: RangeOptions): (members: Member[]) => Member[] {
  const [low, high] = options.reversed ? [2, 1] : [1, 2]
  const min = boundFrom(word(words, low))
  const max = boundFrom(word(words, high))
  const within = ([, score]: Member) =>
    (min.open ? score > min.value : score >= min.value) &&
    (max.open ? score < max.value : score <= max.value)
  const { offset = 0, count = -1 } = options.limit ?? {}
  return (members) => {
    const found = members.filter(within)
    if (offset < 0) return []
    return count < 0 ? found.slice(offset) : found.slice(offset, offset + count)
  }
}

function boundFrom(text: Bytes): { value: number; open: boolean } {
  const open = text.startsWith('(')
  return { value: floatFrom(open ? text.slice(1) : text, 'ERR min or max is not a float'), open }
}

function optionsFrom(words: readonly Bytes[]): RangeOptions {
  const options: RangeOptions = {}
  for (let at = 0; at < words.length; at++) {
    const option = word(words, at).toUpperCase()
    if (option === 'BYSCORE') options.byScore = true
    else if (option === 'REV') options.reversed = true
    else if (option === 'WITHSCORES') options.withScores = true
    else if (option === 'LIMIT' && at + 2 < words.length) {
      options.limit = {
        offset: integerFrom(word(words, ++at)),
        count: integerFrom(word(words, ++at)),
      }
    } else throw new RedisError(SYNTAX)
  }
  if (options.limit && !options.byScore) {
    throw new RedisError(
      'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
    )
  }
  return options
}
