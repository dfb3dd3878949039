import { chooseEngine, type EngineChoice } from './choose.ts'
import { listen, portOf } from './rest/server.ts'
import { withScriptFlags } from './script-flags.ts'

export interface LocalStore {
  readonly url: string
  readonly token: string
  /** What stands behind it, for people. */
  readonly kind: string
  stop(): Promise<void>
}

export interface StoreOptions {
  readonly token: string
  /** A free one when absent. */
  readonly port?: number
  /** `REDIS_URL` when absent. */
  readonly redisUrl?: string | undefined
  /** Insists on one of the two. */
  readonly engine?: EngineChoice
}

/** A store on 127.0.0.1 that speaks Upstash's REST protocol. */
export async function startStore(options: StoreOptions): Promise<LocalStore> {
  const redisUrl = options.redisUrl ?? process.env.REDIS_URL
  const engine = withScriptFlags(await chooseEngine(redisUrl, options.engine))
  const server = await listen(engine, options.token, options.port ?? 0).catch(async (error) => {
    await engine.stop()
    throw error
  })

  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    token: options.token,
    kind: engine.kind,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      await engine.stop()
    },
  }
}
