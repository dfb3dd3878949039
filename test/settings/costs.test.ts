import { describe, expect, it } from 'vitest'
import { configFrom } from '../../src/config.ts'

const REQUIRED = {
  UPSTREAM_URL: 'https://api.example.com',
  UPSTASH_REDIS_REST_URL: 'https://store.example.com',
  UPSTASH_REDIS_REST_TOKEN: 'very-secret',
  JWT_ISSUER: 'https://issuer.example.com/',
  JWT_AUDIENCE: 'https://api.example.com',
}

function problemsOf(row: object, limits: object = {}): readonly string[] {
  const ROUTES = JSON.stringify([
    { path: '/free', access: 'public' },
    { path: '/x', ...row },
  ])
  const outcome = configFrom({ ...REQUIRED, ROUTES, LIMITS: JSON.stringify(limits) })
  return outcome.valid ? [] : outcome.problems
}

const sentence = (names: string) =>
  `ROUTES.1.cost: nobody could pay it, these limits are lower: ${names}`

describe('what a request costs', () => {
  it.each([
    ['an address', { access: 'user', cost: 51 }, { ip: { minute: 50 } }, 'ip'],
    ['a tier', { access: 'user', cost: 101 }, {}, 'tiers.free'],
    ['two tiers', { access: 'user', cost: 501 }, {}, 'tiers.free, tiers.premium'],
    ['a known user on a public route', { access: 'public', cost: 101 }, {}, 'tiers.free'],
    ['an API key', { access: 'userOrKey', cost: 6 }, { key: { minute: 5 } }, 'key'],
    [
      "the route's own limit",
      { access: 'user', cost: 31, limit: 'bridgePoll' },
      {},
      'routes.bridgePoll',
    ],
    [
      'any window, not the shortest alone',
      { access: 'user', cost: 8 },
      { tiers: { free: { hour: 7 } } },
      'tiers.free',
    ],
  ])('may not be more than %s may ever have', (_, row, limits, names) => {
    expect(problemsOf(row, limits)).toEqual([sentence(names)])
  })

  it.each([
    ['the whole of the smallest limit', { access: 'user', cost: 100 }, {}],
    [
      'more than a limit on trial',
      { access: 'user', cost: 100 },
      { ip: { 1: { limit: 5, shadow: true } } },
    ],
    [
      'more than a key has, where none is taken',
      { access: 'user', cost: 6 },
      { key: { minute: 5 } },
    ],
    ["more than a tier's, where the route is exempt from it", { access: 'admin', cost: 101 }, {}],
    [
      'more than a tier has that is not let in',
      { access: 'user', feature: 'apiAccess', cost: 101 },
      {},
    ],
  ])('may be %s', (_, row, limits) => {
    expect(problemsOf(row, limits)).toEqual([])
  })
})
