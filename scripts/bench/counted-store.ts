import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { chooseEngine } from '../store/choose.ts'
import type { Command, Engine } from '../store/engine.ts'
import { findRedisServer } from '../store/redis/find.ts'
import { listen, portOf } from '../store/rest/server.ts'
import { withScriptFlags } from '../store/script-flags.ts'
import { billedCommands } from './command-stats.ts'

export interface StoreCounts {
  readonly roundTrips: number
  readonly commands: number
}

/**
 * The bridge over a Redis of its own, which counts what a vendor would bill and answers as late as it is told. What is
 * kept at one of its addresses is not found at another.
 */
export interface CountedStore {
  /** The first of its addresses. */
  readonly url: string
  readonly urls: readonly string[]
  readonly token: string
  readonly kind: string
  /** How far away it is from now on. */
  delayMs: number
  /** Since it was started. */
  counts(): Promise<StoreCounts>
  /** Forgets everything but the scripts. */
  clear(): Promise<void>
  stop(): Promise<void>
}

const TOKEN = 'bench-store-token'

/** Never the Redis at REDIS_URL: others may be using it, and all that it runs would be counted. */
export async function startCountedStore(addresses = 1): Promise<CountedStore> {
  if (!findRedisServer()) throw new Error('no redis-server is on the PATH')
  const engine = await chooseEngine(undefined, 'redis')
  let roundTrips = 0
  let onTheirWay = 0
  /** What the store does itself is part of how far away it is. */
  async function away<T>(work: Promise<T>): Promise<T> {
    roundTrips += 1
    onTheirWay += 1
    try {
      const [answer] = await Promise.all([work, travel(store.delayMs)])
      return answer
    } finally {
      onTheirWay -= 1
    }
  }
  /** A timer comes up to a millisecond early or late: who travels alone, and may be timed, arrives on time. */
  async function travel(milliseconds: number): Promise<void> {
    if (milliseconds === 0) return
    const end = performance.now() + milliseconds
    const isAlone = onTheirWay === 1
    await sleep(isAlone ? milliseconds - 1 : milliseconds)
    while (isAlone && performance.now() < end) await nextTurn()
  }
  const counted = (database: Engine): Engine => ({
    ...database,
    run: (commands) => away(database.run(commands)),
    transact: (commands) => away(database.transact(commands)),
  })
  const servers = await Promise.all(
    Array.from({ length: addresses }, (_, i) =>
      listen(withScriptFlags(counted(inDatabase(engine, i))), TOKEN, 0),
    ),
  )
  const urls = servers.map((server) => `http://127.0.0.1:${portOf(server)}`)
  const store: CountedStore = {
    url: urls[0] ?? '',
    urls,
    token: TOKEN,
    kind: engine.kind,
    delayMs: 0,
    async counts() {
      const [stats] = await engine.run([['INFO', 'commandstats']])
      return { roundTrips, commands: billedCommands(String(stats)) }
    },
    async clear() {
      await engine.run([['FLUSHALL']])
    },
    async stop() {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
      for (const server of servers) server.closeAllConnections()
      await Promise.all(closed)
      await engine.stop()
    },
  }
  return store
}

/** What is written in one go, nothing comes in between: the choice holds for what follows it. */
function inDatabase(engine: Engine, database: number): Engine {
  const chosen: Command = ['SELECT', `${database}`]
  return {
    ...engine,
    run: async (commands) => (await engine.run([chosen, ...commands])).slice(1),
    transact: async (commands) => {
      const [, outcome] = await Promise.all([engine.run([chosen]), engine.transact(commands)])
      return outcome
    },
  }
}
