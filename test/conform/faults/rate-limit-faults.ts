import type { Fault } from './fault.ts'
import { always, sets, without } from './planting.ts'

const limits = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'] as const

export const RATE_LIMIT_FAULTS: readonly Fault[] = [
  {
    title: 'no rate-limit headers on a 404',
    clause: 'rate-limit-headers',
    plant: without(({ status }) => status === 404, ...limits),
  },
  {
    title: 'no rate-limit headers on a good answer',
    clause: 'rate-limit-headers',
    plant: without(({ status }) => status === 200, ...limits),
  },
  {
    title: 'no rate-limit headers on a preflight',
    clause: 'rate-limit-headers',
    plant: without((_, { method }) => method === 'OPTIONS', ...limits),
  },
  {
    title: 'no rate-limit headers on a 304',
    clause: 'rate-limit-headers',
    plant: without(({ status }) => status === 304, ...limits),
  },
  {
    title: 'no rate-limit headers on HEAD',
    clause: 'rate-limit-headers',
    plant: without((_, { method }) => method === 'HEAD', ...limits),
  },
  {
    title: 'a limit that is no number',
    clause: 'rate-limit-numbers',
    plant: sets(
      ({ status }) => status === 404,
      () => ({ 'x-ratelimit-limit': 'unlimited' }),
    ),
  },
  {
    title: 'more left than there is',
    clause: 'rate-limit-numbers',
    plant: sets(
      ({ status }) => status === 404,
      ({ headers }) => ({ 'x-ratelimit-remaining': `${headers['x-ratelimit-limit']}0` }),
    ),
  },
  {
    title: 'a reset in milliseconds',
    clause: 'reset-in-seconds',
    plant: sets(always, ({ headers }) => ({
      'x-ratelimit-reset': `${headers['x-ratelimit-reset']}000`,
    })),
  },
  {
    title: 'a reset in seconds from now',
    clause: 'reset-in-seconds',
    plant: sets(always, () => ({ 'x-ratelimit-reset': '60' })),
  },
  {
    title: 'what remains rising',
    clause: 'remaining-never-rises',
    plant: () => {
      let remaining = 0
      const rising = sets(always, () => ({ 'x-ratelimit-remaining': `${remaining++ % 30}` }))
      return rising()
    },
  },
  {
    title: 'a limit that changes inside a window',
    clause: 'limit-constant',
    plant: () => {
      let asked = 0
      const changing = sets(always, ({ headers }) => ({
        'x-ratelimit-limit': `${Number(headers['x-ratelimit-limit']) + asked++}`,
      }))
      return changing()
    },
  },
  {
    title: 'a limit that changes, and nothing that tells the window',
    clause: 'limit-constant',
    plant: () => {
      let asked = 0
      const changing = sets(always, ({ headers }) => ({
        'ratelimit-policy': '',
        'x-ratelimit-limit': `${Number(headers['x-ratelimit-limit']) + asked++}`,
      }))
      return changing()
    },
  },
]
