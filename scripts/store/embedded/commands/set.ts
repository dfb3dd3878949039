import { type Bytes, OK, type Reply } from '../../engine.ts'
import { word } from '../command-table.ts'
import type { Keyspace } from '../keyspace.ts'
import { integerFrom } from '../numbers.ts'
import { RedisError, SYNTAX } from '../redis-error.ts'
import { expiryFrom } from './expiry.ts'

interface SetOptions {
  onlyIf?: 'absent' | 'present'
  expiresAt?: number
  keepsExpiry?: true
  answersOld?: true
}

export function set(keys: Keyspace, words: readonly Bytes[]): Reply {
  const key = word(words, 0)
  const options = optionsFrom(keys, words.slice(2))
  const old = options.answersOld ? (keys.get(key, 'string') ?? null) : null

  const present = keys.kindOf(key) !== undefined
  const refused = options.onlyIf === 'absent' ? present : options.onlyIf === 'present' && !present
  if (!refused) {
    const expiresAt = options.keepsExpiry ? keys.expiresAt(key) : options.expiresAt
    keys.setString(key, word(words, 1), expiresAt)
  }
  if (options.answersOld) return old
  return refused ? null : OK
}

function optionsFrom(keys: Keyspace, words: readonly Bytes[]): SetOptions {
  const options: SetOptions = {}
  for (let at = 0; at < words.length; at++) {
    const name = word(words, at).toUpperCase()
    if (name === 'NX' && options.onlyIf !== 'present') options.onlyIf = 'absent'
    else if (name === 'XX' && options.onlyIf !== 'absent') options.onlyIf = 'present'
    else if (name === 'GET') options.answersOld = true
    else if (name === 'KEEPTTL' && options.expiresAt === undefined) options.keepsExpiry = true
    else if (isUnit(name) && !options.keepsExpiry && options.expiresAt === undefined) {
      const amount = words[++at]
      if (amount === undefined) throw new RedisError(SYNTAX)
      options.expiresAt = expiryFrom(keys.now, name, integerFrom(amount), 'set')
    } else throw new RedisError(SYNTAX)
  }
  return options
}

function isUnit(name: string): name is 'EX' | 'PX' | 'EXAT' | 'PXAT' {
  return ['EX', 'PX', 'EXAT', 'PXAT'].includes(name)
}
