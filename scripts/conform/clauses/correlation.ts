import type { Api } from '../api.ts'
import { isError } from '../exchange.ts'
import { broken, type Clause, everyAnswer, held, type Judgement, notTried } from '../judgement.ts'

/** What is harmless to repeat in headers, logs and bodies. */
const ACCEPTABLE = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/

/** Too short, too long, and with characters that somebody on their way may take for more than letters. */
const ODD = [
  'a',
  'x'.repeat(129),
  'conform id 0001',
  '<script>alert(1)</script>',
  'conform"0001"',
  '-conform-0001',
  'conform-\u00e9-0001',
] as const

export const CORRELATION_CLAUSES: readonly Clause[] = [
  everyAnswer({
    id: 'correlation-header',
    sentence: 'Every answer carries X-Correlation-ID.',
    of: () => true,
    fault: ({ answer }) => (idOf(answer) ? undefined : 'X-Correlation-ID is missing'),
  }),
  everyAnswer({
    id: 'correlation-in-body',
    sentence: 'The correlationId of an error is what X-Correlation-ID says.',
    of: ({ answer }) => typeof answer.error?.correlationId === 'string' && !!idOf(answer),
    fault: ({ answer }) =>
      answer.error?.correlationId === idOf(answer)
        ? undefined
        : `${answer.error?.correlationId} in the body, ${idOf(answer)} in the header`,
  }),
  {
    id: 'correlation-echoed',
    sentence: 'An acceptable id of the client is the id of the exchange, also of one that fails.',
    async trial(api) {
      const ids = [
        ['X-Correlation-ID', `conform-${crypto.randomUUID()}`],
        ['X-Correlation-ID', 'Abc.1:2-'],
        ['X-Correlation-ID', 'y'.repeat(128)],
        ['X-Request-ID', `conform-${crypto.randomUUID()}`],
      ] as const
      return overIds(api, ids, (id, answered) =>
        answered === id ? undefined : `${id} came back as ${answered}`,
      )
    },
  },
  {
    id: 'correlation-replaced',
    sentence: 'An id that is not harmless to repeat is replaced by one that is.',
    async trial(api) {
      const ids = ODD.map((id) => ['X-Correlation-ID', id] as const)
      return overIds(api, ids, (id, answered) => {
        if (answered === id) return `${JSON.stringify(id)} came back`
        return ACCEPTABLE.test(answered) ? undefined : `${JSON.stringify(answered)} took its place`
      })
    },
  },
  {
    id: 'correlation-fresh',
    sentence: 'Two requests without an id get two.',
    review({ exchanges }) {
      const own = exchanges.filter(({ asked }) => !('X-Correlation-ID' in asked.headers))
      const seen = new Set<string>()
      for (const exchange of own) {
        const id = idOf(exchange.answer)
        if (!id || 'X-Request-ID' in exchange.asked.headers) continue
        if (seen.has(id)) return broken(`${id} came before`, exchange)
        seen.add(id)
      }
      return seen.size > 1 ? held(seen.size) : notTried('there were no two ids to compare')
    },
  },
]

/** On a good answer and on an error. */
async function overIds(
  api: Api,
  ids: readonly (readonly [header: string, id: string])[],
  fault: (id: string, answered: string) => string | undefined,
): Promise<Judgement> {
  let judged = 0
  for (const path of [api.options.open, api.nowhere]) {
    for (const [header, id] of ids) {
      const purpose = `${header}: ${id.length > 40 ? `${id.slice(0, 20)}… (${id.length})` : id}`
      const exchange = await api.ask(purpose, { path, headers: { [header]: id } })
      const answered = exchange && idOf(exchange.answer)
      if (!answered) continue
      const what = fault(id, answered)
      if (what) return broken(isError(exchange) ? `of an error, ${what}` : what, exchange)
      judged += 1
    }
  }
  return judged > 0 ? held(judged) : notTried('no answer carried an id')
}

function idOf({ headers }: { readonly headers: Headers }): string | null {
  return headers.get('X-Correlation-ID')
}
