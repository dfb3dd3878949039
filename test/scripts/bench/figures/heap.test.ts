import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { heapFrom, openInspector } from '../../../../scripts/bench/inspector.ts'
import { type ServedWorker, serveBundle } from '../../../../scripts/serve.ts'

const WORKER = `const kept = []
export default {
  fetch(request) {
    const { pathname } = new URL(request.url)
    // The collection may come before a request that wakes the isolate for it: what that one lets go of would count.
    if (pathname === '/wake') return new Response('awake')
    // Numbers that are no small integers are 8 bytes each.
    const numbers = Array.from({ length: 1_048_576 }, (_, n) => n + 0.5)
    if (pathname === '/keep') kept.push(numbers)
    if (pathname === '/buffer') kept.push(new Uint8Array(8 * 1_048_576))
    return new Response(String(numbers.length))
  },
}
`

describe('the heap of a worker', () => {
  let folder = ''
  let worker: ServedWorker
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inspected-'))
    await writeFile(join(folder, 'index.js'), WORKER)
    worker = await serveBundle(join(folder, 'index.js'), {}, { inspected: true })
  })
  afterAll(async () => {
    await worker.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const ask = async (path: string) => (await fetch(`${worker.url}${path}`)).text()

  it('is what it keeps, and none of what it let go', async () => {
    const inspector = await openInspector(worker.inspectorPort ?? 0, () => ask('/wake'))
    const empty = await inspector.heap()

    await ask('/let-go')
    const letGo = await inspector.heap()
    await ask('/keep')
    const kept = await inspector.heap()
    await ask('/buffer')
    const buffer = await inspector.heap()
    inspector.close()

    expect(Math.abs(letGo.objectsMib - empty.objectsMib)).toBeLessThan(0.5)
    expect(Math.abs(kept.objectsMib - letGo.objectsMib - 8)).toBeLessThan(0.5)
    expect(Math.abs(buffer.buffersMib - kept.buffersMib - 8)).toBeLessThan(0.5)
  })
})

describe("the inspector's answer", () => {
  it('is mebibytes', () => {
    const usage = { usedSize: 3_145_728, totalSize: 9_000_000, backingStorageSize: 1_048_576 }

    expect(heapFrom(usage)).toEqual({ objectsMib: 3, buffersMib: 1 })
  })

  it.each([[undefined], [{}], [{ usedSize: 'much' }]])('must tell what is used: %j', (usage) => {
    expect(() => heapFrom(usage)).toThrow('told no heap usage')
  })
})
