import { MEASURED_OPERATORS } from './measured-operators.ts'
import type { Point } from './simulate.ts'

/** From a request on, an isolate tells the store no earlier than after so long, and no more than once. */
export const TELLS_AFTER_MS = 5_000
export const MINUTE_MS = 60_000
const MS_PER_DAY = 86_400_000

export const MINUTES_PER_MONTH = 60 * 24 * 30
export const COMMANDS_OF_RUNS_PER_MONTH = MEASURED_OPERATORS.run * MINUTES_PER_MONTH

/** Of all answers, those that are errors and explained: each with a correlation id of its own, none beyond the budget. */
export const EXPLAINED = 0.01
export const COMMANDS_OF_AN_EXPLANATION = 4

/**
 * What a request costs of its isolate's letters, in commands, where requests come as if drawn by lot: one a letter, and
 * one more for the first of a minute.
 */
export function toldByLot({ requestsPerDay, dataCentres, isolates }: Point): number {
  const perMs = requestsPerDay / dataCentres / isolates / MS_PER_DAY
  return 1 / (1 + perMs * TELLS_AFTER_MS) + 1 / (1 + perMs * MINUTE_MS)
}
