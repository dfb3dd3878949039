import type { Random } from './random.ts'

/** How somebody uses the API for a while. */
export interface Visit {
  readonly name: string
  /** For people. */
  readonly about: string
  /** Of all requests, how many are made so. */
  readonly share: number
  /** Requests that leave together. */
  readonly burst: number
  readonly bursts: number
  /** Between bursts, on average. */
  readonly gapMs: number
}

/** Between the requests of a burst. */
const BURST_GAP_MS = 30

export const VISITS: readonly Visit[] = [
  {
    name: 'person',
    about: '15 requests, one every 2 s or so',
    share: 0.4,
    burst: 1,
    bursts: 15,
    gapMs: 2_000,
  },
  {
    name: 'page',
    about: '5 pages, one every 10 s or so, each of 6 requests within a fifth of a second',
    share: 0.4,
    burst: 6,
    bursts: 5,
    gapMs: 10_000,
  },
  {
    name: 'program',
    about: '60 requests, about 4 a second',
    share: 0.2,
    burst: 1,
    bursts: 60,
    gapMs: 250,
  },
]

export function lengthOf({ burst, bursts }: Visit): number {
  return burst * bursts
}

/** Visits in turn, so that at any time the requests of each kind have about their share. */
export function* inTurn(visits: readonly Visit[]): Generator<Visit> {
  const due = visits.map((visit) => ({ visit, lag: 0 }))
  const shares = visits.reduce((sum, { share }) => sum + share, 0)
  for (;;) {
    const [next] = due.toSorted((one, other) => other.lag - one.lag)
    if (!next) return
    const length = lengthOf(next.visit)
    for (const kind of due) kind.lag += (kind.visit.share / shares) * length
    next.lag -= length
    yield next.visit
  }
}

/** Milliseconds from each request of a visit to its next. */
export function* gaps({ burst, bursts, gapMs }: Visit, random: Random): Generator<number> {
  for (let i = 1; i < burst * bursts; i += 1) {
    yield i % burst === 0 ? random.gap(gapMs) : BURST_GAP_MS
  }
}
