import { describe, expect, it } from 'vitest'
import type { StoreInTest } from '../store-suite.ts'
import { clientOf, ownKey, post, reply } from './client.ts'

const BASE64 = { 'upstash-encoding': 'base64' }

export function describeRest(store: StoreInTest): void {
  describe('the REST protocol', () => {
    it('answers a command with its result', async () => {
      expect(await post(store(), '/', ['ECHO', 'hello'])).toEqual({
        status: 200,
        body: { result: 'hello' },
      })
    })

    it('answers a refused command with 400 and the error', async () => {
      const { status, body } = await post(store(), '/', ['GET'])

      expect(status).toBe(400)
      expect(body).toEqual({ error: "ERR wrong number of arguments for 'get' command" })
    })

    it.each([
      ['no token', {}],
      ['another token', { authorization: 'Bearer another' }],
      ['another scheme', { authorization: 'Basic a-token-for-tests' }],
    ])('refuses %s', async (_name, headers) => {
      const answer = await fetch(store().url, { method: 'POST', body: '["PING"]', headers })

      expect(answer.status).toBe(401)
      expect(await answer.json()).toEqual({ error: 'Unauthorized' })
    })

    it('takes the token as a query parameter', async () => {
      const answer = await fetch(`${store().url}/ping?_token=${store().token}`)

      expect(await answer.json()).toEqual({ result: 'PONG' })
    })

    it.each([
      ['not JSON', '/', '["GET"'],
      ['no body', '/', ''],
      ['an object', '/', '{"GET":"a"}'],
      ['a string', '/', '"PING"'],
      ['an empty command', '/', '[]'],
      ['an object as argument', '/', '["SET","a",{}]'],
      ['null as argument', '/', '["SET","a",null]'],
      ['a pipeline that is one command', '/pipeline', '["PING"]'],
      ['a pipeline that is not JSON', '/pipeline', '[['],
      ['an empty pipeline', '/pipeline', '[]'],
      ['a transaction that is one command', '/multi-exec', '["PING"]'],
    ])('answers %s with 400 and an error', async (_name, path, body) => {
      const answer = await post(store(), path, body)

      expect(answer.status).toBe(400)
      expect(answer.body).toEqual({ error: expect.stringMatching(/^ERR /) })
    })

    it('takes numbers and booleans as the text JSON has for them', async () => {
      const key = ownKey()
      await post(store(), '/', `["RPUSH","${key}",1,2.50,1e21,true]`)

      expect(await reply(store(), 'LRANGE', key, 0, -1)).toEqual(['1', '2.5', '1e+21', 'true'])
    })

    it('takes a command as a path, the value as the body, options as the query', async () => {
      const key = ownKey('with/slash')
      const headers = { authorization: `Bearer ${store().token}` }
      const set = await fetch(`${store().url}/set/${encodeURIComponent(key)}?EX=100`, {
        method: 'POST',
        headers,
        body: 'käse',
      })
      const got = await fetch(`${store().url}/get/${encodeURIComponent(key)}`, { headers })

      expect(await set.json()).toEqual({ result: 'OK' })
      expect(await got.json()).toEqual({ result: 'käse' })
      expect(await reply(store(), 'TTL', key)).toBe(100)
    })

    it.each(['SUBSCRIBE', 'BLPOP', 'MULTI', 'SELECT', 'QUIT', 'SHUTDOWN', 'config'])(
      'refuses %s, which would upset the shared connection',
      async (name) => {
        expect(await post(store(), '/', [name, 'a', 0])).toEqual({
          status: 400,
          body: { error: `ERR Command is not available: '${name.toUpperCase()}'` },
        })
      },
    )

    it('encodes every string but OK when asked for base64', async () => {
      const key = ownKey()
      const script = "return {'OK', {'deep', 1, false}, {ok='OK'}}"

      expect(await post(store(), '/', ['SET', key, 'OK'], BASE64)).toMatchObject({
        body: { result: 'OK' },
      })
      expect(await post(store(), '/', ['PING'], BASE64)).toMatchObject({
        body: { result: 'UE9ORw==' },
      })
      expect(await post(store(), '/', ['EVAL', script, 0], BASE64)).toMatchObject({
        body: { result: ['T0s=', ['ZGVlcA==', 1, null], 'T0s='] },
      })
    })

    it('answers errors in plain text when asked for base64', async () => {
      expect(await post(store(), '/', ['GET'], BASE64)).toMatchObject({
        body: { error: "ERR wrong number of arguments for 'get' command" },
      })
    })

    it('keeps bytes that are not text', async () => {
      const key = ownKey()
      const bytes = Buffer.from([0, 255, 128, 10, 192])
      await fetch(`${store().url}/set/${key}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${store().token}` },
        body: bytes,
      })

      const { body } = await post(store(), '/', ['GET', key], BASE64)
      const viaScript = await post(
        store(),
        '/',
        ['EVAL', "return redis.call('GET', KEYS[1])", 1, key],
        BASE64,
      )

      expect(body).toEqual({ result: bytes.toString('base64') })
      expect(viaScript.body).toEqual({ result: bytes.toString('base64') })
    })

    it('answers a pipeline command by command, errors in their places', async () => {
      const key = ownKey()
      const commands = [['SET', key, 'x'], ['INCR', key], ['MONITOR'], ['NOSUCH'], ['GET', key]]

      expect(await post(store(), '/pipeline', commands)).toEqual({
        status: 200,
        body: [
          { result: 'OK' },
          { error: 'ERR value is not an integer or out of range' },
          { error: "ERR Command is not available: 'MONITOR'" },
          { error: expect.stringContaining("unknown command 'NOSUCH'") },
          { result: 'x' },
        ],
      })
    })

    it('goes on with a transaction after a command that fails', async () => {
      const key = ownKey()
      const commands = [
        ['SET', key, 'x'],
        ['INCR', key],
        ['GET', key],
      ]

      expect(await post(store(), '/multi-exec', commands)).toEqual({
        status: 200,
        body: [
          { result: 'OK' },
          { error: 'ERR value is not an integer or out of range' },
          { result: 'x' },
        ],
      })
    })

    it('discards a transaction with a command that cannot be', async () => {
      const key = ownKey()
      const commands = [['SET', key, 'x'], ['GET']]

      expect(await post(store(), '/multi-exec', commands)).toEqual({
        status: 400,
        body: { error: 'EXECABORT Transaction discarded because of previous errors.' },
      })
      expect(await reply(store(), 'GET', key)).toBe(null)
    })

    it('keeps transactions apart from each other and from single commands', async () => {
      const redis = clientOf(store())
      const key = ownKey()
      const both = async () => {
        const transaction = redis.multi()
        transaction.incr(key)
        transaction.incr(key)
        return transaction.exec<[number, number]>()
      }
      const pairs = await Promise.all(Array.from({ length: 40 }, both))
      await Promise.all(Array.from({ length: 40 }, () => redis.incr(key)))

      expect(pairs.map(([first, second]) => second - first)).toEqual(Array(40).fill(1))
      expect(await redis.get(key)).toBe('120')
    })

    it('serves the client without base64 too', async () => {
      const redis = clientOf(store(), { responseEncoding: false })
      const key = ownKey()
      await redis.hset(key, { name: 'Zoë', count: 2 })

      expect(await redis.hget(key, 'name')).toBe('Zoë')
      expect(await redis.hget(key, 'nothing')).toBe(null)
    })
  })
}
