import { describe, expect, it } from 'vitest'
import { createLuaRunner } from '../../../scripts/store/embedded/lua/runner.ts'
import { describeStore, starting } from './store-suite.ts'
import { reply } from './suite/client.ts'

const start = starting({ engine: 'embedded' })

describeStore('the embedded store', start)

describe('the embedded store alone', () => {
  it('says what it is', async () => {
    const store = await start()
    expect(store.kind).toMatch(/^embedded/)
    await store.stop()
  })

  it('forgets everything on request', async () => {
    const store = await start()
    await reply(store, 'MSET', 'a', 1, 'b', 2)

    expect(await reply(store, 'DBSIZE')).toBe(2)
    expect(await reply(store, 'FLUSHALL')).toBe('OK')
    expect(await reply(store, 'DBSIZE')).toBe(0)
    await store.stop()
  })

  it('shares nothing with another one', async () => {
    const [one, other] = await Promise.all([start(), start()])
    await reply(one, 'SET', 'a', 1)

    expect(await reply(other, 'GET', 'a')).toBe(null)
    await Promise.all([one.stop(), other.stop()])
  })

  it('refuses an error that is no text with an error, where Redis 7.0 crashes', async () => {
    const store = await start()

    expect(await reply(store, 'EVAL', 'error({1, 2})', 0)).toMatch(/^ERR table: /)
    await store.stop()
  })

  it('gives up on a table that contains itself', async () => {
    const store = await start()
    const script = 'local t = {} t[1] = t return t'

    expect(JSON.stringify(await reply(store, 'EVAL', script, 0))).toContain('lua stack limit')
    expect(await reply(store, 'EVAL', 'return 1', 0)).toBe(1)
    await store.stop()
  })
})

describe('a script that does not end', () => {
  it.each([
    ['a loop', 'while true do end'],
    ['a loop in a coroutine', 'coroutine.wrap(function() while true do end end)()'],
    ['a caught loop', 'while true do pcall(function() while true do end end) end'],
    ['endless recursion that is caught', 'local function f() f() end while true do pcall(f) end'],
    ['a loop in a handler of errors', 'xpcall(error, function() while true do end end)'],
  ])('is stopped: %s', async (_name, script) => {
    const runner = await createLuaRunner(50)
    runner.compile('endless', script)
    runner.compile('next', 'return 1')

    expect(runner.run('endless', [], [], () => null)).toEqual({
      failure: expect.stringMatching(/^ERR the script ran too long/),
    })
    expect(runner.run('next', [], [], () => null)).toBe(1)
  })

  it('is stopped when it takes too much memory', async () => {
    const runner = await createLuaRunner(60_000)
    runner.compile('greedy', "local t = {} while true do t[#t + 1] = ('x'):rep(1e6) .. #t end")
    runner.compile('next', 'return 1')

    expect(runner.run('greedy', [], [], () => null)).toEqual({
      failure: expect.stringContaining('too much memory'),
    })
    expect(runner.run('next', [], [], () => null)).toBe(1)
  })
})
