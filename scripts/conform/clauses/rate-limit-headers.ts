import type { Answer } from '../exchange.ts'
import { type Clause, everyAnswer } from '../judgement.ts'

const NAMES = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'] as const
const LONGEST_WINDOW_SECONDS = 31 * 86_400
/** Between a clock that the answer shows in Date, or else this machine's, and the one that counts. */
const SKEW_SECONDS = { shown: 5, unknown: 120 } as const

export interface Reading {
  readonly limit: number
  readonly remaining: number
  readonly reset: number
}

export const RATE_LIMIT_CLAUSES: readonly Clause[] = [
  everyAnswer({
    id: 'rate-limit-headers',
    sentence:
      'All answers carry X-RateLimit-Limit, -Remaining and -Reset: good ones, errors, those without body, preflights.',
    of: () => true,
    fault({ answer }) {
      const missing = NAMES.filter((name) => !answer.headers.get(name))
      return missing.length > 0 ? `${missing.join(', ')} missing` : undefined
    },
  }),
  everyAnswer({
    id: 'rate-limit-numbers',
    sentence: 'The three are whole numbers, and what remains is between 0 and the limit.',
    of: ({ answer }) => NAMES.some((name) => answer.headers.get(name)),
    fault({ answer }) {
      const odd = NAMES.filter((name) => !/^\d+$/.test(answer.headers.get(name) ?? '0'))
      if (odd.length > 0) return `no whole number: ${odd.join(', ')}`
      const reading = readingOf(answer)
      if (!reading) return undefined
      const { limit, remaining } = reading
      if (limit < 1) return 'a limit of 0 admits nobody'
      return remaining > limit ? `${remaining} remain of ${limit}` : undefined
    },
  }),
  everyAnswer({
    id: 'reset-in-seconds',
    sentence: 'X-RateLimit-Reset is a Unix time in seconds, inside the window.',
    of: ({ answer }) => readingOf(answer) !== undefined,
    fault({ answer }) {
      const { reset } = readingOf(answer) ?? { reset: 0 }
      const { now, skew } = clockOf(answer)
      const longest = windowOf(answer) ?? LONGEST_WINDOW_SECONDS
      if (reset < now - skew) return `${reset} is past, it is ${now}`
      return reset > now + longest + skew
        ? `${reset} is ${reset - now} s away, and no window is longer than ${longest} s`
        : undefined
    },
  }),
]

export function readingOf({ headers }: Answer): Reading | undefined {
  const [limit, remaining, reset] = NAMES.map((name) => headers.get(name) ?? '')
  if (!limit || !remaining || !reset) return undefined
  if (![limit, remaining, reset].every((number) => /^\d+$/.test(number))) return undefined
  return { limit: Number(limit), remaining: Number(remaining), reset: Number(reset) }
}

function clockOf({ headers, at }: Answer): { readonly now: number; readonly skew: number } {
  const shown = Date.parse(headers.get('Date') ?? '')
  return Number.isNaN(shown)
    ? { now: Math.floor(at / 1000), skew: SKEW_SECONDS.unknown }
    : { now: Math.floor(shown / 1000), skew: SKEW_SECONDS.shown }
}

/** draft-ietf-httpapi-ratelimit-headers, where it stands beside them: the longest of the windows it names. */
export function windowOf({ headers }: Answer): number | undefined {
  const windows = [...(headers.get('RateLimit-Policy') ?? '').matchAll(/;\s*w=(\d+)/g)]
  return windows.length > 0 ? Math.max(...windows.map(([, w]) => Number(w))) : undefined
}
