import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { knownOf, medianOf, perRequest, ratioOf } from '../arithmetic.ts'
import { get } from '../callers.ts'
import type { World } from '../measure.ts'
import { processorMicroseconds, residentMib } from '../processor.ts'
import type { Target, TargetName } from '../targets.ts'
import { type Served, serveEach } from './served.ts'

const LEVELS = [10, 1_000, 6_000]
const ROUNDS = 2
/** What has not begun by then is another day's. */
const LAST_ROUND_SECONDS = 30
const WARM_UP_SECONDS = 1
/** Until every connection has been answered once. */
const OPENING_MS = 6_000
/** What is measured: so long, and until all have been answered so often, since they wait for one another and move together. */
const WINDOW_MS = 1_500
const TIMES_AROUND = 3
const LONGEST_WINDOW_MS = 8_000
const LOOK_EVERY_MS = 100
const LONGEST_SECONDS = 16

/** One busy user over more and more connections that are open at once. */
export interface Connections {
  /** As many files may a process have open here; not more connections were tried than that allows. */
  readonly openFiles: number
  readonly targets: readonly { readonly target: TargetName; readonly levels: readonly Level[] }[]
}

export interface Level {
  readonly connections: number
  /** Processor time per request; undefined: not every connection was answered in time. */
  readonly microseconds: number | undefined
  /** As a multiple of the same with the fewest connections. */
  readonly slope: number | undefined
  /** Of the store, per request. */
  readonly roundTrips: number | undefined
  readonly residentMib: number
}

/** Each target in turn at each level, from when every connection is at work: opening them is not what is measured. */
export async function measureConnections(
  targets: readonly Target[],
  world: World,
): Promise<Connections> {
  const openFiles = openFilesFrom(readFileSync('/proc/self/limits', 'utf8'))
  await using served = new AsyncDisposableStack()
  const subjects = await serveEach(targets, {}, world.outside, served)
  const requests = [get('/tunnels', 0, await world.callers.authorization(0))]
  for (const { worker } of subjects) await world.load.run(requests, worker.port, WARM_UP_SECONDS)

  const samples: Sample[] = []
  const end = performance.now() + LAST_ROUND_SECONDS * 1000
  for (let round = 0; round < ROUNDS && performance.now() < end; round += 1) {
    for (const level of LEVELS) {
      const connections = reachable(level, openFiles)
      for (const subject of subjects) samples.push(await turn(subject, connections, world))
    }
  }
  return { openFiles, targets: subjects.map(({ target }) => levelsOf(target, samples)) }

  async function turn(
    { target, worker: { port, pid } }: Served,
    connections: number,
    { outside: { upstream, store }, load }: World,
  ): Promise<Sample> {
    const begun = await upstream.requests()
    const over = new AbortController()
    const how = { connections, until: over.signal }
    const running = load.run(requests, port, LONGEST_SECONDS, how)
    const opened = performance.now() + OPENING_MS
    while ((await upstream.requests()) - begun < connections && performance.now() < opened) {
      await sleep(LOOK_EVERY_MS)
    }
    const before = await upstream.requests()
    const askedBefore = (await store.counts()).roundTrips
    const spentBefore = processorMicroseconds(pid)
    const startedAt = performance.now()
    await sleep(WINDOW_MS)
    const answeredSoFar = async () => (await upstream.requests()) - before
    while (
      (await answeredSoFar()) < TIMES_AROUND * connections &&
      performance.now() - startedAt < LONGEST_WINDOW_MS
    ) {
      await sleep(LOOK_EVERY_MS)
    }
    const spent = processorMicroseconds(pid) - spentBefore
    const answered = await answeredSoFar()
    const asked = (await store.counts()).roundTrips - askedBefore
    over.abort()
    const { refused } = await running
    // A target that refuses what it should serve has no figure there.
    const isWhole = refused === 0 && before - begun >= connections && answered >= connections
    return {
      target,
      connections,
      microseconds: isWhole ? perRequest(spent, answered) : undefined,
      roundTrips: isWhole ? perRequest(asked, answered) : undefined,
      residentMib: residentMib(pid),
    }
  }
}

export interface Sample extends Omit<Level, 'slope'> {
  readonly target: TargetName
}

export function levelsOf(
  target: TargetName,
  all: readonly Sample[],
): Connections['targets'][number] {
  const own = all.filter((sample) => sample.target === target)
  const counts = [...new Set(own.map(({ connections }) => connections))]
  const levels = counts.map((connections) => {
    const at = own.filter((sample) => sample.connections === connections)
    return {
      connections,
      microseconds: medianOf(knownOf(at.map(({ microseconds }) => microseconds))),
      roundTrips: medianOf(knownOf(at.map(({ roundTrips }) => roundTrips))),
      residentMib: Math.max(...at.map((sample) => sample.residentMib)),
    }
  })
  const least = levels[0]?.microseconds
  return {
    target,
    levels: levels.map((level) => ({ ...level, slope: ratioOf(level.microseconds, least) })),
  }
}

/** A client's, an upstream's and a store's connection, of two files each; and some files beside. */
const FILES_PER_CONNECTION = 6
const OTHER_FILES = 200

/** As many as are wanted, or as can be. */
export function reachable(connections: number, openFiles: number): number {
  return Math.min(connections, Math.floor((openFiles - OTHER_FILES) / FILES_PER_CONNECTION))
}

/** What a process that Node starts may open, of /proc/self/limits: Node raises its own limit to the highest. */
export function openFilesFrom(limits: string): number {
  return Number(/^Max open files +\d+ +(\d+) /m.exec(limits)?.[1])
}
