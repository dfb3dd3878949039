import type { Bytes, Reply } from '../../engine.ts'
import { pairsFrom, word } from '../command-table.ts'
import type { Keyspace } from '../keyspace.ts'
import { floatFrom, floatText } from '../numbers.ts'
import { RedisError, SYNTAX } from '../redis-error.ts'

const OPTIONS = new Set(['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'])

export function zadd(keys: Keyspace, words: readonly Bytes[]): Reply {
  const { options, pairs } = parsed(words.slice(1))
  const key = word(words, 0)
  const present = keys.get(key, 'zset')
  if (!present && options.has('XX')) return options.has('INCR') ? null : 0

  const scores = keys.open(key, 'zset')
  let added = 0
  let changed = 0
  let last: number | undefined
  for (const [member, given] of pairs) {
    const old = scores.get(member)
    const score = options.has('INCR') ? (old ?? 0) + given : given
    if (Number.isNaN(score)) throw new RedisError('ERR resulting score is not a number (NaN)')
    last = undefined
    if (!permitted(options, old, score)) continue
    scores.set(member, score)
    last = score
    if (old === undefined) added++
    else if (old !== score) changed++
  }
  keys.settle(key)
  if (options.has('INCR')) return last === undefined ? null : floatText(last)
  return options.has('CH') ? added + changed : added
}

function permitted(options: ReadonlySet<Bytes>, old: number | undefined, score: number): boolean {
  if (old === undefined) return !options.has('XX')
  if (options.has('NX')) return false
  return !(options.has('GT') && score <= old) && !(options.has('LT') && score >= old)
}

function parsed(words: readonly Bytes[]): { options: Set<Bytes>; pairs: [Bytes, number][] } {
  const first = words.findIndex((option) => !OPTIONS.has(option.toUpperCase()))
  const options = new Set(words.slice(0, Math.max(0, first)).map((option) => option.toUpperCase()))
  const rest = first < 0 ? [] : words.slice(first)
  if (rest.length === 0 || rest.length % 2 === 1) throw new RedisError(SYNTAX)
  if (options.has('NX') && options.has('XX')) {
    throw new RedisError('ERR XX and NX options at the same time are not compatible')
  }
  if (['NX', 'GT', 'LT'].filter((option) => options.has(option)).length > 1) {
    throw new RedisError('ERR GT, LT, and/or NX options at the same time are not compatible')
  }
  if (options.has('INCR') && rest.length > 2) {
    throw new RedisError('ERR INCR option supports a single increment-element pair')
  }
  return {
    options,
    pairs: pairsFrom(rest).map(([score, member]) => [member, floatFrom(score)]),
  }
}
