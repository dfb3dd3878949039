import { detailsOf, type Exchange } from '../exchange.ts'
import { type Clause, everyAnswer } from '../judgement.ts'

const WHOLE = /^\d+$/
const none = 'no 429 and no 503 came: --flood provokes one, --also names a path that answers one'

export const RETRY_CLAUSES: readonly Clause[] = [
  everyAnswer({
    id: 'retry-after',
    sentence: '429 and 503 carry Retry-After in whole seconds.',
    of: mayBeRetried,
    none,
    fault({ answer }) {
      const wait = answer.headers.get('Retry-After')
      if (wait === null) return 'Retry-After is missing'
      return WHOLE.test(wait) ? undefined : `Retry-After is ${wait}`
    },
  }),
  everyAnswer({
    id: 'retry-after-in-details',
    sentence: 'details.retryAfter is what Retry-After says.',
    of: (exchange) =>
      mayBeRetried(exchange) &&
      WHOLE.test(exchange.answer.headers.get('Retry-After') ?? '') &&
      exchange.answer.error !== undefined,
    none,
    fault(exchange) {
      const { retryAfter } = detailsOf(exchange)
      const said = exchange.answer.headers.get('Retry-After')
      if (typeof retryAfter !== 'number') return 'details.retryAfter is missing or no number'
      return String(retryAfter) === said ? undefined : `${retryAfter} and not ${said}`
    },
  }),
]

function mayBeRetried({ answer: { status } }: Exchange): boolean {
  return status === 429 || status === 503
}
