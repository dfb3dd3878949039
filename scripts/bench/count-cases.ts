import { perRequest } from './arithmetic.ts'

/** What one isolate of the gateway asked of the store. */
export interface Count {
  readonly requests: number
  readonly seconds: number
  readonly roundTrips: number
  readonly commands: number
  readonly keySetFetches: number
}

export interface Figures {
  readonly roundTrips: number | undefined
  readonly commands: number | undefined
  /** Round trips for each time that a remembered refusal may have ended. */
  readonly roundTripsPerHold: number
  /** In all. */
  readonly keySetFetches: number
}

export interface CountCase {
  readonly name: string
  readonly scenario: string
  readonly connections: number
  /** Nobody came before: the isolate has neither keys nor script. */
  readonly isFirst?: true
  /** How long to go on, or how often. */
  readonly extent: { readonly seconds: number } | { readonly requests: number }
  readonly atLeast?: Partial<Figures>
  readonly atMost?: Partial<Figures>
}

/** A refusal is remembered for two seconds. */
const HOLD_SECONDS = 2

const BUSY = { roundTrips: 0.1, commands: 0.4, keySetFetches: 0 }
const STRANGER = { roundTrips: 0.1, keySetFetches: 0 }
const REFUSED = { roundTripsPerHold: 1, keySetFetches: 0 }

/** A thousand requests, one after another unless told otherwise. */
function counted(scenario: string, atMost: Partial<Figures>, connections = 1): CountCase {
  const name = connections === 1 ? scenario : `${scenario}, ${connections} at once`
  return { name, scenario, connections, extent: { requests: 1_000 }, atMost }
}

/** For longer than a refusal is remembered. */
function refused(scenario: string, connections = 1): CountCase {
  return { ...counted(scenario, REFUSED, connections), extent: { seconds: 2.5 } }
}

/** Each by itself: neither fewer round trips than requests nor more. */
function each(scenario: string, connections: number, requests: number): CountCase {
  const atMost = { roundTrips: 1, commands: 4.2, keySetFetches: 0 }
  const atLeast = { roundTrips: 1 }
  return { ...counted(scenario, atMost, connections), extent: { requests }, atLeast }
}

/** Exact on every machine, fast or slow: what a case may cost is a promise, and what has no bound is only shown. */
export const COUNT_CASES: readonly CountCase[] = [
  counted('busy', BUSY),
  counted('busy', BUSY, 8),
  each('exact', 1, 500),
  each('exact', 8, 500),
  each('cold', 8, 200),
  refused('refused-user'),
  refused('refused-user', 8),
  refused('refused-address'),
  counted('no-token', STRANGER),
  counted('malformed', STRANGER),
  counted('bad-signature', STRANGER),
  counted('expired', STRANGER),
  {
    name: 'the first 20 at once',
    scenario: 'cold',
    connections: 20,
    isFirst: true,
    extent: { requests: 20 },
    atLeast: { keySetFetches: 1 },
    atMost: { keySetFetches: 1 },
  },
]

export function figuresOf({
  requests,
  seconds,
  roundTrips,
  commands,
  keySetFetches,
}: Count): Figures {
  return {
    roundTrips: perRequest(roundTrips, requests),
    commands: perRequest(commands, requests),
    keySetFetches,
    roundTripsPerHold: roundTrips / (Math.floor(seconds / HOLD_SECONDS) + 1),
  }
}

const WORDS = {
  roundTrips: 'round trips per request',
  commands: 'billed commands per request',
  roundTripsPerHold: `round trips per ${HOLD_SECONDS} s`,
  keySetFetches: 'key-set fetches',
} as const satisfies Record<keyof Figures, string>

/** A sentence for each bound that the figures break; a figure that could not be had breaks it too. */
export function brokenBounds(
  { name, atLeast, atMost }: Pick<CountCase, 'name' | 'atLeast' | 'atMost'>,
  figures: Figures,
): string[] {
  const kinds = ['roundTrips', 'commands', 'roundTripsPerHold', 'keySetFetches'] as const
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
