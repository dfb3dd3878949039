import { type Band, learned, NOTHING_LEARNED, type Observed, type Usual } from './usual.ts'

/** One thing that is watched: what it is used to, and whether it has left that. Minutes since the epoch. */
export interface Series {
  readonly usual: Usual
  /** A bit for each of its last steps, the latest lowest: whether it was outside. */
  readonly recent: number
  /** The minute of its last step. */
  readonly at: number
  /** In which the first of the recent steps outside began. */
  readonly since?: number
  /** What was last seen of an anomaly that was announced and has not ended. */
  readonly open?: { readonly now: number; readonly usual: Band }
}

export interface Step {
  readonly observed: Observed
  /** The first minute that it is made of. */
  readonly since: number
}

/** What is announced of a series. */
export interface Change {
  readonly kind: 'began' | 'ended'
  readonly usual: Band
  readonly now: number
  readonly since: number
  /** Of an end: it is inside again, or what it is has become the usual, or too few ask to tell. */
  readonly ending?: 'usual' | 'adapted' | 'silent'
}

export interface SeriesOn {
  readonly series: Series
  readonly change?: Change | undefined
}

export const UNKNOWN: Series = { usual: NOTHING_LEARNED, recent: 0, at: 0 }

/** What takes longer than this to come together is no step, and after so long without one nothing is said any more. */
export const SILENT_MINUTES = 60

/** Half an hour of a busy series: until then nothing is said, because nothing is known. */
const LEARNING_STEPS = 30

/** A minute that a deployment spoils is no anomaly; a fault that comes and goes is one. */
const STEPS = 5
const OUTSIDE_TO_BEGIN = 3

/** What has lasted for six hours is no news: from then on it is learned, until it is the usual. */
const ADAPTS_AFTER_MINUTES = 360

/** After a minute that brought a step, or did not. */
export function seriesAfter(series: Series, minute: number, step: Step | undefined): SeriesOn {
  const rested: SeriesOn = minute - series.at > SILENT_MINUTES ? silenced(series) : { series }
  if (!step) return rested
  const { usual } = rested.series
  const on =
    usual.steps < LEARNING_STEPS
      ? { series: { ...rested.series, usual: learned(usual, step.observed.learned) } }
      : judgedStep(rested.series, minute, step)
  return { series: { ...on.series, at: minute }, change: on.change ?? rested.change }
}

/** What is outside is not learned, nor anything during an anomaly: it would widen the very band that shows it. */
function judgedStep(series: Series, minute: number, { observed, since: from }: Step): SeriesOn {
  const { usual, open, at, since = from } = series
  const band = observed.bandOf(usual)
  const isOutside = observed.isAbove(band.high)
  const recent = ((series.recent << 1) | Number(isOutside)) & (2 ** STEPS - 1)
  const adapts = open !== undefined && minute - since >= ADAPTS_AFTER_MINUTES
  const learns = open ? adapts : !isOutside
  const usualNow = learns ? learned(usual, observed.learned) : usual
  const calm: Series = { usual: usualNow, recent, at }
  const change = { usual: band, now: observed.now, since }
  if (recent === 0) {
    const ending = adapts ? 'adapted' : 'usual'
    return { series: calm, change: open && { kind: 'ended', ...change, ending } }
  }
  if (!open && bitsOf(recent) < OUTSIDE_TO_BEGIN) return { series: { ...calm, since } }
  return {
    series: { ...calm, since, open: { now: observed.now, usual: band } },
    change: open ? undefined : { kind: 'began', ...change },
  }
}

function silenced({ usual, at, since = at, open }: Series): SeriesOn {
  return {
    series: { usual, recent: 0, at },
    change: open && { kind: 'ended', ...open, since, ending: 'silent' },
  }
}

function bitsOf(number: number): number {
  let bits = 0
  for (let left = number; left > 0; left &= left - 1) bits += 1
  return bits
}
