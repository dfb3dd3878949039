import type { Api } from './api.ts'
import type { Exchange, Silence } from './exchange.ts'

export interface Finding {
  readonly what: string
  readonly shown: Exchange | Silence
}

export type Judgement =
  | { readonly verdict: 'held'; readonly exchanges: number }
  | { readonly verdict: 'broken'; readonly findings: readonly Finding[] }
  | { readonly verdict: 'not tried' | 'not applicable'; readonly reason: string }

export interface Clause {
  readonly id: string
  /** What the contract promises. */
  readonly sentence: string
  /** Sends requests of its own. */
  readonly trial?: (api: Api) => Promise<Judgement>
  /** Judges what has been answered to everybody's requests, when all are sent. */
  readonly review?: (api: Api) => Judgement
}

export function held(exchanges: number): Judgement {
  return { verdict: 'held', exchanges }
}

export function broken(what: string, shown: Exchange | Silence): Judgement {
  return { verdict: 'broken', findings: [{ what, shown }] }
}

export function notTried(reason: string): Judgement {
  return { verdict: 'not tried', reason }
}

export function notApplicable(reason: string): Judgement {
  return { verdict: 'not applicable', reason }
}

interface EveryAnswer {
  readonly id: string
  readonly sentence: string
  /** Of which answers it speaks. */
  readonly of: (exchange: Exchange) => boolean
  readonly fault: (exchange: Exchange, api: Api) => string | undefined
  /** Why there may have been none to judge. */
  readonly none?: string
}

/** A clause about all answers, whatever they were asked for. */
export function everyAnswer({ id, sentence, of, fault, none }: EveryAnswer): Clause {
  return {
    id,
    sentence,
    review(api) {
      const judged = api.exchanges.filter(of)
      const findings = judged.flatMap((shown) => {
        const what = fault(shown, api)
        return what === undefined ? [] : [{ what, shown }]
      })
      if (findings.length > 0) return { verdict: 'broken', findings }
      return judged.length > 0 ? held(judged.length) : notTried(none ?? 'no such answer came')
    },
  }
}
