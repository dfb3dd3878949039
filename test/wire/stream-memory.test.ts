import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request as send } from 'node:http'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { residentKibFrom } from '../../scripts/bench/processor.ts'
import type { ServedWorker } from '../../scripts/serve.ts'
import { openStage, type Stage } from '../../scripts/upstream/stage.ts'
import { openWorld, type World } from './world.ts'

const MIB = 1_048_576
const BODY_MIB = 256
/** The collector lets some 100 MiB of used chunks lie about, however long a stream is. */
const MOST_GROWTH_MIB = 192

let world: World
let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  world = await openWorld({ UPSTREAM_URL: stage.url, MAX_BODY_BYTES: String(BODY_MIB * MIB) })
})
afterAll(async () => {
  await world.stop()
  await stage.stop()
})

/** No two pieces alike, so that a chunk lost, doubled or overwritten shows in the digest. */
function* pieces() {
  const piece = Buffer.alloc(100_000, 'abcdefghijklmnopqrstuvwxyz')
  const total = BODY_MIB * MIB
  for (let at = 0, i = 0; at < total; at += piece.length, i += 1) {
    piece.writeUInt32BE(i)
    yield Buffer.from(piece.subarray(0, total - at))
  }
}

async function digestOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk)
  return hash.digest('hex')
}

const WHOLE = digestOf(Readable.from(pieces()))

/** How far the worker's memory rose above where it was, while that was done. */
async function growthDuring(worker: ServedWorker, work: () => Promise<void>): Promise<number> {
  const resident = () => residentKibFrom(readFileSync(`/proc/${worker.pid}/status`, 'utf8')) / 1_024
  const before = resident()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, resident())
  }, 20)
  await work()
  clearInterval(timer)
  return most - before
}

describe(`a body of ${BODY_MIB} MiB`, () => {
  const url = () => `${world.gateway.url}/demo/stream`
  const sized = { 'content-length': String(BODY_MIB * MIB) }

  it.each([
    ['with a length', sized],
    ['without', { 'content-type': 'text/csv' }],
    ['without, as JSON', { 'content-type': 'application/json' }],
  ])(
    'is downloaded whole in constant memory: %s',
    async (_, headers) => {
      let digest = ''
      const growth = await growthDuring(world.gateway, async () => {
        const answer = fetch(url())
        const { response: upstream } = await stage.next()
        upstream.writeHead(200, headers)
        Readable.from(pieces()).pipe(upstream)
        digest = await digestOf((await answer).body ?? Readable.from([]))
      })

      expect(digest).toBe(await WHOLE)
      expect(growth).toBeLessThan(MOST_GROWTH_MIB)
    },
    30_000,
  )

  it.each([
    ['with a length', sized],
    ['without', {}],
  ])(
    'is uploaded whole in constant memory: %s',
    async (_, headers) => {
      let digest = ''
      let status: number | undefined
      const growth = await growthDuring(world.gateway, async () => {
        const sending = send(url(), { method: 'PUT', headers })
        const answer = new Promise<IncomingMessage>((resolve) => sending.on('response', resolve))
        Readable.from(pieces()).pipe(sending)
        const { request, response: upstream } = await stage.next()
        digest = await digestOf(request)
        upstream.writeHead(204).end()
        status = (await answer).statusCode
      })

      expect(status).toBe(204)
      expect(digest).toBe(await WHOLE)
      expect(growth).toBeLessThan(MOST_GROWTH_MIB)
    },
    30_000,
  )
})
