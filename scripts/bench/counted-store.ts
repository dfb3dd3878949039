import { setTimeout as sleep } from 'node:timers/promises'
import { chooseEngine } from '../store/choose.ts'
import type { Engine } from '../store/engine.ts'
import { findRedisServer } from '../store/redis/find.ts'
import { listen, portOf } from '../store/rest/server.ts'
import { withScriptFlags } from '../store/script-flags.ts'
import { billedCommands } from './command-stats.ts'

export interface StoreCounts {
  readonly roundTrips: number
  readonly commands: number
}

/** The bridge over a Redis of its own, which counts what a vendor would bill and answers as late as it is told. */
export interface CountedStore {
  readonly url: string
  readonly token: string
  readonly kind: string
  /** How far away it is from now on. */
  delayMs: number
  /** Since it was started. */
  counts(): Promise<StoreCounts>
  stop(): Promise<void>
}

const TOKEN = 'bench-store-token'

/** Never the Redis at REDIS_URL: others may be using it, and all that it runs would be counted. */
export async function startCountedStore(): Promise<CountedStore> {
  if (!findRedisServer()) throw new Error('no redis-server is on the PATH')
  const engine = await chooseEngine(undefined, 'redis')
  let roundTrips = 0
  async function arrive(): Promise<void> {
    roundTrips += 1
    if (store.delayMs > 0) await sleep(store.delayMs)
  }
  const counted: Engine = {
    ...engine,
    run: (commands) => arrive().then(() => engine.run(commands)),
    transact: (commands) => arrive().then(() => engine.transact(commands)),
  }
  const server = await listen(withScriptFlags(counted), TOKEN, 0)
  const store: CountedStore = {
    url: `http://127.0.0.1:${portOf(server)}`,
    token: TOKEN,
    kind: engine.kind,
    delayMs: 0,
    async counts() {
      const [stats] = await engine.run([['INFO', 'commandstats']])
      return { roundTrips, commands: billedCommands(String(stats)) }
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      await engine.stop()
    },
  }
  return store
}
