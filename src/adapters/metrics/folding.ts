import type { Log } from '../../ports.ts'
import { reasonOf } from '../upstash-client.ts'
import type { StoreSettings } from '../upstash-subjects.ts'
import { Fold, type SeenMinute } from './fold.ts'

/** A run that never rejects: what it could not add up, a later one will, for two hours. */
export function foldingTo(store: StoreSettings, log: Log) {
  const fold = new Fold(store)
  return (now: number): Promise<readonly SeenMinute[]> =>
    fold.run(now).catch((error: unknown) => {
      log.write({ event: 'metrics.unfolded', reason: reasonOf(error) })
      return []
    })
}
