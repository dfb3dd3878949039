import { setTimeout as wait } from 'node:timers/promises'
import type { Api } from '../api.ts'
import type { Exchange } from '../exchange.ts'
import { broken, type Clause, held, type Judgement, notTried } from '../judgement.ts'
import { readingOf } from './rate-limit-headers.ts'

export const FLOOD_CLAUSES: readonly Clause[] = [
  {
    id: 'limit-kept',
    sentence: 'Who sends more than what remains is refused with 429 until the window ends.',
    async trial(api) {
      const { floodRequests } = api.options
      if (floodRequests === 0) return notTried(`it takes a flood: --flood ${wouldTake(api)}`)
      const turn = await api.askInTurn('a flood', flooded(api), floodRequests, isRefused)
      return judgeFlood(turn, floodRequests)
    },
  },
  {
    id: 'waiting-helps',
    sentence: 'A client that waits exactly as long as a 429 says is admitted.',
    async trial(api) {
      const refused = api.series.at(-1)?.at(-1)
      if (!refused || !isRefused(refused)) return notTried('no flood ended in a 429')
      const said = refused.answer.headers.get('Retry-After') ?? ''
      if (!/^\d+$/.test(said)) return notTried('the 429 does not say how long')
      const { waitSeconds } = api.options
      if (Number(said) > waitSeconds) return notTried(`it would take ${said} s: --wait ${said}`)
      await wait(refused.answer.at + Number(said) * 1000 - Date.now())
      const exchange = await api.ask(`${said} s after a flood`, flooded(api))
      if (!exchange) return notTried('no answer came')
      return isRefused(exchange) ? broken(`refused again after ${said} s`, exchange) : held(1)
    },
  },
]

/** The user's limit where there is a user: it is the narrower one, and nobody else's. */
export function flooded({ options: { token, guarded, open } }: Api) {
  return token ? { path: guarded, token } : { path: open }
}

function judgeFlood(turn: readonly Exchange[], most: number): Judgement {
  const last = turn.at(-1)
  if (!last) return notTried('no answer came')
  if (isRefused(last)) return held(turn.length)

  // It may have been slower than a window; each that it reached is judged for itself.
  const windows = Map.groupBy(turn, ({ answer }) => readingOf(answer)?.reset)
  windows.delete(undefined)
  for (const [first, ...others] of windows.values()) {
    const { remaining } = readingIn(first)
    const over = others[remaining]
    if (over) return broken(`admitted after the ${remaining} that remained`, over)
  }
  const { remaining } = readingIn(last)
  if (windows.size > 1) return notTried('the window ended before its limit was reached')
  return windows.size === 1
    ? notTried(`${most} requests were too few: --flood ${most + remaining + 1}`)
    : notTried(`${turn.length} requests, no 429, and no reading that tells more`)
}

function readingIn(exchange?: Exchange): { readonly remaining: number } {
  return (exchange && readingOf(exchange.answer)) ?? { remaining: 0 }
}

function isRefused({ answer }: Exchange): boolean {
  return answer.status === 429
}

/** What remained when the same was last asked, and one. */
function wouldTake(api: Api): string {
  const last = api.series.at(-1)?.at(-1)
  const reading = last && readingOf(last.answer)
  return reading ? `${reading.remaining + 1} at least` : 'N'
}
