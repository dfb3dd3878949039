import { LuaApi } from 'wasmoon-lua5.1'
import type { Bytes } from '../../engine.ts'

/** The part of Lua's C interface that we use; the package's own wrappers pass text, not bytes. */
export interface LuaCalls {
  readonly HEAPU8: Uint8Array
  readonly HEAPU32: Uint32Array
  addFunction(run: (state: number, detail: number) => number | undefined, signature: string): number
  _malloc(size: number): number
  _free(pointer: number): void
  _luaL_loadbuffer(state: number, text: number, size: number, name: number): number
  _luaL_where(state: number, level: number): void
  _lua_call(state: number, inputs: number, outputs: number): void
  _lua_checkstack(state: number, extra: number): number
  _lua_concat(state: number, count: number): void
  _lua_createtable(state: number, elements: number, fields: number): void
  _lua_error(state: number): number
  _lua_gc(state: number, what: number, data: number): number
  _lua_gettop(state: number): number
  _lua_insert(state: number, index: number): void
  _lua_next(state: number, index: number): number
  _lua_pcall(state: number, inputs: number, outputs: number, handler: number): number
  _lua_pushboolean(state: number, value: number): void
  _lua_pushcclosure(state: number, run: number, upvalues: number): void
  _lua_pushlightuserdata(state: number, pointer: number): void
  _lua_pushlstring(state: number, text: number, size: number): void
  _lua_pushnumber(state: number, value: number): void
  _lua_pushnil(state: number): void
  _lua_pushvalue(state: number, index: number): void
  _lua_rawget(state: number, index: number): void
  _lua_rawgeti(state: number, index: number, place: number): void
  _lua_rawset(state: number, index: number): void
  _lua_rawseti(state: number, index: number, place: number): void
  _lua_sethook(state: number, hook: number, mask: number, count: number): void
  _lua_settop(state: number, index: number): void
  _lua_toboolean(state: number, index: number): number
  _lua_tolstring(state: number, index: number, size: number): number
  _lua_tonumber(state: number, index: number): number
  _lua_type(state: number, index: number): number
}

export const BOOLEAN = 1
export const NUMBER = 3
export const STRING = 4
export const TABLE = 5

const GLOBALS = -10002
/** Where a C function finds the first value it was closed over. */
export const FIRST_UPVALUE = GLOBALS - 1

export class LuaMachine {
  readonly lua: LuaCalls
  readonly main: number
  readonly #size: number

  static async create(): Promise<LuaMachine> {
    const api = await LuaApi.initialize()
    const main = api.luaL_newstate()
    api.luaL_openlibs(main)
    return new LuaMachine(api.module, main)
  }

  private constructor(lua: LuaCalls, main: number) {
    this.lua = lua
    this.main = main
    this.#size = lua._malloc(4)
  }

  pushBytes(state: number, bytes: Bytes): void {
    const pointer = this.lua._malloc(bytes.length + 1)
    this.lua.HEAPU8.set(Buffer.from(bytes, 'latin1'), pointer)
    this.lua._lua_pushlstring(state, pointer, bytes.length)
    this.lua._free(pointer)
  }

  /** Only for a value known to be a string: Lua would turn a number into one in its place. */
  bytesAt(state: number, index: number): Bytes {
    const pointer = this.lua._lua_tolstring(state, index, this.#size)
    const length = this.lua.HEAPU32[this.#size >> 2] ?? 0
    return Buffer.from(this.lua.HEAPU8.buffer, pointer, length).toString('latin1')
  }

  pushFunction(state: number, run: (state: number) => number): void {
    this.lua._lua_pushcclosure(state, this.lua.addFunction(run, 'ii'), 0)
  }

  /** Leaves the compiled chunk on the stack. */
  load(text: Bytes, name: string): void {
    const { lua, main } = this
    const chunk = this.#copy(text)
    const title = this.#copy(`@${name}\0`)
    const status = lua._luaL_loadbuffer(main, chunk, text.length, title)
    lua._free(chunk)
    lua._free(title)
    if (status !== 0) throw new Error(this.bytesAt(main, -1))
  }

  #copy(bytes: Bytes): number {
    const pointer = this.lua._malloc(bytes.length)
    this.lua.HEAPU8.set(Buffer.from(bytes, 'latin1'), pointer)
    return pointer
  }
}
