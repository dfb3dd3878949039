import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import type { Window } from '../../src/policy/charge.ts'
import { VirtualTime } from '../../test/support/virtual-time.ts'
import { STORE_MS } from './simulate.ts'
import { SimulatedStore } from './simulated-store.ts'

export interface Steady {
  readonly perSecond: number
  /** Requests that the user may make in a minute. */
  readonly minute: number
}

const START = 1_790_000_000_000
const MINUTES = 3
const FAR = 1_000_000_000

/** Commands per request of one user who goes on at the same pace in one isolate. */
export async function steadyCommands({ perSecond, minute }: Steady): Promise<number> {
  const time = new VirtualTime(START)
  const store = new SimulatedStore(() => time.wait(STORE_MS))
  const subjects = new LeasingSubjects(
    store,
    'isolate',
    () => time.now,
    (milliseconds) => time.wait(milliseconds),
    () => undefined,
  )
  const address = { subject: 'ip:1', windows: windowsOf(FAR) }
  const caller = { subject: 'user:1', windows: windowsOf(minute) }
  const requests = Math.floor(MINUTES * 60 * perSecond)
  for (let n = 0; n < requests; n += 1) {
    time.after((n * 1_000) / perSecond, () => {
      void subjects.charge({ address, caller, cost: 1, now: time.now })
    })
  }
  await time.run()
  return store.commands / requests
}

function windowsOf(limit: number): readonly Window[] {
  return [{ id: '60', seconds: 60, limit, code: 'RATE_LIMIT_EXCEEDED', outage: 'admit' }]
}
