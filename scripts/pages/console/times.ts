import type { Span } from './answers.ts'

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options)

const CLOCK = format({ hour: '2-digit', minute: '2-digit' })
const SECONDS = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
const DAY = format({ day: 'numeric', month: 'short' })
const DAY_CLOCK = format({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
const WHOLE = format({ dateStyle: 'medium', timeStyle: 'medium' })

/** In the reader's own zone, as all times of the page. */
export function clock(time: number | string): string {
  return SECONDS.format(new Date(time))
}

export function moment(time: string): string {
  return WHOLE.format(new Date(time))
}

/** Beside a mark of a scale, where there is little room. */
export function markOf(span: Span, time: number): string {
  const date = new Date(time)
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0
  if (span === 'week' || span === 'quarter' || isMidnight) return DAY.format(date)
  return CLOCK.format(date)
}

/** One step of a span. */
export function stepOf(span: Span, time: number): string {
  const date = new Date(time)
  return { hour: CLOCK, day: DAY_CLOCK, week: DAY_CLOCK, quarter: DAY }[span].format(date)
}

export function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
