import { type Point, type Simulated, simulate } from './simulate.ts'
import { steadyCommands } from './steady.ts'
import { VISITS, type Visit } from './visits.ts'

export interface Fleet {
  readonly dataCentres: number
  /** In each of them. */
  readonly isolates: number
}

export interface Grown {
  readonly point: Point
  readonly simulated: Simulated
}

/** All that is simulated. */
export interface Growth {
  readonly byLoad: readonly Grown[]
  readonly byUsers: readonly Grown[]
  readonly byVisit: readonly { readonly visit: Visit; readonly grown: readonly Grown[] }[]
  readonly byPace: readonly { readonly perSecond: number; readonly commands: number }[]
  readonly byLimit: readonly { readonly minute: number; readonly commands: readonly number[] }[]
}

/** From one request a day to a thousand million. */
export const LOADS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((power) => 10 ** power)

export const MIDDLE_FLEET: Fleet = { dataCentres: 30, isolates: 2 }

export const FLEETS: readonly Fleet[] = [
  { dataCentres: 1, isolates: 1 },
  MIDDLE_FLEET,
  { dataCentres: 300, isolates: 8 },
]

/** A user's requests in a day, on average. */
export const PER_USER = 100
const PER_USERS = [1, 10, 100, 1_000, 10_000]
export const ISOLATES = [1, 2, 4, 8, 16]
const MIDDLE = { ...MIDDLE_FLEET, requestsPerDay: 10_000_000, visits: VISITS }

/** Requests a second of one user in one isolate. */
const PACES = [0.25, 0.5, 1, 2, 4, 8, 16]
const MINUTES = [60, 100, 500, 2_000]
/** Of the limit, how much is used. */
export const USED = [0.25, 0.5, 0.75, 1]
const UNLIMITED = 1_000_000_000

export async function simulateAll(): Promise<Growth> {
  let seed = 0
  async function grow(points: readonly Point[]): Promise<Grown[]> {
    const grown: Grown[] = []
    for (const point of points) {
      seed += 1
      grown.push({ point, simulated: await simulate(point, seed) })
    }
    return grown
  }
  const byLoad = await grow(
    LOADS.flatMap((requestsPerDay) =>
      FLEETS.map((fleet) => ({
        ...fleet,
        requestsPerDay,
        users: Math.max(1, requestsPerDay / PER_USER),
        visits: VISITS,
      })),
    ),
  )
  const byUsers = await grow(
    PER_USERS.map((perUser) => ({ ...MIDDLE, users: MIDDLE.requestsPerDay / perUser })),
  )
  const byVisit = []
  for (const visit of VISITS) {
    const points = ISOLATES.map((isolates) => ({
      ...MIDDLE,
      users: MIDDLE.requestsPerDay / PER_USER,
      isolates,
      visits: [visit],
    }))
    byVisit.push({ visit, grown: await grow(points) })
  }
  const byPace = []
  for (const perSecond of PACES) {
    byPace.push({ perSecond, commands: await steadyCommands({ perSecond, minute: UNLIMITED }) })
  }
  const byLimit = []
  for (const minute of MINUTES) {
    const commands = []
    for (const used of USED) {
      commands.push(await steadyCommands({ perSecond: (minute * used) / 60, minute }))
    }
    byLimit.push({ minute, commands })
  }
  return { byLoad, byUsers, byVisit, byPace, byLimit }
}
