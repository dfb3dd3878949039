import type { ServedWorker } from '../../serve.ts'
import type { Outside } from '../outside.ts'
import type { Serving, Target, TargetName } from '../targets.ts'

/** A target at work, in a process of its own. */
export interface Served {
  readonly target: TargetName
  readonly worker: ServedWorker
}

/** Stops them with `served`. */
export function serveEach(
  targets: readonly Target[],
  serving: Serving,
  outside: Outside,
  served: AsyncDisposableStack,
): Promise<Served[]> {
  return Promise.all(
    targets.map(async ({ name, serve }) => {
      const worker = await serve(serving, outside)
      served.defer(worker.stop)
      return { target: name, worker }
    }),
  )
}
