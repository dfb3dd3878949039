import { type Api, createApi } from './api.ts'
import { CLAUSES } from './clauses.ts'
import { codeOf } from './exchange.ts'
import { type Clause, type Judgement, notTried } from './judgement.ts'
import type { Options } from './options.ts'
import { visit } from './visit.ts'

export interface Judged {
  readonly clause: Clause
  readonly judgement: Judgement
}

export interface Report {
  readonly url: string
  readonly requests: number
  readonly judged: readonly Judged[]
}

/** Throws where there is nothing to judge. */
export async function judge(options: Options): Promise<Report> {
  const api = createApi(options)
  await makeSureOf(api)
  await visit(api)
  const tried = new Map<Clause, Judgement>()
  for (const clause of CLAUSES) if (clause.trial) tried.set(clause, await clause.trial(api))
  return {
    url: options.url.href,
    requests: api.exchanges.length + api.silences.length,
    judged: CLAUSES.map((clause) => ({
      clause,
      judgement: tried.get(clause) ?? clause.review?.(api) ?? notTried('nothing judges it'),
    })),
  }
}

async function makeSureOf({ options, ask, silences }: Api): Promise<void> {
  const first = await ask('is anybody there', { path: options.open })
  if (!first) throw new Error(`nobody answers at ${options.url.origin}: ${silences[0]?.reason}`)
  if (codeOf(first) === 'HTTPS_REQUIRED') {
    throw new Error('everything there is HTTPS_REQUIRED: give its https address')
  }
}
