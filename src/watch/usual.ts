import { BOUNDS_MS, type Histogram } from './measures.ts'
import { countOf, quantile } from './quantile.ts'

/** What a series is used to, from its past steps: their weighted mean and variance. */
export interface Usual {
  readonly steps: number
  readonly mean: number
  readonly variance: number
}

export interface Band {
  readonly low: number
  readonly high: number
}

/** What was seen of a series in one step. */
export interface Observed {
  /** In the unit that people are told: a share from 0 to 1, or milliseconds. */
  readonly now: number
  /** In the unit that is learned: of milliseconds the logarithm, because slowness multiplies. */
  readonly learned: number
  readonly bandOf: (usual: Usual) => Band
  /** Whether it lies above, by more than so few requests can bring about by chance. */
  readonly isAbove: (high: number) => boolean
}

export const NOTHING_LEARNED: Usual = { steps: 0, mean: 0, variance: 0 }

/** So many steps weigh as much as all before them: two hours of a busy series, so that a day's rhythm is followed. */
const MEMORY_STEPS = 120

/** Of the noise between steps, on either side: a normal one stays inside in 999 steps of 1,000. */
const DEVIATIONS = 3

/** What nobody would get up for, however steady a series is: half as much again, a percentage point, 20 ms. */
const LEAST_GROWTH = 1.5
const LEAST_SHARE = 0.01
const LEAST_MS = 20

/** How likely a step at the band's very edge may be taken for one above it; three of them make an anomaly. */
const CHANCE = 1 / 100

/** The part of the requests that a p95 leaves out. */
const SLOWEST = 0.05

export function learned({ steps, mean, variance }: Usual, value: number): Usual {
  const weight = 1 / Math.min(steps + 1, MEMORY_STEPS)
  const off = value - mean
  return {
    steps: Math.min(steps + 1, MEMORY_STEPS),
    mean: mean + weight * off,
    variance: (1 - weight) * (variance + weight * off ** 2),
  }
}

/** So many of so many requests. */
export function shareOf(count: number, requests: number): Observed {
  const share = count / requests
  return {
    now: share,
    learned: share,
    bandOf: shareBand,
    isAbove: (high) => exceeds(count, requests, high),
  }
}

/** Where 95 of 100 requests end. */
export function slownessOf(latency: Histogram): Observed {
  const requests = countOf(latency)
  const now = quantile(latency, 1 - SLOWEST) ?? 0
  return {
    now,
    learned: Math.log(Math.max(now, 1)),
    bandOf: latencyBand,
    isAbove: (high) => exceeds(slowerThan(latency, high), requests, SLOWEST),
  }
}

function shareBand({ mean, variance }: Usual): Band {
  const room = Math.max(DEVIATIONS * Math.sqrt(variance), (LEAST_GROWTH - 1) * mean, LEAST_SHARE)
  return { low: Math.max(0, mean - room), high: Math.min(1, mean + room) }
}

function latencyBand({ mean, variance }: Usual): Band {
  const factor = Math.max(Math.exp(DEVIATIONS * Math.sqrt(variance)), LEAST_GROWTH)
  const middle = Math.exp(mean)
  return { low: middle / factor, high: Math.max(middle * factor, middle + LEAST_MS) }
}

/**
 * Chernoff's bound: were it `share` in the long run, so many would come up less often than CHANCE. Of few requests many
 * must be bad before that is so: one of three says nothing.
 */
function exceeds(count: number, requests: number, share: number): boolean {
  const seen = count / requests
  if (seen <= share) return false
  const divergence = part(seen, share) + part(1 - seen, 1 - share)
  return requests * divergence > -Math.log(CHANCE)
}

function part(seen: number, share: number): number {
  return seen === 0 ? 0 : seen * Math.log(seen / share)
}

/** Inside a bucket they are taken to lie evenly; what is beyond all bounds is slower than any of them. */
function slowerThan(latency: Histogram, ms: number): number {
  return Object.entries(latency).reduce((sum, [bucket, count]) => {
    const from = BOUNDS_MS[Number(bucket) - 1] ?? 0
    const to = BOUNDS_MS[Number(bucket)] ?? Number.POSITIVE_INFINITY
    const above = from >= ms ? 1 : to === Number.POSITIVE_INFINITY ? 0 : (to - ms) / (to - from)
    return sum + count * Math.max(0, above)
  }, 0)
}
