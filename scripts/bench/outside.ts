import { type LocalIssuer, startIssuer } from '../issuer.ts'
import { type CountedStore, startCountedStore } from './counted-store.ts'
import { TARGETS } from './targets.ts'
import { type FastUpstream, startFastUpstream } from './upstream.ts'

/** Everything around the workers. */
export interface Outside {
  readonly upstream: FastUpstream
  readonly store: CountedStore
  readonly issuer: LocalIssuer
}

export async function startOutside(started: AsyncDisposableStack): Promise<Outside> {
  /** Also stops what an interrupted start leaves half way. */
  function stoppable<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    started.defer(() => starting.then((part) => part.stop()).catch(() => {}))
    return starting
  }
  const [upstream, store, issuer] = await Promise.all([
    stoppable(startFastUpstream()),
    stoppable(startCountedStore(TARGETS.length)),
    stoppable(startIssuer()),
  ])
  return { upstream, store, issuer }
}
