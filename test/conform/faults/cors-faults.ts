import type { Fault } from './fault.ts'
import { answering, answers, sets, without } from './planting.ts'

export const CORS_FAULTS: readonly Fault[] = [
  {
    title: 'a preflight that needs a token',
    clause: 'preflight',
    plant: answers((received, { method }) =>
      method === 'OPTIONS' ? answering(received, 'MISSING_TOKEN') : received,
    ),
  },
  {
    title: 'every origin allowed',
    clause: 'cors-stranger',
    plant: sets(
      (_, { headers }) => headers.origin !== undefined,
      (_, { headers }) => ({
        'access-control-allow-origin': String(headers.origin),
        'access-control-allow-credentials': 'true',
      }),
    ),
  },
  {
    title: 'errors that a page cannot read',
    clause: 'cors-exposed',
    plant: without(({ status }) => status >= 400, 'access-control-allow-origin'),
  },
  {
    title: 'the waiting time hidden from pages',
    clause: 'cors-exposed',
    plant: sets(
      ({ headers }) => headers['access-control-expose-headers'] !== undefined,
      () => ({
        'access-control-expose-headers':
          'X-Correlation-ID, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset',
      }),
    ),
  },
]
