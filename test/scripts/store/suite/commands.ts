import { describe, expect, it } from 'vitest'
import type { StoreInTest } from '../store-suite.ts'
import { ownKey, post, reply } from './client.ts'
import { STORIES } from './command-cases.ts'

const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value'

export function describeCommands(store: StoreInTest): void {
  describe('commands', () => {
    it.each(STORIES)('%s', async (_name, ...steps) => {
      const [key, other] = [ownKey(), ownKey('other')]
      const words = (line: string) =>
        line.split(' ').map((word) => (word === 'k' ? key : word === 'o' ? other : word))
      const answers = []
      for (const [line] of steps) answers.push([line, await reply(store(), ...words(line))])

      expect(answers).toEqual(steps)
    })

    it.each([
      ['string', 'HGET k f', 'SET k v'],
      ['string', 'LPUSH k v', 'SET k v'],
      ['string', 'SADD k v', 'SET k v'],
      ['string', 'ZADD k 1 v', 'SET k v'],
      ['hash', 'GET k', 'HSET k f v'],
      ['hash', 'INCR k', 'HSET k f v'],
      ['list', 'SMEMBERS k', 'RPUSH k v'],
      ['set', 'ZSCORE k v', 'SADD k v'],
      ['zset', 'SET k v GET', 'ZADD k 1 v'],
    ])('refuses a %s for %s', async (kind, line, first) => {
      const key = ownKey()
      const run = (text: string) =>
        reply(store(), ...text.split(' ').map((word) => (word === 'k' ? key : word)))
      await run(first)

      expect(await run(line)).toBe(WRONG_TYPE)
      expect(await run('TYPE k')).toBe(kind)
    })

    it('lets a key expire', async () => {
      const key = ownKey()
      await reply(store(), 'SET', key, 'v', 'PX', 30)
      expect(await reply(store(), 'GET', key)).toBe('v')

      await expect.poll(() => reply(store(), 'EXISTS', key)).toBe(0)
      expect(await reply(store(), 'PTTL', key)).toBe(-2)
      expect(await reply(store(), 'SET', key, 'w', 'NX')).toBe('OK')
    })

    it('finds keys by pattern', async () => {
      const [a, b] = [ownKey('a1'), ownKey('b1')]
      await reply(store(), 'MSET', a, 1, b, 2)

      expect(await reply(store(), 'KEYS', a.replace('a1', '?[0-9]'))).toEqual([a])
      expect(await reply(store(), 'KEYS', `*${b.slice(10)}`)).toEqual([b])
      expect(await reply(store(), 'KEYS', b.replace('b1', 'b\\?'))).toEqual([])
    })

    it('scans every key once', async () => {
      const prefix = ownKey('scan')
      const keys = Array.from({ length: 25 }, (_, at) => `${prefix}:${at}`)
      await reply(store(), 'MSET', ...keys.flatMap((key) => [key, 'v']))

      const found: unknown[] = []
      let cursor = '0'
      do {
        const page = await reply(store(), 'SCAN', cursor, 'MATCH', `${prefix}*`, 'COUNT', 1000)
        if (!Array.isArray(page)) throw new Error(`SCAN answered ${page}`)
        cursor = page[0]
        found.push(...page[1])
      } while (cursor !== '0')

      expect(found.sort()).toEqual(keys.sort())
    })

    it('tells the time in seconds and microseconds', async () => {
      const { body } = await post(store(), '/', ['TIME'])
      const result = Object(body).result.map(Number)

      expect(Math.abs(result[0] - Date.now() / 1000)).toBeLessThan(5)
      expect(result[1]).toBeGreaterThanOrEqual(0)
      expect(result[1]).toBeLessThan(1_000_000)
    })

    it('names an unknown command and how it began', async () => {
      expect(await reply(store(), 'NOSUCH', 'a', 'b')).toMatch(
        /^ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b'/,
      )
    })
  })
}
