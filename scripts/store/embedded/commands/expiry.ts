import type { Bytes, Reply } from '../../engine.ts'
import { type CommandTable, word } from '../command-table.ts'
import type { Keyspace } from '../keyspace.ts'
import { integerFrom } from '../numbers.ts'
import { RedisError } from '../redis-error.ts'

const UNITS = {
  EX: (now: number, amount: number) => now + amount * 1000,
  PX: (now: number, amount: number) => now + amount,
  EXAT: (_now: number, amount: number) => amount * 1000,
  PXAT: (_now: number, amount: number) => amount,
}

export type Unit = keyof typeof UNITS

/** For commands that set a value with its expiry: there nothing may expire at once. */
export function expiryFrom(now: number, unit: Unit, amount: number, command: string): number {
  const expiresAt = UNITS[unit](now, amount)
  if (amount > 0 && expiresAt < 2 ** 63) return expiresAt
  throw new RedisError(`ERR invalid expire time in '${command}' command`)
}

export const expiry: CommandTable = {
  EXPIRE: { arity: -3, writes: true, run: (keys, words) => expire(keys, words, 'EX') },
  PEXPIRE: { arity: -3, writes: true, run: (keys, words) => expire(keys, words, 'PX') },
  EXPIREAT: { arity: -3, writes: true, run: (keys, words) => expire(keys, words, 'EXAT') },
  PEXPIREAT: { arity: -3, writes: true, run: (keys, words) => expire(keys, words, 'PXAT') },
  PERSIST: {
    arity: 2,
    writes: true,
    run(keys, words) {
      if (keys.expiresAt(word(words, 0)) === undefined) return 0
      keys.expire(word(words, 0), undefined)
      return 1
    },
  },
  TTL: {
    arity: 2,
    run: (keys, words) => remaining(keys, word(words, 0), (ms) => Math.floor((ms + 500) / 1000)),
  },
  PTTL: { arity: 2, run: (keys, words) => remaining(keys, word(words, 0), (ms) => ms) },
  PEXPIRETIME: {
    arity: 2,
    run: (keys, words) => remaining(keys, word(words, 0), (ms) => ms + keys.now),
  },
}

const NAMES = { EX: 'expire', PX: 'pexpire', EXAT: 'expireat', PXAT: 'pexpireat' }

const CONDITIONS: Record<string, (present: number | undefined, next: number) => boolean> = {
  NX: (present) => present === undefined,
  XX: (present) => present !== undefined,
  GT: (present, next) => present !== undefined && next > present,
  LT: (present, next) => present === undefined || next < present,
}

function conditionsFrom(words: readonly Bytes[]) {
  const names = new Set(words.map((name) => name.toUpperCase()))
  const conditions = words.map((name) => {
    const condition = CONDITIONS[name.toUpperCase()]
    if (!condition) throw new RedisError(`ERR Unsupported option ${name}`)
    return condition
  })
  if (names.has('NX') && names.size > 1) {
    throw new RedisError('ERR NX and XX, GT or LT options at the same time are not compatible')
  }
  if (names.has('GT') && names.has('LT')) {
    throw new RedisError('ERR GT and LT options at the same time are not compatible')
  }
  return conditions
}

function expire(keys: Keyspace, words: readonly Bytes[], unit: Unit): Reply {
  const key = word(words, 0)
  const conditions = conditionsFrom(words.slice(2))
  const next = UNITS[unit](keys.now, integerFrom(word(words, 1)))
  if (Math.abs(next) >= 2 ** 63) {
    throw new RedisError(`ERR invalid expire time in '${NAMES[unit]}' command`)
  }
  if (keys.kindOf(key) === undefined) return 0
  const present = keys.expiresAt(key)
  if (!conditions.every((holds) => holds(present, next))) return 0

  if (next > keys.now) keys.expire(key, next)
  else keys.delete(key)
  return 1
}

const NO_KEY = -2
const NO_EXPIRY = -1

function remaining(keys: Keyspace, key: Bytes, unit: (ms: number) => number): Reply {
  if (keys.kindOf(key) === undefined) return NO_KEY
  const expiresAt = keys.expiresAt(key)
  return expiresAt === undefined ? NO_EXPIRY : unit(expiresAt - keys.now)
}
