import type { Fault } from './fault.ts'
import { answers, sets, spoils, without } from './planting.ts'

export const WIRE_FAULTS: readonly Fault[] = [
  {
    title: 'no answer to a path with a NUL',
    clause: 'answered',
    plant: answers((received, { path }) => (path.includes('%00') ? 'silence' : received)),
  },
  {
    title: '401 without WWW-Authenticate',
    clause: 'challenge',
    plant: without(({ status }) => status === 401, 'www-authenticate'),
  },
  {
    title: 'a body behind the answer to a HEAD',
    clause: 'bodiless',
    plant: answers((received, { method }) =>
      method === 'HEAD' ? { ...received, body: '{"status":"ok"}' } : received,
    ),
  },
  {
    title: 'a stack in a 500',
    clause: 'no-internals',
    plant: spoils('INTERNAL_ERROR', (error) => {
      error.details = { stack: 'Error: no\n    at pool (/srv/api/db.js:12:7)' }
    }),
  },
  {
    title: 'the words of a database in a 503',
    clause: 'no-internals',
    plant: spoils('EXTERNAL_SERVICE_UNAVAILABLE', (error) => {
      error.details = { retryAfter: 5, reason: 'remaining connection slots are reserved' }
    }),
  },
  {
    title: 'an error page',
    clause: 'error-json',
    plant: answers((received) =>
      received.status === 404
        ? {
            ...received,
            headers: { ...received.headers, 'content-type': 'text/html' },
            body: received.body && '<h1>Not found</h1>',
          }
        : received,
    ),
  },
  {
    title: 'an envelope under the name of a text',
    clause: 'error-json',
    plant: sets(
      ({ status }) => status === 400,
      () => ({ 'content-type': 'text/plain' }),
    ),
  },
]
