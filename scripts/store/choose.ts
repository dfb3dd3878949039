import { startEmbedded } from './embedded/engine.ts'
import { type Engine, Unreachable } from './engine.ts'
import { connectRedis } from './redis/engine.ts'
import { findRedisServer } from './redis/find.ts'
import { type RedisProcess, startRedis } from './redis/process.ts'

export type EngineChoice = 'redis' | 'embedded'

/** The Redis that was named, else one found on this machine, else the embedded store. */
export async function chooseEngine(
  redisUrl: string | undefined,
  choice: EngineChoice | undefined,
): Promise<Engine> {
  if (choice === 'embedded') return startEmbedded()
  if (redisUrl) return named(redisUrl)

  const server = findRedisServer()
  if (server) return started(server)
  if (choice === 'redis') throw new Error('no REDIS_URL is set and no redis-server is on the PATH')
  return startEmbedded()
}

async function named(redisUrl: string): Promise<Engine> {
  const shown = withoutPassword(redisUrl)
  try {
    return await connectRedis(redisUrl, `Redis at ${shown}`)
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    throw new Error(`no Redis answers at ${shown} (REDIS_URL): ${error.message}`)
  }
}

const START_ATTEMPTS = 3
const READY_WITHIN_MS = 5000
const PROBE_MS = 50

async function started(server: string): Promise<Engine> {
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    const redis = await startRedis(server)
    const engine = await untilReady(redis, server)
    if (engine) return { ...engine, stop: () => engine.stop().then(redis.stop) }
    // Someone took the port between our finding it free and the server's start.
    await redis.stop()
  }
  throw new Error(`${server} does not start`)
}

async function untilReady(redis: RedisProcess, server: string): Promise<Engine | undefined> {
  let gone = false
  redis.exited.then(() => {
    gone = true
  })
  const deadline = Date.now() + READY_WITHIN_MS
  while (!gone && Date.now() < deadline) {
    try {
      const kind = `${server} (started on port ${redis.port})`
      return await connectRedis(`redis://127.0.0.1:${redis.port}`, kind)
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS))
    }
  }
  return undefined
}

function withoutPassword(redisUrl: string): string {
  if (!URL.canParse(redisUrl)) return 'the address given'
  const url = new URL(redisUrl)
  if (url.password !== '') url.password = '…'
  return url.href
}
