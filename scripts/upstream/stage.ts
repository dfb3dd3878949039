import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { close, listen } from './listen.ts'

export interface Scene {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Once its connection has gone. */
  readonly gone: Promise<unknown>
}

export interface Stage {
  readonly url: string
  /** The next request, to be answered as one likes. */
  next(): Promise<Scene>
  stop(): Promise<void>
}

/** An upstream that says nothing by itself: whoever opens it is its prompter. */
export async function openStage(): Promise<Stage> {
  const waiting: ((scene: Scene) => void)[] = []
  const come: Scene[] = []
  const server = createServer((request, response) => {
    const scene = { request, response, gone: once(response, 'close') }
    const whoWaits = waiting.shift()
    if (whoWaits) whoWaits(scene)
    else come.push(scene)
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    next() {
      const scene = come.shift()
      return scene ? Promise.resolve(scene) : new Promise((resolve) => waiting.push(resolve))
    },
    stop: () => close(server),
  }
}
