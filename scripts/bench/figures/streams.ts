import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  request as open,
  type RequestListener,
} from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { close, listen } from '../../upstream/listen.ts'
import { knownOf, medianOf } from '../arithmetic.ts'
import { get } from '../callers.ts'
import { checkStatuses, send } from '../client.ts'
import type { World } from '../measure.ts'
import type { Target, TargetName } from '../targets.ts'
import { repeated, type WireRequest } from '../wire-request.ts'
import { type Served, serveEach } from './served.ts'
import { type Spread, spreadOf } from './spread.ts'

/** A chunk of each kind; all are of one length, so that bytes tell how many have come. */
const KINDS = [
  { path: '/tunnels/events', type: 'text/event-stream', chunk: 'data: tick\n\n' },
  { path: '/tunnels/lines', type: 'application/x-ndjson', chunk: '{"tick":true}\n' },
] as const
type Kind = (typeof KINDS)[number]

const ROUNDS = 20
/** So that the code is warm, as with all the other scenarios: plain requests, then streams that are not looked at. */
const WARM_UP_SECONDS = 1
const WARM_UP_ROUNDS = 3
const CHUNKS = 10
const CHUNK_MS = 20
/** Before each stream: its user is busy, as with all the other scenarios. */
const PLAIN_REQUESTS = 20
const PATIENCE_SECONDS = 10

/** A chunk every 20 ms, of one kind through one target. */
export interface Streamed {
  readonly type: Kind['type']
  readonly target: TargetName
  /** From the request to the first chunk's arrival. */
  readonly firstByteMs: Spread | undefined
  /** The median of what it is over the pass-through's in the same round. */
  readonly firstByteOverMs: number | undefined
  /** From a later chunk's writing at the upstream to its arrival. */
  readonly delayMs: Spread | undefined
  /** How much further apart two chunks came than they were written. */
  readonly addedGapMs: Spread | undefined
}

/** When each chunk of one stream was written and when it came, by one clock. */
export interface Stream {
  readonly askedAt: number
  readonly writtenAt: readonly number[]
  readonly arrivedAt: readonly number[]
}

/** A stream of each target and kind in turn. */
export async function measureStreams(
  targets: readonly Target[],
  { outside, callers, load }: World,
): Promise<Streamed[]> {
  await using served = new AsyncDisposableStack()
  let writtenAt: number[] = []
  const server = createServer(streamer((at) => writtenAt.push(at)))
  const upstream = { ...outside.upstream, url: `http://127.0.0.1:${await listen(server)}` }
  served.defer(() => close(server))
  const subjects = await serveEach(targets, {}, { ...outside, upstream }, served)
  const authorization = await callers.authorization(0)
  const plain = get('/tunnels', 0, authorization)
  for (const { worker } of subjects) await load.run([plain], worker.port, WARM_UP_SECONDS)

  const streams: { kind: Kind; target: TargetName; stream: Stream }[] = []
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const kind of KINDS) {
      for (const { target, worker } of subjects) {
        await makeBusy({ target, worker })
        writtenAt = []
        const askedAt = performance.now()
        const arrivedAt = await arrivalsOf(worker.port, get(kind.path, 0, authorization), kind)
        const stream = { askedAt, writtenAt, arrivedAt }
        if (round >= 0) streams.push({ kind, target, stream })
      }
    }
  }
  return KINDS.flatMap((kind) => {
    const of = (name: TargetName) =>
      streams.filter((one) => one.kind === kind && one.target === name).map(({ stream }) => stream)
    return subjects.map(({ target }) =>
      streamedFrom(kind.type, target, of(target), of('pass-through')),
    )
  })

  async function makeBusy({ target, worker: { port } }: Served): Promise<void> {
    const answers = await send(repeated([plain], PLAIN_REQUESTS), {
      port,
      connections: 1,
      seconds: PATIENCE_SECONDS,
    })
    checkStatuses(`streams, ${target}`, answers, 200)
  }
}

/** An upstream that tells of each chunk when it writes it. */
function streamer(writing: (at: number) => void): RequestListener {
  return async ({ url }, response) => {
    const kind = KINDS.find(({ path }) => path === url)
    if (!kind) return void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
    response.writeHead(200, { 'Content-Type': kind.type })
    for (let chunk = 0; chunk < CHUNKS && !response.closed; chunk += 1) {
      if (chunk > 0) await sleep(CHUNK_MS)
      writing(performance.now())
      response.write(kind.chunk)
    }
    response.end()
  }
}

async function arrivalsOf(
  port: number,
  { path, headers }: WireRequest,
  { chunk }: Kind,
): Promise<number[]> {
  const asked = open({ host: '127.0.0.1', port, path, headers, agent: false }).end()
  const [answer]: IncomingMessage[] = await once(asked, 'response')
  if (answer?.statusCode !== 200) throw new Error(`streams: answered ${answer?.statusCode}`)
  const arrivedAt: number[] = []
  let bytes = 0
  for await (const piece of answer) {
    bytes += piece.length
    const now = performance.now()
    while (arrivedAt.length < Math.floor(bytes / chunk.length)) arrivedAt.push(now)
  }
  if (bytes !== CHUNKS * chunk.length) throw new Error(`streams: ${bytes} bytes came`)
  return arrivedAt
}

export function streamedFrom(
  type: Kind['type'],
  target: TargetName,
  streams: readonly Stream[],
  passThrough: readonly Stream[],
): Streamed {
  const firsts = streams.map(firstByteOf)
  const over = firsts.map((ms, round) => {
    const limit = passThrough[round]
    return limit && ms - firstByteOf(limit)
  })
  return {
    type,
    target,
    firstByteMs: spreadOf(firsts),
    firstByteOverMs: medianOf(knownOf(over)),
    delayMs: spreadOf(streams.flatMap((stream) => delaysOf(stream).slice(1))),
    addedGapMs: spreadOf(streams.flatMap(addedGapsOf)),
  }
}

function firstByteOf({ askedAt, arrivedAt }: Stream): number {
  return (arrivedAt[0] ?? Number.NaN) - askedAt
}

function delaysOf({ writtenAt, arrivedAt }: Stream): number[] {
  return arrivedAt.map((at, chunk) => at - (writtenAt[chunk] ?? Number.NaN))
}

/** The difference of two gaps is that of two delays. The first chunk waits for the answer's header: no gap begins there. */
function addedGapsOf(stream: Stream): number[] {
  const delays = delaysOf(stream).slice(1)
  return delays.slice(1).map((delay, n) => delay - (delays[n] ?? Number.NaN))
}
