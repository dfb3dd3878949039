import { buildBundle, serveBundle } from '../../serve.ts'
import { medianOf } from '../arithmetic.ts'
import { get } from '../callers.ts'
import { checkStatuses, send } from '../client.ts'
import type { World } from '../measure.ts'
import { processorMicroseconds } from '../processor.ts'
import type { Target, TargetName } from '../targets.ts'

const STARTS = 25
const SECONDS = 50
const PATIENCE_SECONDS = 10
const FIRST_USER = 3_000_000

/** What it takes until a new process has answered its first request, one with a valid token. Medians. */
export interface Starts {
  readonly starts: number
  readonly targets: readonly Started[]
}

export interface Started extends Spent {
  readonly target: TargetName | 'empty'
  /** The processor milliseconds until the answer, over the empty worker's. */
  readonly overEmptyMs: number
}

interface Spent {
  /** Processor milliseconds until the process listens: its worker has been compiled and has run once. */
  readonly listeningMs: number
  /** Processor milliseconds until the first answer was there. */
  readonly answeredMs: number
  /** How long the first request took, by the clock. */
  readonly firstAnswerMs: number
}

/** A process of each in turn, started and stopped again, of users never seen before. */
export async function measureStarts(
  targets: readonly Target[],
  { outside, callers }: World,
): Promise<Starts> {
  const empty = await buildBundle({ entry: 'scripts/bench/workers/empty.ts' })
  await using built = new AsyncDisposableStack()
  built.defer(empty.remove)
  const subjects = [
    { target: 'empty' as const, serve: () => serveBundle(empty.script, {}) },
    ...targets.map(({ name, serve }) => ({ target: name, serve: () => serve({}, outside) })),
  ].map((subject) => ({ ...subject, spent: [] as Spent[] }))

  const end = performance.now() + SECONDS * 1000
  let starts = 0
  for (; starts < STARTS && performance.now() < end; starts += 1) {
    const user = FIRST_USER + starts
    const request = get('/tunnels', user, await callers.authorization(user))
    for (const { target, serve, spent } of subjects) {
      const { port, pid, stop } = await serve()
      try {
        const listeningMs = processorMicroseconds(pid) / 1000
        const askedAt = performance.now()
        const answers = await send([request], { port, connections: 1, seconds: PATIENCE_SECONDS })
        const firstAnswerMs = performance.now() - askedAt
        const answeredMs = processorMicroseconds(pid) / 1000
        if (answers.length === 0) throw new Error(`starts, ${target}: no answer came`)
        checkStatuses(`starts, ${target}`, answers, 200)
        spent.push({ listeningMs, answeredMs, firstAnswerMs })
      } finally {
        await stop()
      }
    }
  }
  return { starts, targets: startedFrom(subjects) }
}

export function startedFrom(
  subjects: readonly { readonly target: Started['target']; readonly spent: readonly Spent[] }[],
): Started[] {
  const medians = subjects.map(({ target, spent }) => {
    const median = (part: (one: Spent) => number) => medianOf(spent.map(part)) ?? Number.NaN
    return {
      target,
      listeningMs: median(({ listeningMs }) => listeningMs),
      answeredMs: median(({ answeredMs }) => answeredMs),
      firstAnswerMs: median(({ firstAnswerMs }) => firstAnswerMs),
    }
  })
  const least = medians.find(({ target }) => target === 'empty')?.answeredMs ?? Number.NaN
  return medians.map((one) => ({ ...one, overEmptyMs: one.answeredMs - least }))
}
