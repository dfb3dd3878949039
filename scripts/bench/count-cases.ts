import { perRequest } from './arithmetic.ts'

/** What one isolate of the gateway asked of the store. */
export interface Count {
  readonly requests: number
  readonly seconds: number
  readonly roundTrips: number
  readonly commands: number
}

export interface Figures {
  readonly roundTrips: number | undefined
  readonly commands: number | undefined
  /** Round trips for each time that a remembered refusal may have ended. */
  readonly roundTripsPerHold: number
}

export interface CountCase {
  readonly name: string
  readonly scenario: string
  readonly connections: number
  /** How long to go on, or how often. */
  readonly extent: { readonly seconds: number } | { readonly requests: number }
  readonly atLeast?: Partial<Figures>
  readonly atMost?: Partial<Figures>
}

/** A refusal is remembered for two seconds. */
const HOLD_SECONDS = 2

/** Exact on every machine, fast or slow: what a case may cost is a promise, and what has no bound is only shown. */
export const COUNT_CASES: readonly CountCase[] = [
  {
    name: 'busy',
    scenario: 'busy',
    connections: 1,
    extent: { requests: 1_000 },
    atMost: { roundTrips: 0.15 },
  },
  {
    name: 'busy, 8 at once',
    scenario: 'busy',
    connections: 8,
    extent: { requests: 1_000 },
    atMost: { roundTrips: 0.15 },
  },
  {
    name: 'cold',
    scenario: 'cold',
    connections: 8,
    extent: { requests: 200 },
    atLeast: { roundTrips: 1 },
    atMost: { roundTrips: 1, commands: 4.2 },
  },
  {
    name: 'refused user',
    scenario: 'refused-user',
    connections: 1,
    extent: { seconds: 2.5 },
    atMost: { roundTripsPerHold: 1 },
  },
  {
    name: 'refused address',
    scenario: 'refused-address',
    connections: 1,
    extent: { seconds: 2.5 },
    atMost: { roundTripsPerHold: 1 },
  },
  {
    name: 'refused user, 8 at once',
    scenario: 'refused-user',
    connections: 8,
    extent: { seconds: 2.5 },
    atMost: { roundTripsPerHold: 1 },
  },
]

export function figuresOf({ requests, seconds, roundTrips, commands }: Count): Figures {
  return {
    roundTrips: perRequest(roundTrips, requests),
    commands: perRequest(commands, requests),
    roundTripsPerHold: roundTrips / (Math.floor(seconds / HOLD_SECONDS) + 1),
  }
}

const WORDS = {
  roundTrips: 'round trips per request',
  commands: 'billed commands per request',
  roundTripsPerHold: `round trips per ${HOLD_SECONDS} s`,
} as const satisfies Record<keyof Figures, string>

/** A sentence for each bound that the figures break; a figure that could not be had breaks it too. */
export function brokenBounds(
  { name, atLeast, atMost }: Pick<CountCase, 'name' | 'atLeast' | 'atMost'>,
  figures: Figures,
): string[] {
  const kinds = ['roundTrips', 'commands', 'roundTripsPerHold'] as const
  return kinds.flatMap((kind) => {
    const figure = figures[kind] ?? Number.NaN
    const low = atLeast?.[kind] ?? Number.NEGATIVE_INFINITY
    const high = atMost?.[kind] ?? Number.POSITIVE_INFINITY
    const isBound = atLeast?.[kind] !== undefined || atMost?.[kind] !== undefined
    if (!isBound || (figure >= low && figure <= high)) return []
    const wanted = figure < low ? `at least ${low}` : `at most ${high}`
    return [`${name}: ${figure} ${WORDS[kind]}, ${wanted} promised`]
  })
}
