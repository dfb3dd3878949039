import { get } from '../callers.ts'
import { checkStatuses, send } from '../client.ts'
import type { World } from '../measure.ts'
import type { Target, TargetName } from '../targets.ts'

const AT_ONCE = 20
const ISOLATES = 5
const PATIENCE_SECONDS = 20
/** Users of nobody else's. */
const FIRST_USER = 2_000_000

/** Key-set fetches of an isolate whose first requests come all at once. */
export interface KeyFetches {
  readonly atOnce: number
  readonly targets: readonly {
    readonly target: TargetName
    /** Of each isolate. */
    readonly fetches: readonly number[]
  }[]
}

/** Isolates of each target in turn, all of different users; whoever looks at no token is left out. */
export async function measureKeyFetches(
  targets: readonly Target[],
  { outside, callers }: World,
): Promise<KeyFetches> {
  const requests = await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, n) =>
      get('/tunnels', FIRST_USER + n, await callers.authorization(FIRST_USER + n)),
    ),
  )
  const found = targets
    .filter(({ name }) => name !== 'pass-through')
    .map((target) => ({ target, fetches: [] as number[] }))
  for (let isolate = 0; isolate < ISOLATES; isolate += 1) {
    for (const { target, fetches } of found) {
      const { port, stop } = await target.serve({}, outside)
      const before = outside.issuer.requests
      try {
        const all = { port, connections: AT_ONCE, seconds: PATIENCE_SECONDS }
        const answers = await send(requests, all)
        const place = `keys, ${target.name}`
        if (answers.length < AT_ONCE) throw new Error(`${place}: ${answers.length} were answered`)
        checkStatuses(place, answers, 200)
      } finally {
        await stop()
      }
      fetches.push(outside.issuer.requests - before)
    }
  }
  return {
    atOnce: AT_ONCE,
    targets: found.map(({ target, fetches }) => ({ target: target.name, fetches })),
  }
}
