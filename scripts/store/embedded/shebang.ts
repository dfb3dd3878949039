import type { Bytes } from '../engine.ts'
import { RedisError } from './redis-error.ts'

const FLAGS = new Set([
  'no-writes',
  'allow-oom',
  'allow-stale',
  'no-cluster',
  'allow-cross-slot-keys',
])

/** The flags in a script's first line, `#!lua flags=no-writes,allow-oom`. */
export function flagsOf(script: Bytes): string[] {
  if (!script.startsWith('#!')) return []
  const [engine = '', ...options] = (script.split('\n', 1)[0] ?? '').trim().split(/\s+/)
  if (engine !== '#!lua') throw new RedisError(`ERR Unexpected engine in script shebang: ${engine}`)

  return options.flatMap((option) => {
    if (!option.startsWith('flags=')) {
      throw new RedisError(`ERR Unknown lua shebang option: ${option}`)
    }
    return option.slice('flags='.length).split(',').filter(Boolean).map(known)
  })
}

/** The script without that line's content, and with its line break, so that lines keep their numbers. */
export function bodyOf(script: Bytes): Bytes {
  return script.startsWith('#!') ? script.replace(/^[^\n]*/, '') : script
}

function known(flag: string): string {
  if (FLAGS.has(flag)) return flag
  throw new RedisError(`ERR Unexpected flag in script shebang: ${flag}`)
}
