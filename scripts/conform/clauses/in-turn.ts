import type { Api } from '../api.ts'
import type { Exchange } from '../exchange.ts'
import { broken, type Clause, held, type Judgement, notTried } from '../judgement.ts'
import { readingOf, windowOf } from './rate-limit-headers.ts'

/** About answers that came one after the other, and show one window. */
export const IN_TURN_CLAUSES: readonly Clause[] = [
  {
    id: 'remaining-never-rises',
    sentence: 'Inside a window X-RateLimit-Remaining never rises.',
    review: (api) => overWindows(api, faultInRemaining),
  },
  {
    id: 'limit-constant',
    sentence: 'Inside a window X-RateLimit-Limit stays what it is.',
    review: (api) => overWindows(api, faultInLimit),
  },
]

interface Shown {
  readonly exchange: Exchange
  readonly limit: number
  readonly remaining: number
}

function overWindows(
  { series }: Api,
  fault: (window: readonly Shown[]) => { readonly what: string; readonly by: Shown } | undefined,
): Judgement {
  const windows = series.flatMap(windowsIn).filter(({ length }) => length > 1)
  for (const window of windows) {
    const found = fault(window)
    if (found) return broken(found.what, found.by.exchange)
  }
  const answers = windows.flat().length
  return answers > 0 ? held(answers) : notTried('no two answers in turn showed one window')
}

/** A window is told by its end and, where it is said, its length. */
function windowsIn(turn: readonly Exchange[]): readonly (readonly Shown[])[] {
  const shown = turn.flatMap((exchange) => {
    const reading = readingOf(exchange.answer)
    return reading ? [{ exchange, ...reading }] : []
  })
  return [
    ...Map.groupBy(
      shown,
      ({ exchange, reset }) => `${reset} ${windowOf(exchange.answer)}`,
    ).values(),
  ]
}

function faultInRemaining(window: readonly Shown[]) {
  let before: Shown | undefined
  for (const by of window) {
    if (before?.limit === by.limit && by.remaining > before.remaining) {
      return { what: `${by.remaining} remain after ${before.remaining}`, by }
    }
    before = by
  }
  return undefined
}

function faultInLimit(window: readonly Shown[]) {
  const limits = new Set<number>()
  for (const by of window) {
    limits.add(by.limit)
    // A short and a long window may end in the same second, and now the one is the tighter, now the other.
    const most = windowOf(by.exchange.answer) === undefined ? 2 : 1
    if (limits.size > most) return { what: `the limit is one of ${[...limits].join(', ')}`, by }
  }
  return undefined
}
