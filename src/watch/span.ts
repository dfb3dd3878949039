const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** What operators look at, and how finely. */
export const SPANS = {
  hour: { stepMs: MINUTE_MS, steps: 60 },
  day: { stepMs: 5 * MINUTE_MS, steps: 288 },
  week: { stepMs: HOUR_MS, steps: 168 },
  quarter: { stepMs: DAY_MS, steps: 90 },
} as const

export type Span = keyof typeof SPANS

export function isSpan(text: string): text is Span {
  return Object.hasOwn(SPANS, text)
}

/** When each step begins, the oldest first; the last one is under way. */
export function stepsOf(span: Span, now: number): readonly number[] {
  const { stepMs, steps } = SPANS[span]
  const last = Math.floor(now / stepMs) * stepMs
  return Array.from({ length: steps }, (_, i) => last - (steps - 1 - i) * stepMs)
}
