import { VirtualTime } from '../../test/support/virtual-time.ts'
import { Isolates } from './isolates.ts'
import { toldByLot } from './operators-use.ts'
import { accountsOf, placeOf } from './population.ts'
import { Random } from './random.ts'
import { SimulatedStore } from './simulated-store.ts'
import { gaps, inTurn, lengthOf, type Visit } from './visits.ts'

export interface Point {
  readonly requestsPerDay: number
  readonly users: number
  readonly dataCentres: number
  /** In each of them. */
  readonly isolates: number
  readonly visits: readonly Visit[]
}

/** Per request, but for the first. */
export interface Simulated {
  readonly requests: number
  /** By a limit. */
  readonly refused: number
  readonly roundTrips: number
  readonly commands: number
  /** Isolates begun. */
  readonly starts: number
  /** Looks for signing keys beyond the isolate. */
  readonly keyLooks: number
  /** Commands for what isolates tell of themselves. */
  readonly told: number
}

const START = 1_790_000_000_000
const MS_PER_DAY = 86_400_000
export const STORE_MS = 20
/** What is simulated of a point, warm-up included; but never less than the time of some visits. */
const REQUESTS = 2_000
const SHORTEST_MS = 240_000
const WARM_UP = 0.25

/**
 * One data centre's part of the traffic, since no two share a user or an isolate; and where there is much of it, that of
 * a sample of its users, since none is heard of by another. Each request goes to any of the data centre's isolates.
 */
export async function simulate(point: Point, seed: number): Promise<Simulated> {
  const { requestsPerDay, dataCentres, visits } = point
  const perMs = requestsPerDay / dataCentres / MS_PER_DAY
  const everyone = Math.max(1, Math.round(point.users / dataCentres))
  const spanMs = Math.max(SHORTEST_MS, REQUESTS / perMs)
  const users = Math.max(1, Math.round(everyone * Math.min(1, REQUESTS / (perMs * spanMs))))
  const meanGapMs = everyone / users / perMs

  const random = new Random(seed)
  const time = new VirtualTime(START)
  const store = new SimulatedStore(() => time.wait(STORE_MS))
  const isolates = new Isolates(store, time, random, point.isolates, users === everyone)
  const kinds = inTurn(visits)
  const endsAt = START + spanMs
  const counted = { requests: 0, refused: 0 }

  async function request(user: number): Promise<void> {
    counted.requests += 1
    const subjects = isolates.at(random.below(point.isolates))
    const charge = { ...accountsOf(user, users), cost: 1, now: time.now }
    if ((await subjects.charge(charge)).outcome !== 'admitted') counted.refused += 1
  }
  function walk(user: number, left: Iterator<number, void>): void {
    if (time.now >= endsAt) return
    void request(user)
    const next = left.next()
    if (!next.done) time.after(next.value, () => walk(user, left))
  }
  function visit(): void {
    const kind = kinds.next()
    if (kind.done || time.now >= endsAt) return
    walk(Math.floor(placeOf(random.next()) * users), gaps(kind.value, random))
    time.after(random.gap(meanGapMs * lengthOf(kind.value)), visit)
  }

  const counts = () => ({
    ...counted,
    roundTrips: store.roundTrips,
    commands: store.commands,
    starts: isolates.starts,
    keyLooks: isolates.keyLooks,
    told: isolates.told,
  })
  let before = counts()
  time.after(spanMs * WARM_UP, () => {
    before = counts()
  })
  time.after(0, visit)
  await time.run()

  const after = counts()
  const requests = after.requests - before.requests
  const per = (kind: keyof Simulated) => (after[kind] - before[kind]) / requests
  return {
    requests,
    refused: per('refused'),
    roundTrips: per('roundTrips'),
    commands: per('commands'),
    starts: per('starts'),
    keyLooks: per('keyLooks'),
    // A sample of the users leaves an isolate with less to tell at once than it has.
    told: users === everyone ? per('told') : toldByLot(point),
  }
}
