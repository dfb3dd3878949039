import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** V8's view into one isolate. */
export interface Inspector {
  /** What is alive: all garbage is collected first. */
  heap(): Promise<Heap>
  close(): void
}

export interface Heap {
  /** Objects of the language. */
  readonly objectsMib: number
  /** The bytes of buffers. */
  readonly buffersMib: number
}

const MIB = 1_048_576

const WAKE_EVERY_MS = 10

/** Of the only worker that the process at this port serves; `wake` has that worker answer a request. */
export async function openInspector(
  port: number,
  wake: () => Promise<unknown>,
): Promise<Inspector> {
  const listed: unknown = await (await fetch(`http://127.0.0.1:${port}/json`)).json()
  const socket = new WebSocket(urlFrom(listed))
  await once(socket, 'open')
  let last = 0

  function ask(method: string): Promise<unknown> {
    last += 1
    const id = last
    return new Promise((resolve, reject) => {
      const closed = () => reject(new Error(`the inspector left while asked for ${method}`))
      socket.once('close', closed)
      socket.on('message', function listen(data) {
        const said: { readonly id?: unknown; readonly result?: unknown } = JSON.parse(String(data))
        if (said.id !== id) return
        socket.off('message', listen).off('close', closed)
        resolve(said.result)
      })
      socket.send(JSON.stringify({ id, method }))
    })
  }

  /** workerd puts it off until the isolate is at work again. */
  async function collectGarbage(): Promise<void> {
    let isCollected = false
    const collected = ask('HeapProfiler.collectGarbage').finally(() => {
      isCollected = true
    })
    while (!isCollected) {
      await wake()
      await sleep(WAKE_EVERY_MS)
    }
    await collected
  }

  return {
    async heap() {
      // What was written to the console is kept for whoever looks, and is none of the worker's.
      await ask('Runtime.discardConsoleEntries')
      // What the first collection lets go of, by its finalizers, only the second finds.
      await collectGarbage()
      await collectGarbage()
      return heapFrom(await ask('Runtime.getHeapUsage'))
    },
    close: () => socket.close(),
  }
}

function urlFrom(listed: unknown): string {
  const [first]: unknown[] = Array.isArray(listed) ? listed : []
  if (typeof first === 'object' && first !== null && 'webSocketDebuggerUrl' in first) {
    return String(first.webSocketDebuggerUrl)
  }
  throw new Error('the inspector lists no worker')
}

export function heapFrom(usage: unknown): Heap {
  const { usedSize, backingStorageSize = 0 } = { usedSize: Number.NaN, ...Object(usage) }
  const [objectsMib, buffersMib] = [Number(usedSize) / MIB, Number(backingStorageSize) / MIB]
  if (Number.isNaN(objectsMib)) throw new Error('the inspector told no heap usage')
  return { objectsMib, buffersMib }
}
