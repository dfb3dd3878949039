import { CONNECTIONS } from '../bench/load.ts'
import { type Benchmarks, scenarioIn } from './benchmarks.ts'
import type { Growth } from './growth.ts'
import { MEASURED_VISITS } from './measured-visits.ts'
import { type Replay, type Replayed, replay } from './replay.ts'

/** Of a scenario of the benchmark, or of a kind of visit to one isolate. */
export interface Agreement {
  readonly name: string
  readonly measured: Replayed
  readonly simulated: Replayed
}

/** A tenth, and a hundredth of a round trip for what begins and ends in a turn. */
const TENTH = 0.1
const ROUND_TRIPS_APART = 0.01
const COMMANDS_PER_ROUND_TRIP = 4

type Case = Omit<Replay, 'perSecond'>

const near: Omit<Case, 'scenario'> = {
  users: 1,
  connections: CONNECTIONS,
  storeMs: 1,
  isKnown: true,
}

/** Those in which leases are at work, and the one in which they cannot be. */
export const CASES: readonly Case[] = [
  { ...near, scenario: 'busy' },
  { ...near, scenario: 'round-robin', users: 200 },
  { ...near, scenario: 'cold', users: 1_000_000 },
  { ...near, scenario: 'no-token', isKnown: false },
]

/** What was measured, and the same traffic simulated; of the scenarios that were measured. */
export async function agreements(benchmarks: Benchmarks | undefined): Promise<Agreement[]> {
  const found: Agreement[] = []
  for (const known of CASES) {
    const measured = scenarioIn(benchmarks, known.scenario)?.gateway
    if (!benchmarks || !measured) continue
    // As if a turn lasted a second: while it is shorter than a lease, only how many requests it has matters.
    const perSecond = measured.requests / benchmarks.rounds
    found.push({
      name: known.scenario,
      measured,
      simulated: await replay({ ...known, perSecond }),
    })
  }
  return found
}

/** What was measured of visits, and the same visits simulated. */
export function visitAgreements({ byVisit }: Pick<Growth, 'byVisit'>): Agreement[] {
  return MEASURED_VISITS.flatMap(({ visit: name, ...measured }) => {
    const kind = byVisit.find(({ visit }) => visit.name === name)
    const alone = kind?.grown.find(({ point }) => point.isolates === 1)
    return alone ? [{ name, measured, simulated: alone.simulated }] : []
  })
}

/** Where the simulation is not true. */
export function disagreements(all: readonly Agreement[]): string[] {
  return all
    .filter(({ measured, simulated }) => {
      const trips = Math.abs(measured.roundTrips - simulated.roundTrips)
      const commands = Math.abs(measured.commands - simulated.commands)
      return (
        trips > measured.roundTrips * TENTH + ROUND_TRIPS_APART ||
        commands > measured.commands * TENTH + ROUND_TRIPS_APART * COMMANDS_PER_ROUND_TRIP
      )
    })
    .map(({ name }) => name)
}
