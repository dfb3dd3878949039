import { once } from 'node:events'
import { createServer } from 'node:http'
import { WebSocket } from 'ws'
import { buildBundle, serveBundle } from '../../serve.ts'
import { close, listen } from '../../upstream/listen.ts'
import { asksForWebSocket, createWebSockets } from '../../upstream/web-sockets.ts'
import { medianOf } from '../arithmetic.ts'
import { get } from '../callers.ts'
import type { World } from '../measure.ts'
import { processorMicroseconds } from '../processor.ts'
import type { Target, TargetName } from '../targets.ts'
import { serveEach } from './served.ts'
import { type Spread, spreadOf } from './spread.ts'

const ROUNDS = 8
/** Not more than the gateway takes at once of one socket. */
const ROUND_TRIPS = 1_500
const TEXT = '{"type":"output","data":"about as long as a line of a terminal is, or a token"}'

/** One message at a time to an upstream that echoes it. */
export interface Socketed {
  /** `pump` is a bare worker that hands on every message itself; the platform does it for the pass-through. */
  readonly target: TargetName | 'pump'
  /** By the clock, there and back. */
  readonly roundTripMicroseconds: Spread | undefined
  /** The median over the pass-through's in the same round. */
  readonly overMicroseconds: number | undefined
  /** Processor time for each message one way; the median of the rounds. */
  readonly messageMicroseconds: number | undefined
}

export interface Turn {
  readonly target: Socketed['target']
  readonly roundTrips: readonly number[]
  readonly processor: number
}

/** A socket of each target in turn. The stock composition joins none: its proxy takes no upgrade. */
export async function measureSockets(
  targets: readonly Target[],
  { outside, callers }: World,
): Promise<Socketed[]> {
  await using served = new AsyncDisposableStack()
  const sockets = createWebSockets()
  const server = createServer((_, response) => response.end())
  server.on('upgrade', (request, socket, head) => {
    if (asksForWebSocket(request)) sockets.accept(request, socket, head)
    else socket.destroy()
  })
  const url = `http://127.0.0.1:${await listen(server)}`
  served.defer(() => close(server))
  served.defer(async () => sockets.terminate())

  const joining = targets.filter(({ name }) => name !== 'stock')
  const upstream = { ...outside.upstream, url }
  const pump = await buildBundle({ entry: 'scripts/bench/workers/pump.ts' })
  served.defer(pump.remove)
  const pumping = await serveBundle(pump.script, { UPSTREAM_URL: url })
  served.defer(pumping.stop)
  const subjects = [
    ...(await serveEach(joining, {}, { ...outside, upstream }, served)),
    { target: 'pump' as const, worker: pumping },
  ]
  const { headers } = get('/ssh', 0, await callers.authorization(0))

  const turns: Turn[] = []
  // The first round makes them warm.
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const { target, worker } of subjects) {
      const socket = new WebSocket(`ws://127.0.0.1:${worker.port}/ssh`, { headers })
      await once(socket, 'open')
      const before = processorMicroseconds(worker.pid)
      const roundTrips = await echoes(socket)
      const processor = processorMicroseconds(worker.pid) - before
      socket.close()
      await once(socket, 'close')
      if (round >= 0) turns.push({ target, roundTrips, processor })
    }
  }
  return subjects.map(({ target }) => socketedFrom(target, turns))
}

/** Microseconds of each. */
function echoes(socket: WebSocket): Promise<number[]> {
  const roundTrips: number[] = []
  let sentAt = performance.now()
  return new Promise((resolve, reject) => {
    socket.once('close', (code) => reject(new Error(`sockets: closed with ${code}`)))
    socket.on('message', (data) => {
      roundTrips.push((performance.now() - sentAt) * 1000)
      if (String(data) !== TEXT) return reject(new Error(`sockets: ${data} came back`))
      if (roundTrips.length === ROUND_TRIPS) return resolve(roundTrips)
      sentAt = performance.now()
      socket.send(TEXT)
    })
    socket.send(TEXT)
  })
}

export function socketedFrom(target: Socketed['target'], turns: readonly Turn[]): Socketed {
  const own = turns.filter((turn) => turn.target === target)
  const limits = turns.filter((turn) => turn.target === 'pass-through')
  const over = own.flatMap(({ roundTrips }, round) => {
    const [median, limit] = [medianOf(roundTrips), medianOf(limits[round]?.roundTrips ?? [])]
    return median === undefined || limit === undefined ? [] : [median - limit]
  })
  return {
    target,
    roundTripMicroseconds: spreadOf(own.flatMap(({ roundTrips }) => roundTrips)),
    overMicroseconds: medianOf(over),
    // There and back are two messages.
    messageMicroseconds: medianOf(
      own.map(({ processor, roundTrips }) => processor / (2 * roundTrips.length)),
    ),
  }
}
