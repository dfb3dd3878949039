import { FLOOD } from '../judged-world.ts'
import type { Fault } from './fault.ts'
import { answers, sets, withError, without } from './planting.ts'

export const RETRY_FAULTS: readonly Fault[] = [
  {
    title: 'no Retry-After on a 503',
    clause: 'retry-after',
    plant: without(({ status }) => status === 503, 'retry-after'),
  },
  {
    title: 'a Retry-After that is a date',
    clause: 'retry-after',
    plant: answers((received) =>
      received.status === 503
        ? {
            ...received,
            headers: { ...received.headers, 'retry-after': 'Tue, 24 Nov 2026 00:00:00 GMT' },
          }
        : received,
    ),
  },
  {
    title: 'another Retry-After than in the body',
    clause: 'retry-after-in-details',
    plant: sets(
      ({ status }) => status === 503,
      () => ({ 'retry-after': '60' }),
    ),
  },
  {
    title: 'another Retry-After than in the body of a 429',
    clause: 'retry-after-in-details',
    options: { ...FLOOD, waitSeconds: 0 },
    plant: sets(
      ({ status }) => status === 429,
      () => ({ 'retry-after': '3600' }),
    ),
  },
  {
    title: 'the limit announced and never enforced',
    clause: 'limit-kept',
    options: FLOOD,
    plant: answers((received) =>
      received.status === 429 ? { ...received, status: 200, body: '[]' } : received,
    ),
  },
  {
    title: 'a waiting time that is too short',
    clause: 'waiting-helps',
    options: FLOOD,
    plant: answers((received) =>
      received.status === 429
        ? {
            ...withError(received, (error) => {
              error.details = { retryAfter: 0 }
            }),
            headers: { ...received.headers, 'retry-after': '0' },
          }
        : received,
    ),
  },
]
