import type { LuaMachine } from './machine.ts'

const ON_COUNT = 8
/** Few, because a single instruction can copy megabytes. */
const INSTRUCTIONS_BETWEEN_LOOKS = 100
const GC_COLLECT = 2
const GC_COUNT = 3
/** The machine's own end is at 2 GiB, which it never gives back. */
const MAX_KIBIBYTES = 256 * 1024

export const RUNAWAY = 'ERR the script ran too long, or took too much memory, and was stopped'

/**
 * Redis lets a script run and answers BUSY to everyone else; here nobody else would even get that answer.
 * Coroutines inherit the hook.
 */
export function createWatchdog(machine: LuaMachine, limitMs: number) {
  const { lua, main } = machine
  let deadline = Infinity
  let struck = false
  const hook = lua.addFunction((state) => {
    const small = lua._lua_gc(state, GC_COUNT, 0) < MAX_KIBIBYTES
    if (!struck && small && Date.now() < deadline) return undefined
    struck = true
    // From here on at every instruction: a script that catches the error gets no further.
    lua._lua_sethook(state, hook, ON_COUNT, 1)
    machine.pushBytes(state, RUNAWAY)
    lua._lua_error(state)
    return undefined
  }, 'vii')

  return {
    start() {
      struck = false
      deadline = Date.now() + limitMs
      lua._lua_sethook(main, hook, ON_COUNT, INSTRUCTIONS_BETWEEN_LOOKS)
    },
    stop() {
      deadline = Infinity
      lua._lua_sethook(main, 0, 0, 0)
      // What the script held must not count against the next one.
      if (struck) lua._lua_gc(main, GC_COLLECT, 0)
    },
    struck: () => struck,
  }
}
