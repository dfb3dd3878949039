import { type Bytes, OK } from '../../engine.ts'
import { type CommandTable, word } from '../command-table.ts'
import { globFrom } from '../glob.ts'
import type { Keyspace } from '../keyspace.ts'
import { integerFrom } from '../numbers.ts'
import { RedisError, SYNTAX } from '../redis-error.ts'

export const keyCommands: CommandTable = {
  DEL: { arity: -2, writes: true, run: remove },
  UNLINK: { arity: -2, writes: true, run: remove },
  EXISTS: {
    arity: -2,
    run: (keys, words) => words.filter((key) => keys.kindOf(key) !== undefined).length,
  },
  TYPE: { arity: 2, run: (keys, words) => ({ status: keys.kindOf(word(words, 0)) ?? 'none' }) },
  KEYS: { arity: 2, run: (keys, words) => keys.keys().filter(globFrom(word(words, 0))) },
  SCAN: { arity: -2, run: scan },
  DBSIZE: { arity: 1, run: (keys) => keys.keys().length },
  FLUSHALL: { arity: -1, writes: true, run: flush },
  FLUSHDB: { arity: -1, writes: true, run: flush },
}

function remove(keys: Keyspace, words: readonly Bytes[]): number {
  return words.filter((key) => keys.delete(key)).length
}

/** COUNT is a hint, so one page with everything is a valid answer. */
function scan(keys: Keyspace, words: readonly Bytes[]): [Bytes, Bytes[]] {
  if (!/^\d+$/.test(word(words, 0))) throw new RedisError('ERR invalid cursor')
  let found = keys.keys()
  for (let at = 1; at < words.length; at += 2) {
    const value = words[at + 1]
    const option = word(words, at).toUpperCase()
    if (value === undefined) throw new RedisError(SYNTAX)
    if (option === 'MATCH') found = found.filter(globFrom(value))
    else if (option === 'TYPE') found = found.filter((key) => keys.kindOf(key) === value)
    else if (option !== 'COUNT' || integerFrom(value) < 1) throw new RedisError(SYNTAX)
  }
  return ['0', found]
}

function flush(keys: Keyspace, words: readonly Bytes[]) {
  if (words.length > 1 || !/^(a?sync)?$/i.test(words[0] ?? '')) throw new RedisError(SYNTAX)
  keys.clear()
  return OK
}
