import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LocalStore } from '../../../scripts/store/bridge.ts'
import { findRedisServer } from '../../../scripts/store/redis/find.ts'
import { starting } from './store-suite.ts'
import { commandOn, jsonText, luaExpression } from './suite/arbitraries.ts'
import { ownKey, post, reply } from './suite/client.ts'

const there = process.env.REDIS_URL !== undefined || findRedisServer() !== undefined

/** The same cases every time: a difference is found by whoever changes the store, not by whoever comes next. */
const SEED = 7

/** The order of a hash or a set is Redis's own affair. */
const UNORDERED = new Set(['HGETALL', 'SMEMBERS', 'HKEYS', 'HVALS'])

describe.skipIf(!there)(
  there
    ? 'the embedded store beside a real Redis'
    : 'the embedded store beside a real Redis: skipped, there is none',
  () => {
    let stores: [LocalStore, LocalStore]
    beforeAll(async () => {
      stores = await Promise.all([
        starting({ engine: 'embedded' })(),
        starting({ engine: 'redis' })(),
      ])
    })
    afterAll(() => Promise.all(stores.map((store) => store.stop())))

    const both = (...command: string[]) =>
      Promise.all(stores.map((store) => reply(store, ...command)))

    it('answers any sequence of commands alike', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer(),
          fc.array(commandOn(), { maxLength: 25 }),
          async (_, lines) => {
            const prefix = ownKey('run')
            const commands = lines.map(([name, key, ...rest]) => [
              name,
              `${prefix}:${key}`,
              ...rest,
            ])
            if (commands.length === 0) return
            const [embedded, redis] = await Promise.all(
              stores.map(async (store) => {
                const { body } = await post(store, '/pipeline', commands)
                return Array.isArray(body)
                  ? body.map((answer, at) => settled(commands[at], answer))
                  : body
              }),
            )
            expect(embedded).toEqual(redis)
          },
        ),
        { numRuns: 400, seed: SEED },
      )
    }, 60_000)

    it('turns any Lua value into the same reply', async () => {
      await fc.assert(
        fc.asyncProperty(luaExpression(), async (expression) => {
          const [embedded, redis] = await both('EVAL', `return ${expression}`, '0')
          expect(embedded).toEqual(redis)
        }),
        { numRuns: 400, seed: SEED },
      )
    }, 60_000)

    it('writes any Lua value as the same text and the same JSON', async () => {
      const script = (expression: string) =>
        `local v = ${expression} ` +
        "local ok, json = pcall(cjson.encode, {v}) if not ok then json = 'refused: ' .. json end " +
        "local said = type(v) == 'number' and redis.call('ECHO', v) or '' " +
        "local shown = type(v) ~= 'table' and type(v) ~= 'userdata' " +
        "return {json, said, shown and tostring(v) or ''}"
      await fc.assert(
        fc.asyncProperty(luaExpression({ ordered: true }), async (expression) => {
          const [embedded, redis] = await both('EVAL', script(expression), '0')
          expect(embedded).toEqual(redis)
        }),
        { numRuns: 400, seed: SEED },
      )
    }, 60_000)

    it('reads any text as JSON alike', async () => {
      const script =
        'local ok, v = pcall(cjson.decode, ARGV[1]) ' +
        "return {tostring(ok), type(v), type(v) == 'number' and tostring(v) or v}"
      await fc.assert(
        fc.asyncProperty(jsonText(), async (text) => {
          const [embedded, redis] = await both('EVAL', script, '0', text)
          expect(embedded).toEqual(redis)
        }),
        { numRuns: 800, seed: SEED },
      )
    }, 60_000)
  },
)

function settled(command: readonly (string | undefined)[] | undefined, answer: unknown): unknown {
  const result = Object(answer).result
  return UNORDERED.has(command?.[0] ?? '') && Array.isArray(result)
    ? { result: [...result].sort() }
    : answer
}
