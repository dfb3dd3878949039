import { readFileSync } from 'node:fs'
import { sha1 } from '../../bytes.ts'
import { type Bytes, type Command, failure, type Reply } from '../../engine.ts'
import { FIRST_UPVALUE, LuaMachine, STRING } from './machine.ts'
import { pushReply, replyFromTop } from './values.ts'
import { createWatchdog, RUNAWAY } from './watchdog.ts'

export interface LuaRunner {
  /** The reason why the script does not compile, if it does not. */
  compile(hash: string, script: Bytes): Bytes | undefined
  /** Runs a compiled script; `call` answers its commands. */
  run(hash: string, keys: readonly Bytes[], inputs: readonly Bytes[], call: Call): Reply
}

type Call = (command: Command) => Reply

/** As long as Redis waits before it starts to answer BUSY. */
const SCRIPT_LIMIT_MS = 5000

const COMPILE = 1
const RUN = 2

export async function createLuaRunner(limitMs = SCRIPT_LIMIT_MS): Promise<LuaRunner> {
  const machine = await LuaMachine.create()
  const { lua, main } = machine
  const watchdog = createWatchdog(machine, limitMs)
  let answer: Call = () => failure('ERR no script is running')

  machine.load(chunk('cjson.lua'), 'cjson')
  machine.load(chunk('sandbox.lua'), 'sandbox')
  lua._lua_insert(main, -2)
  pushHost(machine, (command) => answer(command))
  lua._lua_call(main, 5, 2)

  const call = (place: number, push: () => number): Reply => {
    lua._lua_pushvalue(main, place)
    const status = lua._lua_pcall(main, push(), 1, 0)
    const reply = status === 0 ? replyFromTop(machine, main) : failure(`ERR Lua status ${status}`)
    lua._lua_settop(main, RUN)
    return watchdog.struck() ? failure(RUNAWAY) : reply
  }

  return {
    compile(hash, script) {
      const problem = call(COMPILE, () => {
        machine.pushBytes(main, hash)
        machine.pushBytes(main, script)
        return 2
      })
      return typeof problem === 'string' ? problem : undefined
    },
    run(hash, keys, inputs, command) {
      answer = command
      watchdog.start()
      try {
        return call(RUN, () => {
          machine.pushBytes(main, hash)
          pushReply(machine, main, [...keys])
          pushReply(machine, main, [...inputs])
          return 3
        })
      } finally {
        watchdog.stop()
      }
    },
  }
}

function chunk(file: string): Bytes {
  return readFileSync(new URL(file, import.meta.url), 'latin1')
}

/** `command(...)`, `sha1(text)`, `native(f)` and JSON's null: what Lua cannot do by itself. */
function pushHost(machine: LuaMachine, answer: Call): void {
  const { lua, main } = machine
  machine.pushFunction(main, (state) => {
    const words = Array.from({ length: lua._lua_gettop(state) }, (_, at) =>
      machine.bytesAt(state, at + 1),
    )
    pushReply(machine, state, answer(words))
    return 1
  })
  machine.pushFunction(main, (state) => {
    machine.pushBytes(state, sha1(machine.bytesAt(state, 1)))
    return 1
  })
  const through = lua.addFunction((state) => callThrough(machine, state), 'ii')
  machine.pushFunction(main, (state) => {
    lua._lua_pushcclosure(state, through, 1)
    return 1
  })
  lua._lua_pushlightuserdata(main, 0)
}

/**
 * Makes a Lua function look built in. A tail call to a Lua function drops its caller's frame, and with it
 * the line that `return redis.call(…)` has to be blamed on; a C function leaves it in place. The wrapped
 * function returns true and its results, or false and an error: text gets the caller's position in front.
 */
function callThrough(machine: LuaMachine, state: number): number {
  const { lua } = machine
  const inputs = lua._lua_gettop(state)
  lua._lua_pushvalue(state, FIRST_UPVALUE)
  lua._lua_insert(state, 1)
  lua._lua_call(state, inputs, -1)
  if (lua._lua_toboolean(state, 1) === 1) return lua._lua_gettop(state) - 1

  if (lua._lua_type(state, 2) === STRING) {
    lua._luaL_where(state, 1)
    lua._lua_pushvalue(state, 2)
    lua._lua_concat(state, 2)
  } else lua._lua_settop(state, 2)
  return lua._lua_error(state)
}
