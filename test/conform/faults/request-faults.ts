import type { Fault } from './fault.ts'
import { always, answers, insteadOf, without } from './planting.ts'

export const REQUEST_FAULTS: readonly Fault[] = [
  {
    title: 'an unlisted path forbidden',
    clause: 'unlisted-path',
    plant: insteadOf('NOT_FOUND', 'INSUFFICIENT_PERMISSIONS', ({ method }) => method === 'POST'),
  },
  {
    title: 'no Allow',
    clause: 'wrong-method',
    plant: without(always, 'allow'),
  },
  {
    title: 'two slashes taken for one',
    clause: 'path-tricks',
    plant: () => ({
      request: (sent) => (/.\/\//.test(sent.path) ? { ...sent, path: '/health' } : sent),
    }),
  },
  {
    title: 'HEAD answered 200 whatever there is',
    clause: 'head-as-get',
    plant: answers((received, { method }) =>
      method === 'HEAD' ? { ...received, status: 200 } : received,
    ),
  },
  {
    title: 'broken JSON called a fault of its own',
    clause: 'broken-json',
    plant: insteadOf('INVALID_JSON', 'INTERNAL_ERROR'),
  },
  {
    title: 'a large body called broken JSON',
    clause: 'oversized-body',
    plant: insteadOf('VALIDATION_ERROR', 'INVALID_JSON', ({ body }) => body.length > 10_000),
  },
  {
    title: 'a missing refresh token called a missing parameter',
    clause: 'missing-refresh-token',
    plant: insteadOf('MISSING_REFRESH_TOKEN', 'MISSING_PARAMETER'),
  },
  {
    title: 'tokens for an unknown refresh token',
    clause: 'unknown-refresh-token',
    plant: answers((received, { path, body }) =>
      path === '/auth/token/refresh' && body.includes('"conform-')
        ? { ...received, status: 200, body: '{"accessToken":"a"}' }
        : received,
    ),
  },
]
