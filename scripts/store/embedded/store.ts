import { type Bytes, type Command, type Failure, failure, type Reply } from '../engine.ts'
import type { CommandRow, CommandTable } from './command-table.ts'
import { expiry } from './commands/expiry.ts'
import { hashes } from './commands/hashes.ts'
import { keyCommands } from './commands/keys.ts'
import { lists } from './commands/lists.ts'
import { server } from './commands/server.ts'
import { sets } from './commands/sets.ts'
import { sortedSets } from './commands/sorted-sets.ts'
import { strings } from './commands/strings.ts'
import { Keyspace } from './keyspace.ts'
import { RedisError } from './redis-error.ts'
import { type ScriptAccess, Scripting } from './scripting.ts'

/** Redis in memory: commands from tables, scripts in Lua, one thing at a time. */
export class EmbeddedStore {
  readonly #keys = new Keyspace()
  readonly #scripting = new Scripting((command, access) => this.#fromScript(command, access))
  readonly #table = new Map<string, CommandRow>(
    Object.entries({
      ...strings,
      ...expiry,
      ...keyCommands,
      ...hashes,
      ...sets,
      ...sortedSets,
      ...lists,
      ...server,
    } satisfies CommandTable),
  )
  readonly #scriptTable = new Map<string, CommandRow>(
    Object.entries({
      EVAL: { arity: -3, run: (_, words) => this.#scripting.eval(words, { writes: true }) },
      EVAL_RO: { arity: -3, run: (_, words) => this.#scripting.eval(words, { writes: false }) },
      EVALSHA: {
        arity: -3,
        run: (_, words) => this.#scripting.evalByHash(words, { writes: true }),
      },
      EVALSHA_RO: {
        arity: -3,
        run: (_, words) => this.#scripting.evalByHash(words, { writes: false }),
      },
      SCRIPT: { arity: -2, run: (_, words) => this.#scripting.script(words) },
    } satisfies CommandTable),
  )

  async ready(): Promise<void> {
    await this.#scripting.prepare()
  }

  run(command: Command): Reply {
    this.#keys.now = Date.now()
    return this.#answer(command)
  }

  transact(commands: readonly Command[]): Reply[] | Failure {
    const refused = commands.map((command) => this.#rowOf(command)).some(isRefusal)
    if (refused) return failure('EXECABORT Transaction discarded because of previous errors.')
    this.#keys.now = Date.now()
    return commands.map((command) => this.#answer(command))
  }

  #answer(command: Command): Reply {
    const row = this.#rowOf(command)
    return isRefusal(row) ? row : this.#execute(row, command)
  }

  #rowOf(command: Command): CommandRow | Failure {
    const name = command[0] ?? ''
    const row = this.#table.get(name.toUpperCase()) ?? this.#scriptTable.get(name.toUpperCase())
    if (!row) return failure(unknownText(command))
    if (fits(row, command)) return row
    return failure(`ERR wrong number of arguments for '${name.toLowerCase()}' command`)
  }

  #fromScript(command: Command, access: ScriptAccess): Reply {
    const name = command[0]?.toUpperCase() ?? ''
    const row = this.#table.get(name)
    if (!row) {
      return failure(
        this.#scriptTable.has(name)
          ? 'ERR This Redis command is not allowed from script'
          : 'ERR Unknown Redis command called from script',
      )
    }
    if (!fits(row, command)) {
      return failure('ERR Wrong number of args calling Redis command from script')
    }
    if (row.writes && !access.writes) {
      return failure('ERR Write commands are not allowed from read-only scripts.')
    }
    return this.#execute(row, command)
  }

  #execute(row: CommandRow, command: Command): Reply {
    try {
      return row.run(this.#keys, command.slice(1))
    } catch (error) {
      if (error instanceof RedisError) return failure(error.message)
      throw error
    }
  }
}

function fits(row: CommandRow, command: Command): boolean {
  return row.arity < 0 ? command.length >= -row.arity : command.length === row.arity
}

function isRefusal(row: CommandRow | Failure): row is Failure {
  return 'failure' in row
}

function unknownText([name = '', ...words]: Command): Bytes {
  const beginning = words.map((text) => `'${text}' `).join('')
  return `ERR unknown command '${name}', with args beginning with: ${beginning}`
}
