import type { Exchange } from '../exchange.ts'
import { broken, type Clause, held, notTried } from '../judgement.ts'

const STRANGER = 'https://conform.invalid'
const EXPOSED = [
  'X-Correlation-ID',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'Retry-After',
]

export const CORS_CLAUSES: readonly Clause[] = [
  {
    id: 'preflight',
    sentence: 'A preflight needs no token: its answer is a good one.',
    async trial(api) {
      const exchange = await api.ask('a preflight', preflight(api.options.guarded, STRANGER))
      if (!exchange) return notTried('no answer came')
      const { status } = exchange.answer
      return status >= 200 && status < 300 ? held(1) : broken(`answered ${status}`, exchange)
    },
  },
  {
    id: 'cors-stranger',
    sentence: 'A page of any origin is not allowed to read answers that were made for a user.',
    async trial(api) {
      const { open, guarded } = api.options
      const asked = [
        await api.ask('a preflight of a stranger', preflight(guarded, STRANGER)),
        await api.ask('a request of a stranger', { path: open, headers: { Origin: STRANGER } }),
      ]
      const answered = asked.filter((exchange) => exchange !== undefined)
      const letting = answered.find(letsRead)
      if (letting) return broken(`${STRANGER} may read it with credentials`, letting)
      return answered.length > 0 ? held(answered.length) : notTried('no answer came')
    },
  },
  {
    id: 'cors-exposed',
    sentence: 'A page of an allowed origin can read errors, their id, limits and waiting time.',
    async trial(api) {
      const { origin, open } = api.options
      if (!origin) return notTried('--origin names an origin that is allowed')
      let judged = 0
      for (const path of [open, api.nowhere]) {
        const shown = await api.ask('a request of a page', { path, headers: { Origin: origin } })
        const what = shown && faultInPermission(shown, origin)
        if (what) return broken(what, shown)
        if (shown) judged += 1
      }
      return judged > 0 ? held(judged) : notTried('no answer came')
    },
  },
]

function preflight(path: string, origin: string) {
  const headers = { Origin: origin, 'Access-Control-Request-Method': 'GET' }
  return { path, method: 'OPTIONS', headers }
}

function letsRead({ answer: { headers } }: Exchange): boolean {
  return (
    headers.get('Access-Control-Allow-Origin') === STRANGER &&
    headers.get('Access-Control-Allow-Credentials') === 'true'
  )
}

function faultInPermission({ answer: { headers } }: Exchange, origin: string): string | undefined {
  const allowed = headers.get('Access-Control-Allow-Origin')
  if (allowed !== origin && allowed !== '*') return `Access-Control-Allow-Origin is ${allowed}`
  const exposed = (headers.get('Access-Control-Expose-Headers') ?? '').toLowerCase().split(/,\s*/)
  // Fetch standard: a wildcard for requests without credentials alone.
  const credentials = headers.get('Access-Control-Allow-Credentials') === 'true'
  if (exposed.includes('*') && !credentials) return undefined
  const hidden = EXPOSED.filter((name) => !exposed.includes(name.toLowerCase()))
  return hidden.length > 0 ? `it hides ${hidden.join(', ')}` : undefined
}
