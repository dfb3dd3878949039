import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { StoreInTest } from '../store-suite.ts'
import { ownKey, reply } from './client.ts'
import { BROKEN_SCRIPTS, SCRIPTS } from './script-cases.ts'

const FLAG = '#!lua flags=allow-key-locking\n'
const NO_SCRIPT = 'NOSCRIPT No matching script. Please use EVAL.'

function hashOf(script: string): string {
  return createHash('sha1').update(script).digest('hex')
}

/** A script nobody has loaded yet. */
function ownScript(body: string): string {
  return `${body} -- ${ownKey()}`
}

export function describeScripts(store: StoreInTest): void {
  describe('scripts', () => {
    it.each(SCRIPTS)('%s → %j', async (script, expected) => {
      expect(await reply(store(), 'EVAL', script, 0)).toEqual(expected)
    })

    it.each(BROKEN_SCRIPTS)('%s fails: %s', async (script, expected) => {
      expect(await reply(store(), 'EVAL', script, 0)).toMatch(new RegExp(expected))
    })

    it('blames the script and the line', async () => {
      const script = "local a = 1\n\nreturn redis.call('INCRBY', KEYS[1], 'x')"

      expect(await reply(store(), 'EVAL', script, 1, ownKey())).toBe(
        'ERR value is not an integer or out of range ' +
          `script: ${hashOf(script)}, on @user_script:3.`,
      )
    })

    it('has the keys and the arguments', async () => {
      const script = 'return {#KEYS, KEYS[1], KEYS[2], #ARGV, ARGV[1]}'

      expect(await reply(store(), 'EVAL', script, 2, 'a', 'b', 'ü')).toEqual([2, 'a', 'b', 1, 'ü'])
    })

    it.each([
      ['x', 'ERR value is not an integer or out of range'],
      ['-1', "ERR Number of keys can't be negative"],
      ['3', "ERR Number of keys can't be greater than number of args"],
    ])('refuses %s as the number of keys', async (count, expected) => {
      expect(await reply(store(), 'EVAL', 'return 1', count, 'a', 'b')).toBe(expected)
    })

    it('sees nothing for a missing field, and text for a number it set', async () => {
      const script = [
        "redis.call('HSET', KEYS[1], 'a', 0.1, 'b', 3.0, 'c', 1700000000000)",
        "local got = redis.call('HMGET', KEYS[1], 'a', 'b', 'c', 'd')",
        'return {got[1], got[2], got[3], tostring(got[4]), type(got[4])}',
      ].join('\n')

      expect(await reply(store(), 'EVAL', script, 1, ownKey())).toEqual([
        '0.10000000000000001',
        '3',
        '1700000000000',
        'false',
        'boolean',
      ])
    })

    it('keeps a record as JSON with an expiry', async () => {
      const key = ownKey()
      const script = [
        'local input = cjson.decode(ARGV[1])',
        "local stored = redis.call('MGET', KEYS[1], KEYS[2])",
        'local record = stored[1] and cjson.decode(stored[1]) or { used = 0, at = input.now }',
        'record.used = record.used + input.cost',
        "redis.call('SET', KEYS[1], cjson.encode(record), 'PX', input.ttl)",
        "return { 'charged', record.used * 100, record.at, stored[2] }",
      ].join('\n')
      const input = JSON.stringify({ now: 1700000000123, cost: 0.25, ttl: 60000.0 })
      const words = ['EVAL', script, 2, key, ownKey('none'), input] as const

      expect(await reply(store(), ...words)).toEqual(['charged', 25, 1700000000123, null])
      expect(await reply(store(), ...words)).toEqual(['charged', 50, 1700000000123, null])
      expect(JSON.parse(String(await reply(store(), 'GET', key)))).toEqual({
        used: 0.5,
        // Fourteen digits count everything up to the year 5138 in milliseconds.
        at: 1700000000123,
      })
      expect(await reply(store(), 'TTL', key)).toBe(60)
    })

    it('answers EVALSHA with NOSCRIPT until it has seen the script', async () => {
      const script = ownScript('return 7')

      expect(await reply(store(), 'EVALSHA', hashOf(script), 0)).toBe(NO_SCRIPT)
      expect(await reply(store(), 'EVAL', script, 0)).toBe(7)
      expect(await reply(store(), 'EVALSHA', hashOf(script), 0)).toBe(7)
      expect(await reply(store(), 'EVALSHA', hashOf(script).toUpperCase(), 0)).toBe(7)
    })

    it('loads a script without running it', async () => {
      const script = ownScript("return redis.call('INCR', KEYS[1])")
      const key = ownKey()

      expect(await reply(store(), 'SCRIPT', 'LOAD', script)).toBe(hashOf(script))
      expect(await reply(store(), 'EXISTS', key)).toBe(0)
      expect(await reply(store(), 'SCRIPT', 'EXISTS', hashOf(script), 'f'.repeat(40))).toEqual([
        1, 0,
      ])
      expect(await reply(store(), 'EVALSHA', hashOf(script), 1, key)).toBe(1)
    })

    it('does without the flag that only Upstash knows', async () => {
      const script = ownScript(`${FLAG}return ARGV[1]`)

      expect(await reply(store(), 'EVALSHA', hashOf(script), 0, 'x')).toBe(NO_SCRIPT)
      expect(await reply(store(), 'EVAL', script, 0, 'x')).toBe('x')
      expect(await reply(store(), 'EVALSHA', hashOf(script), 0, 'x')).toBe('x')
      expect(await reply(store(), 'SCRIPT', 'EXISTS', hashOf(script))).toEqual([1])
    })

    it('loads a flagged script under the hash its author knows', async () => {
      const script = ownScript(`${FLAG}return ARGV[1]`)

      expect(await reply(store(), 'SCRIPT', 'LOAD', script)).toBe(hashOf(script))
      expect(await reply(store(), 'EVALSHA', hashOf(script), 0, 'x')).toBe('x')
    })

    it('keeps the lines of a flagged script', async () => {
      const script = `${FLAG}\nreturn nosuch`

      expect(await reply(store(), 'EVAL', script, 0)).toContain('on @user_script:3.')
    })

    it('answers NOSCRIPT for a flagged script after SCRIPT FLUSH', async () => {
      const script = ownScript(`${FLAG}return 1`)
      await reply(store(), 'EVAL', script, 0)
      await reply(store(), 'SCRIPT', 'FLUSH')

      expect(await reply(store(), 'EVALSHA', hashOf(script), 0)).toBe(NO_SCRIPT)
    })

    it('keeps the flags that Redis knows', async () => {
      const script = "#!lua flags=allow-key-locking,no-writes\nreturn redis.call('SET', KEYS[1], 1)"

      expect(await reply(store(), 'EVAL', script, 1, ownKey())).toMatch(
        /^ERR Write commands are not allowed from read-only scripts/,
      )
    })

    it('lets EVAL_RO read and not write', async () => {
      const key = ownKey()
      await reply(store(), 'SET', key, 'x')

      expect(await reply(store(), 'EVAL_RO', "return redis.call('GET', KEYS[1])", 1, key)).toBe('x')
      expect(await reply(store(), 'EVAL_RO', "return redis.call('DEL', KEYS[1])", 1, key)).toMatch(
        /^ERR Write commands are not allowed from read-only scripts/,
      )
    })

    it('runs one at a time', async () => {
      const key = ownKey()
      const script = [
        "local before = tonumber(redis.call('GET', KEYS[1]) or '0')",
        'for i = 1, 2000 do math.sqrt(i) end',
        "redis.call('SET', KEYS[1], before + 1)",
      ].join('\n')
      await Promise.all(Array.from({ length: 50 }, () => reply(store(), 'EVAL', script, 1, key)))

      expect(await reply(store(), 'GET', key)).toBe('50')
    })
  })
}
