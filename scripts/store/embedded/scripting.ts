import { sha1 } from '../bytes.ts'
import { type Bytes, type Command, failure, OK, type Reply } from '../engine.ts'
import { word } from './command-table.ts'
import { createLuaRunner, type LuaRunner } from './lua/runner.ts'
import { integerFrom } from './numbers.ts'
import { RedisError } from './redis-error.ts'
import { bodyOf, flagsOf } from './shebang.ts'

const NO_SCRIPT = 'NOSCRIPT No matching script. Please use EVAL.'

export interface ScriptAccess {
  readonly writes: boolean
}

type Execute = (command: Command, access: ScriptAccess) => Reply

interface Script {
  readonly text: Bytes
  readonly writes: boolean
}

export class Scripting {
  readonly #execute: Execute
  readonly #scripts = new Map<string, Script>()
  /** What the machine at hand has compiled; it starts empty again after it had to be replaced. */
  readonly #compiled = new Set<string>()
  #runner: LuaRunner | undefined

  constructor(execute: Execute) {
    this.#execute = execute
  }

  async prepare(): Promise<void> {
    this.#runner ??= await createLuaRunner()
  }

  eval(words: readonly Bytes[], access: ScriptAccess): Reply {
    return this.#run(this.load(word(words, 0)), words, access)
  }

  evalByHash(words: readonly Bytes[], access: ScriptAccess): Reply {
    const hash = word(words, 0).toLowerCase()
    if (!this.#scripts.has(hash)) throw new RedisError(NO_SCRIPT)
    return this.#run(hash, words, access)
  }

  script(words: readonly Bytes[]): Reply {
    const [name = '', ...hashes] = words
    const subcommand = name.toUpperCase()
    if (subcommand === 'LOAD' && hashes.length === 1) return this.load(word(hashes, 0))
    if (subcommand === 'EXISTS' && hashes.length > 0) {
      return hashes.map((hash) => Number(this.#scripts.has(hash.toLowerCase())))
    }
    if (subcommand === 'FLUSH') {
      if (!/^(a?sync)?$/i.test(hashes.join(' '))) {
        throw new RedisError('ERR SCRIPT FLUSH only support SYNC|ASYNC option')
      }
      this.#scripts.clear()
      return OK
    }
    if (['LOAD', 'EXISTS'].includes(subcommand)) {
      throw new RedisError(
        `ERR wrong number of arguments for 'script|${subcommand.toLowerCase()}' command`,
      )
    }
    throw new RedisError(`ERR unknown subcommand '${name}'. Try SCRIPT HELP.`)
  }

  load(text: Bytes): string {
    const hash = sha1(text)
    if (this.#scripts.has(hash)) return hash
    const script = { text: bodyOf(text), writes: !flagsOf(text).includes('no-writes') }
    this.#compile(hash, script)
    this.#scripts.set(hash, script)
    return hash
  }

  #compile(hash: string, script: Script): void {
    const problem = this.#machine().compile(hash, script.text)
    if (problem !== undefined) throw new RedisError(problem)
    this.#compiled.add(hash)
  }

  #run(hash: string, words: readonly Bytes[], access: ScriptAccess): Reply {
    const script = this.#scripts.get(hash)
    if (!script) throw new RedisError(NO_SCRIPT)
    const count = integerFrom(word(words, 1))
    if (count < 0) throw new RedisError("ERR Number of keys can't be negative")
    if (count > words.length - 2) {
      throw new RedisError("ERR Number of keys can't be greater than number of args")
    }
    if (!this.#compiled.has(hash)) this.#compile(hash, script)

    const writes = script.writes && access.writes
    const inputs = words.slice(2)
    try {
      return this.#machine().run(hash, inputs.slice(0, count), inputs.slice(count), (command) =>
        this.#execute(command, { writes }),
      )
    } catch (error) {
      // Out of stack or out of memory inside WebAssembly: nothing in there can be trusted any more.
      this.#runner = undefined
      this.#compiled.clear()
      return failure(
        `ERR the Lua engine gave up: ${error instanceof Error ? error.message : error}`,
      )
    }
  }

  #machine(): LuaRunner {
    if (!this.#runner) throw new RedisError('ERR the Lua engine is starting')
    return this.#runner
  }
}
