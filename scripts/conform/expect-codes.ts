import type { ErrorCode } from '../../src/contract/catalogue.ts'
import type { Api, Sending } from './api.ts'
import { codeOf, type Exchange } from './exchange.ts'
import { type Finding, held, type Judgement, notApplicable, notTried } from './judgement.ts'

export interface Try {
  readonly purpose: string
  readonly sending: Sending
  readonly codes: readonly ErrorCode[]
  /** What else its answer owes. */
  readonly also?: (exchange: Exchange) => string | undefined
}

type Outcome = 'as promised' | { readonly fault: string } | { readonly unclear: string }

/**
 * Sends them all and looks at the codes alone: the shape of an error has clauses of its own, and one fault shall not
 * break two. `absent` is said where the API does not have the path.
 */
export async function expectCodes(
  api: Api,
  tries: readonly Try[],
  absent?: string,
): Promise<Judgement> {
  const findings: Finding[] = []
  let unclear = 'no answer came'
  let promised = 0
  for (const attempt of tries) {
    const exchange = await api.ask(attempt.purpose, attempt.sending)
    if (!exchange) continue
    if (absent && codeOf(exchange) === 'NOT_FOUND') return notApplicable(absent)
    const outcome = outcomeOf(exchange, attempt)
    if (outcome === 'as promised') promised += 1
    else if ('unclear' in outcome) unclear = outcome.unclear
    else findings.push({ what: outcome.fault, shown: exchange })
  }
  if (findings.length > 0) return { verdict: 'broken', findings }
  return promised > 0 ? held(promised) : notTried(unclear)
}

function outcomeOf(exchange: Exchange, { codes, also }: Try): Outcome {
  const { status } = exchange.answer
  const code = codeOf(exchange)
  const wanted = codes.join(' or ')
  if (status < 400) return { fault: `answered ${status} and not ${wanted}` }
  if (status === 429) return { unclear: 'the API refuses more requests for now (429)' }
  if (!code) return { unclear: `answered ${status} with no code that can be read` }
  if (!codes.includes(code)) return { fault: `answered ${code} and not ${wanted}` }
  const fault = also?.(exchange)
  return fault ? { fault } : 'as promised'
}
