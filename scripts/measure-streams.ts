import { once } from 'node:events'
import { type IncomingMessage, request as send } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { medianOf } from './bench/arithmetic.ts'
import { processorMicroseconds, residentMib } from './bench/processor.ts'
import { startIssuer } from './issuer.ts'
import { buildBundle, serveBundle } from './serve.ts'
import { startStore } from './store/bridge.ts'
import { openStage } from './upstream/stage.ts'

/** Measures who leaves a stream and what a long one holds, and prints those tables of docs/streams.md. Linux only. */

const STORE_TOKEN = 'measured'
const LEAVERS = 30
const MIB = 1_048_576
const LONG = 1_024 * MIB

await using started = new AsyncDisposableStack()
const stage = await openStage()
started.defer(stage.stop)
const [issuer, store] = await Promise.all([
  startIssuer({}),
  startStore({ token: STORE_TOKEN, engine: 'embedded' }),
])
started.defer(issuer.stop)
started.defer(store.stop)
const gateway = await serve()
process.stdout.write('| who leaves | upstream told after, median | worst |\n|---|---|---|\n')
for (const [name, chunkMs, how] of [
  ['a stream with a chunk every 10 ms', 10, 'destroy'],
  ['a silent stream, connection torn', undefined, 'resetAndDestroy'],
] as const) {
  const delays = await leavings(chunkMs, how)
  const cells = [medianOf(delays), Math.max(...delays)].map((ms = 0) => `${ms.toFixed(1)} ms`)
  process.stdout.write(`| ${name} | ${cells.join(' | ')} |\n`)
}

process.stdout.write('\n| 1 GiB | seconds | processor seconds | memory before | at most |\n')
process.stdout.write('|---|---|---|---|---|\n')
const length = { 'content-length': String(LONG) }
for (const [name, carry] of [
  ['download with a length', () => download(length)],
  ['download without', () => download({ 'content-type': 'text/csv' })],
  ['upload with a length', () => upload(length)],
  ['upload without', () => upload({})],
  ['four downloads without, at once', () => four(download({ 'content-type': 'text/csv' }))],
] as const) {
  // A worker of its own: what one left behind is not the next one's.
  const worker = await serve()
  const before = residentMib(worker.pid)
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, residentMib(worker.pid))
  }, 50)
  const spentBefore = processorMicroseconds(worker.pid)
  const startedAt = performance.now()
  await carry()(worker.port)
  const seconds = (performance.now() - startedAt) / 1_000
  const spent = (processorMicroseconds(worker.pid) - spentBefore) / 1e6
  clearInterval(timer)
  const cells = [seconds.toFixed(1), spent.toFixed(1), `${before.toFixed(0)} MiB`]
  process.stdout.write(`| ${name} | ${cells.join(' | ')} | ${most.toFixed(0)} MiB |\n`)
}

async function serve() {
  const bundle = await buildBundle()
  started.defer(bundle.remove)
  const { port, pid, stop } = await serveBundle(bundle.script, {
    UPSTREAM_URL: stage.url,
    UPSTASH_REDIS_REST_URL: store.url,
    UPSTASH_REDIS_REST_TOKEN: STORE_TOKEN,
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    MAX_BODY_BYTES: String(LONG),
    UPSTREAM_TIMEOUT_MS: '300000',
    ROUTES: JSON.stringify([{ path: '/*', access: 'public' }]),
    LIMITS: JSON.stringify({ ip: { minute: 100_000 } }),
  })
  started.defer(stop)
  return { port, pid }
}

/** Milliseconds from a client's leaving to the end of its request at the upstream. */
async function leavings(chunkMs: number | undefined, how: 'destroy' | 'resetAndDestroy') {
  const delays: number[] = []
  for (let leaver = 0; leaver < LEAVERS; leaver += 1) {
    const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined)
    socket.write('GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    const { response, gone } = await stage.next()
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 0\n\n')
    await once(socket, 'data')
    const timer = chunkMs && setInterval(() => response.write('data: 1\n\n'), chunkMs)
    await sleep(50)
    const leftAt = performance.now()
    socket[how]()
    await gone
    delays.push(performance.now() - leftAt)
    clearInterval(timer)
  }
  return delays
}

function download(headers: Record<string, string>) {
  return async (port: number) => {
    const asked = send({ port, host: '127.0.0.1', path: '/stream' }).end()
    const { response } = await stage.next()
    response.writeHead(200, headers)
    Readable.from(pieces()).pipe(response)
    const [answer]: IncomingMessage[] = await once(asked, 'response')
    if (answer) await arrivalOf(answer)
  }
}

function upload(headers: Record<string, string>) {
  return async (port: number) => {
    const asked = send({ port, host: '127.0.0.1', path: '/stream', method: 'PUT', headers })
    Readable.from(pieces()).pipe(asked)
    const { request, response } = await stage.next()
    await arrivalOf(request)
    response.writeHead(204).end()
    await once(asked, 'response')
  }
}

function four(carry: (port: number) => Promise<void>) {
  return async (port: number) => {
    await Promise.all(Array.from({ length: 4 }, () => carry(port)))
  }
}

async function arrivalOf(message: IncomingMessage): Promise<void> {
  let bytes = 0
  for await (const chunk of message) bytes += chunk.length
  if (bytes !== LONG) throw new Error(`${bytes} of ${LONG} bytes came`)
}

function* pieces() {
  const piece = Buffer.alloc(65_536, 'abcdefghijklmnopqrstuvwxyz')
  for (let at = 0; at < LONG; at += piece.length) yield piece
}
