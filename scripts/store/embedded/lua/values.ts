import { type Bytes, failure, isFailure, isStatus, type Reply } from '../../engine.ts'
import { BOOLEAN, type LuaMachine, NUMBER, STRING, TABLE } from './machine.ts'

/** A reply as a script sees it: nothing is false, a status or an error a table of one field. */
export function pushReply(machine: LuaMachine, state: number, reply: Reply): void {
  const { lua } = machine
  lua._lua_checkstack(state, 3)
  if (reply === null) lua._lua_pushboolean(state, 0)
  else if (typeof reply === 'number') lua._lua_pushnumber(state, reply)
  else if (typeof reply === 'string') machine.pushBytes(state, reply)
  else if (isStatus(reply)) pushField(machine, state, 'ok', reply.status)
  else if (isFailure(reply)) pushField(machine, state, 'err', reply.failure)
  else {
    lua._lua_createtable(state, reply.length, 0)
    for (const [at, element] of reply.entries()) {
      pushReply(machine, state, element)
      lua._lua_rawseti(state, -2, at + 1)
    }
  }
}

function pushField(machine: LuaMachine, state: number, name: string, value: Bytes): void {
  machine.lua._lua_createtable(state, 0, 1)
  machine.pushBytes(state, name)
  machine.pushBytes(state, value)
  machine.lua._lua_rawset(state, -3)
}

/** Well within JavaScript's own stack; Redis gives up at a few thousand. */
const MAX_DEPTH = 1000

/** What the script's value on top of the stack is as a reply. The value stays there. */
export function replyFromTop(machine: LuaMachine, state: number, depth = 0): Reply {
  const { lua } = machine
  if (depth > MAX_DEPTH || lua._lua_checkstack(state, 4) === 0) {
    return failure('ERR reached lua stack limit')
  }
  switch (lua._lua_type(state, -1)) {
    case NUMBER:
      return integerFrom(lua._lua_tonumber(state, -1))
    case STRING:
      return machine.bytesAt(state, -1)
    case BOOLEAN:
      return lua._lua_toboolean(state, -1) === 1 ? 1 : null
    case TABLE:
      return fromTable(machine, state, depth)
    default:
      return null
  }
}

/** Redis casts to a 64-bit integer; what does not fit becomes the lowest one. */
function integerFrom(value: number): number {
  const whole = Math.trunc(value)
  return Math.abs(whole) < 2 ** 63 ? whole + 0 : -(2 ** 63)
}

function fromTable(machine: LuaMachine, state: number, depth: number): Reply {
  const problem = textField(machine, state, 'err')
  if (problem !== undefined) return failure(oneLine(problem.replace(/[\r\n]+$/, '')))
  const status = textField(machine, state, 'ok')
  if (status !== undefined) return { status: oneLine(status) }

  const double = field(machine, state, 'double', NUMBER, () =>
    String(machine.lua._lua_tonumber(state, -1)),
  )
  if (double !== undefined) return double
  const map = field(machine, state, 'map', TABLE, () => pairs(machine, state, depth, true))
  if (map !== undefined) return map
  const set = field(machine, state, 'set', TABLE, () => pairs(machine, state, depth, false))
  return set ?? elements(machine, state, depth)
}

function elements(machine: LuaMachine, state: number, depth: number): Reply[] {
  const found: Reply[] = []
  for (let place = 1; ; place++) {
    machine.lua._lua_rawgeti(state, -1, place)
    const present = machine.lua._lua_type(state, -1) > 0
    if (present) found.push(replyFromTop(machine, state, depth + 1))
    machine.lua._lua_settop(state, -2)
    if (!present) return found
  }
}

function pairs(machine: LuaMachine, state: number, depth: number, withValues: boolean): Reply[] {
  const { lua } = machine
  const found: Reply[] = []
  lua._lua_pushnil(state)
  while (lua._lua_next(state, -2) !== 0) {
    // A copy of the key, because reading a number as a string changes it in place and loses the walk.
    lua._lua_pushvalue(state, -2)
    found.push(replyFromTop(machine, state, depth + 1))
    lua._lua_settop(state, -2)
    if (withValues) found.push(replyFromTop(machine, state, depth + 1))
    lua._lua_settop(state, -2)
  }
  return found
}

function textField(machine: LuaMachine, state: number, name: string): Bytes | undefined {
  return field(machine, state, name, STRING, () => machine.bytesAt(state, -1))
}

function field<T>(
  machine: LuaMachine,
  state: number,
  name: string,
  type: number,
  read: () => T,
): T | undefined {
  machine.pushBytes(state, name)
  machine.lua._lua_rawget(state, -2)
  const value = machine.lua._lua_type(state, -1) === type ? read() : undefined
  machine.lua._lua_settop(state, -2)
  return value
}

/** A status or an error is one line of the wire protocol, and a C string to Redis: a zero byte ends it. */
function oneLine(text: Bytes): Bytes {
  return text
    .split('\0', 1)
    .join('')
    .replace(/[\r\n]/g, ' ')
}
