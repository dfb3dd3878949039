import type { Point } from './simulate.ts'

/** From a request on, an isolate tells the store no earlier than after so long, and no more than once. */
export const TELLS_AFTER_MS = 5_000
export const MINUTE_MS = 60_000
const MS_PER_DAY = 86_400_000

/** Of the run that adds a minute up: the total, two minutes, the script and what is in it; and its share of longer times. */
export const COMMANDS_OF_A_RUN = 9
export const COMMANDS_OF_RUNS_PER_MONTH = COMMANDS_OF_A_RUN * 60 * 24 * 30

/**
 * What a request costs of its isolate's letters, in commands, where requests come as if drawn by lot: one a letter, and
 * one more for the first of a minute.
 */
export function toldByLot({ requestsPerDay, dataCentres, isolates }: Point): number {
  const perMs = requestsPerDay / dataCentres / isolates / MS_PER_DAY
  return 1 / (1 + perMs * TELLS_AFTER_MS) + 1 / (1 + perMs * MINUTE_MS)
}
