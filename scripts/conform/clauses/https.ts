import { createApi } from '../api.ts'
import { codeOf } from '../exchange.ts'
import { broken, type Clause, held, notApplicable, notTried } from '../judgement.ts'

export const HTTPS_CLAUSES: readonly Clause[] = [
  {
    id: 'https-required',
    sentence: 'Over plain HTTP a guarded path is HTTPS_REQUIRED, or nobody listens there.',
    async trial({ options }) {
      const url = options.plain ?? plainOf(options.url)
      if (!url) return notTried('--plain names where the API may be asked over plain HTTP')
      // What is said there is another server's, as like as not: no clause but this one judges it.
      const api = createApi({ ...options, url })
      const exchange = await api.ask('plain HTTP', { path: options.guarded })
      if (!exchange) return notApplicable(`nobody answers at ${url.origin}`)
      const { status, headers } = exchange.answer
      const leads = headers.get('Location') ?? ''
      if (status < 400 && leads.startsWith('https://')) return notApplicable(`it leads to ${leads}`)
      return codeOf(exchange) === 'HTTPS_REQUIRED'
        ? held(1)
        : broken(`answered ${codeOf(exchange) ?? status}`, exchange)
    },
  },
]

/** At the usual port of the same host. */
function plainOf(url: URL): URL | undefined {
  return url.protocol === 'https:' && url.port === ''
    ? new URL(url.href.replace(/^https:/, 'http:'))
    : undefined
}
