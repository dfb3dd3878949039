import type { Callers } from './callers.ts'
import type { TargetName } from './targets.ts'
import type { WireRequest } from './wire-request.ts'

/** Requests that an address or a user has in its window; absent: far more than are sent. */
export interface Limits {
  readonly address?: number
  readonly user?: number
}

export interface Scenario {
  readonly name: string
  /** For people. */
  readonly about: string
  requests(callers: Callers, count: number): Promise<readonly WireRequest[]>
  /** Every request is somebody's first and sent once: so many in a turn, and as many are made as are needed. */
  readonly once?: number
  /** How long a turn takes where requests are repeated; absent: as long as is enough for most. */
  readonly seconds?: number
  readonly limits?: Limits
  /** What user 0 has had of its limit before, at the targets that count ahead of what is asked. */
  readonly used?: number
  readonly storeDelayMs?: number
  readonly storeAway?: true
  /** The status that each target is to answer with, or what is measured would be something else; `previous` and `floor` as the gateway. */
  readonly expected: Readonly<Record<Exclude<TargetName, 'previous' | 'floor'>, number>>
}
