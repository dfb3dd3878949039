import type { Sent } from '../planting-proxy.ts'
import type { Fault } from './fault.ts'
import { answers, spoils, withId, without } from './planting.ts'

export const CORRELATION_FAULTS: readonly Fault[] = [
  {
    title: 'no correlation id on a 404',
    clause: 'correlation-header',
    plant: without(({ status }) => status === 404, 'x-correlation-id'),
  },
  {
    title: 'another correlation id in the body',
    clause: 'correlation-in-body',
    plant: spoils('INVALID_TOKEN', (error) => {
      error.correlationId = 'req-somebody-else'
    }),
  },
  {
    title: 'an id of its own on errors',
    clause: 'correlation-echoed',
    plant: answers((received) =>
      received.status >= 400 ? withId(received, `own-${crypto.randomUUID()}`) : received,
    ),
  },
  {
    title: 'X-Request-ID ignored',
    clause: 'correlation-echoed',
    plant: answers((received, { headers }) =>
      headers['x-request-id'] ? withId(received, `own-${crypto.randomUUID()}`) : received,
    ),
  },
  {
    title: 'whatever the client calls itself',
    clause: 'correlation-replaced',
    plant: answers((received, sent) => (given(sent) ? withId(received, given(sent)) : received)),
  },
  {
    title: 'the same id for all',
    clause: 'correlation-fresh',
    plant: answers((received, sent) => {
      const own = received.headers['x-correlation-id']?.startsWith('req-')
      return own && !given(sent) ? withId(received, 'req-0000-0000') : received
    }),
  },
]

function given({ headers }: Sent): string {
  return String(headers['x-correlation-id'] ?? '')
}
