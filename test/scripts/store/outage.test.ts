import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { LocalStore } from '../../../scripts/store/bridge.ts'
import { findRedisServer } from '../../../scripts/store/redis/find.ts'
import { type RedisProcess, startRedis } from '../../../scripts/store/redis/process.ts'
import { starting } from './store-suite.ts'
import { post, reply } from './suite/client.ts'

const server = findRedisServer()
const FLAGGED = "#!lua flags=allow-key-locking\nreturn redis.call('INCR', KEYS[1])"

describe.skipIf(!server)(
  server ? 'Redis away' : 'Redis away: skipped, no redis-server on the PATH',
  () => {
    let redis: RedisProcess
    let store: LocalStore
    const start = starting({})

    beforeAll(async () => {
      redis = await startRedis(server ?? '')
      await vi.waitUntil(() => listens(redis.port), { timeout: 5000 })
      store = await start({ redisUrl: `redis://127.0.0.1:${redis.port}` })
    })
    afterAll(async () => {
      await store.stop()
      await redis.stop()
    })

    it('says which Redis it stands on', () => {
      expect(store.kind).toBe(`Redis at redis://127.0.0.1:${redis.port}`)
    })

    it('answers 503 at once while it is away, and goes on when it is back', async () => {
      const { body: hash } = await post(store, '/', ['SCRIPT', 'LOAD', FLAGGED])
      const sha = String(Object(hash).result)
      expect(await reply(store, 'EVALSHA', sha, 1, 'a')).toBe(1)

      const load = underLoad(store)
      await redis.stop()
      await expect.poll(async () => (await post(store, '/', ['PING'])).status).toBe(503)

      const before = performance.now()
      const answers = await Promise.all([
        post(store, '/', ['GET', 'a']),
        post(store, '/pipeline', [['GET', 'a']]),
        post(store, '/multi-exec', [['GET', 'a']]),
      ])
      expect(performance.now() - before).toBeLessThan(500)
      expect(answers).toEqual(
        Array(3).fill({ status: 503, body: { error: expect.stringMatching(/^ERR no answer/) } }),
      )

      const again = spawn(server ?? '', ['--port', `${redis.port}`, '--save', ''], { cwd: '/' })
      await expect
        .poll(async () => (await post(store, '/', ['PING'])).status, { timeout: 5000 })
        .toBe(200)
      expect(await reply(store, 'EVALSHA', sha, 1, 'a')).toMatch(/^NOSCRIPT /)
      expect(await reply(store, 'EVAL', FLAGGED, 1, 'a')).toBe(1)
      expect(await reply(store, 'EVALSHA', sha, 1, 'a')).toBe(2)

      const statuses = await load.stop()
      expect(new Set(statuses)).toEqual(new Set([200, 503]))
      again.kill()
      await once(again, 'exit')
    }, 20_000)
  },
)

/** One request after another, every one of them answered. */
function underLoad(store: LocalStore) {
  let going = true
  const statuses: number[] = []
  const worker = async () => {
    while (going) {
      statuses.push((await post(store, '/', ['PING'])).status)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const workers = Array.from({ length: 4 }, worker)
  return {
    async stop() {
      going = false
      await Promise.all(workers)
      return statuses
    },
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const listening = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return listening
}
