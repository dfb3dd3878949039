import { type Benchmarks, scenarioIn } from './benchmarks.ts'
import type { Use } from './bill.ts'
import {
  COMMANDS_OF_AN_EXPLANATION,
  COMMANDS_OF_RUNS_PER_MONTH,
  EXPLAINED,
} from './operators-use.ts'
import type { Simulated } from './simulate.ts'

/** A look for signing keys at the store: a copy is read, perhaps twice, and perhaps a new one is written. */
export const MOST_COMMANDS_OF_A_LOOK = 3
/** More than a new isolate spends before its first answer. */
export const START_UP_MS = 40
const US_PER_MS = 1_000

/**
 * What a simulated request uses. Its processor time was measured where every request is paid from a lease and where
 * every one asks the store; zero where it was not.
 */
export function simulatedUse(of: Simulated, benchmarks: Benchmarks | undefined): Use {
  const leased = scenarioIn(benchmarks, 'busy')?.gateway?.processorUs ?? 0
  const asking = scenarioIn(benchmarks, 'cold')?.gateway?.processorUs ?? 0
  return {
    commands:
      of.commands +
      of.keyLooks * MOST_COMMANDS_OF_A_LOOK +
      of.told +
      EXPLAINED * COMMANDS_OF_AN_EXPLANATION,
    commandsPerMonth: COMMANDS_OF_RUNS_PER_MONTH,
    processorUs: leased + of.roundTrips * (asking - leased) + of.starts * START_UP_MS * US_PER_MS,
  }
}

/** The stock composition asks about every request twice, whoever makes it and wherever. */
export function stockUse(benchmarks: Benchmarks | undefined): Use | undefined {
  return scenarioIn(benchmarks, 'busy')?.stock
}
