import type { Engine } from '../engine.ts'
import { EmbeddedStore } from './store.ts'

export async function startEmbedded(): Promise<Engine> {
  const store = new EmbeddedStore()
  await store.ready()

  return {
    kind: 'embedded (in this process, Lua 5.1 in WebAssembly)',
    async run(commands) {
      const replies = []
      for (const command of commands) {
        await store.ready()
        replies.push(store.run(command))
      }
      return replies
    },
    async transact(commands) {
      await store.ready()
      return store.transact(commands)
    },
    async stop() {},
  }
}
