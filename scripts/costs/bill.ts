import { PRICES } from './prices.ts'

/** What one request uses on average. */
export interface Use {
  readonly commands: number
  readonly processorUs: number
  /** Beside those of requests, however many there are. */
  readonly commandsPerMonth?: number
}

/** Dollars. */
export interface Bill {
  readonly requests: number
  readonly processor: number
  readonly commands: number
  readonly total: number
}

const MILLION = 1_000_000
const DAYS_PER_MONTH = 30
const SECONDS_PER_DAY = 86_400
const US_PER_MS = 1_000

/** A million requests beyond what the plan includes. */
export function perMillionRequests({ commands, processorUs }: Use): Bill {
  const { workers, store } = PRICES
  return summed({
    requests: workers.perMillionRequests,
    processor: (processorUs / US_PER_MS) * workers.perMillionProcessorMs,
    commands: commands * store.perMillionCommands,
  })
}

/** A month of so many requests a day; what the plan asks each month is in `requests`. */
export function perMonth(
  requestsPerDay: number,
  { commands, processorUs, commandsPerMonth = 0 }: Use,
): Bill {
  const { workers, store } = PRICES
  const requests = requestsPerDay * DAYS_PER_MONTH
  const processorMs = requests * (processorUs / US_PER_MS)
  return summed({
    requests:
      workers.perMonth + beyond(requests, workers.includedRequests) * workers.perMillionRequests,
    processor: beyond(processorMs, workers.includedProcessorMs) * workers.perMillionProcessorMs,
    commands: ((requests * commands + commandsPerMonth) / MILLION) * store.perMillionCommands,
  })
}

/** The part that the store's commands have in a bill. */
export function commandShare({ commands, total }: Bill): number {
  return commands / total
}

/** As many requests a day, evenly spread, as one database takes by its plan. */
export function mostRequestsPerDay(commands: number): number {
  return (PRICES.store.mostCommandsPerSecond / commands) * SECONDS_PER_DAY
}

function beyond(used: number, included: number): number {
  return Math.max(0, used - included) / MILLION
}

function summed(parts: Omit<Bill, 'total'>): Bill {
  return { ...parts, total: parts.requests + parts.processor + parts.commands }
}
