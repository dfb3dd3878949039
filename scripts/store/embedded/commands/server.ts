import type { Reply } from '../../engine.ts'
import { type CommandTable, word } from '../command-table.ts'
import { RedisError } from '../redis-error.ts'

export const server: CommandTable = {
  PING: {
    arity: -1,
    run(_keys, words): Reply {
      if (words.length > 1) throw new RedisError("ERR wrong number of arguments for 'ping' command")
      return words[0] ?? { status: 'PONG' }
    },
  },
  ECHO: { arity: 2, run: (_keys, words) => word(words, 0) },
  TIME: {
    arity: 1,
    run: (keys) => [`${Math.floor(keys.now / 1000)}`, `${(keys.now % 1000) * 1000}`],
  },
}
