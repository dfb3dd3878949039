const MAX_SECONDS = 30 * 24 * 60 * 60

const CLOCK = String.raw`\d{2}:\d{2}:\d{2}`
/** RFC 9110, section 5.6.7: the form of today and the two of old. */
const DATES = [
  new RegExp(String.raw`^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} ${CLOCK} GMT$`),
  new RegExp(String.raw`^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} ${CLOCK} GMT$`),
  new RegExp(String.raw`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d ${CLOCK} \d{4}$`),
]

/** RFC 9110, section 10.2.3: seconds or a date; in bodies also a number. Whole seconds from `now`, or nothing. */
export function retryAfterFrom(value: unknown, now: number): number | undefined {
  const seconds = secondsFrom(value, now)
  if (seconds === undefined || Number.isNaN(seconds) || seconds < 0) return undefined
  return Math.min(Math.ceil(seconds), MAX_SECONDS)
}

function secondsFrom(value: unknown, now: number): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  // Date.parse alone reads a date into almost anything, "5 minutes" included.
  if (!DATES.some((form) => form.test(text))) return undefined
  const date = Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`)
  return Math.max(0, (date - now) / 1000)
}
