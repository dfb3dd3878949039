import { addressOf, type Callers, get } from './callers.ts'
import type { Scenario } from './scenario.ts'
import type { WireRequest } from './wire-request.ts'

const ROUND = 200
/** So many different tokens that none is any isolate's only one. */
const TOKENS = 50
const LITTLE = 5
const TEN_KB = JSON.stringify({ name: 'home', notes: 'x'.repeat(10_000) })

const GOOD = { 'pass-through': 200, stock: 200, gateway: 200 }
const LIMITED = { 'pass-through': 200, stock: 429, gateway: 429 }
const UNKNOWN = { 'pass-through': 200, stock: 401, gateway: 401 }
const FAILED = { 'pass-through': 500, stock: 500, gateway: 500 }

/** One user of one address, again and again. */
function busy(path = '/tunnels') {
  return async (callers: Callers) => [get(path, 0, await callers.authorization(0))]
}

/** Users and their addresses, a request each. */
function users(callers: Callers, count: number): Promise<WireRequest[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, n) =>
      get('/tunnels', n, await callers.authorization(n)),
    ),
  )
}

/** One address with what `authorization` makes of many users. */
function strangers(authorization: (callers: Callers, n: number) => Promise<string>) {
  return (callers: Callers) =>
    Promise.all(
      Array.from({ length: TOKENS }, async (_, n) =>
        get('/tunnels', 0, await authorization(callers, n)),
      ),
    )
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'busy', about: 'one user, valid token', requests: busy(), expected: GOOD },
  {
    name: 'cold',
    about: 'users and addresses never seen before, one request each',
    once: true,
    requests: users,
    expected: GOOD,
  },
  {
    name: 'round-robin',
    about: `${ROUND} users in turn`,
    requests: (callers) => users(callers, ROUND),
    expected: GOOD,
  },
  {
    name: 'refused-user',
    about: 'a user over its limit',
    limits: { user: LITTLE },
    requests: busy(),
    expected: LIMITED,
  },
  {
    name: 'refused-address',
    about: 'an address over its limit, valid token',
    limits: { address: LITTLE },
    requests: busy(),
    expected: LIMITED,
  },
  {
    name: 'no-token',
    about: 'no token, one address',
    requests: async () => [get('/tunnels', 0)],
    expected: UNKNOWN,
  },
  {
    name: 'malformed',
    about: 'a token that is none, one address',
    requests: async () => [get('/tunnels', 0, 'Bearer not-a-token')],
    expected: UNKNOWN,
  },
  {
    name: 'bad-signature',
    about: `${TOKENS} tokens signed by nobody, one address`,
    requests: strangers((callers, n) => callers.badlySigned(n)),
    expected: UNKNOWN,
  },
  {
    name: 'expired',
    about: `${TOKENS} expired tokens, one address`,
    requests: strangers((callers, n) => callers.expired(n)),
    expected: UNKNOWN,
  },
  {
    name: 'upstream-500-json',
    about: 'busy, the upstream fails in JSON',
    requests: busy('/tunnels/fails-json'),
    expected: FAILED,
  },
  {
    name: 'upstream-500-html',
    about: 'busy, the upstream fails in HTML',
    requests: busy('/tunnels/fails-html'),
    expected: FAILED,
  },
  {
    name: 'post-10-kb',
    about: 'busy, a POST of 10 KB',
    requests: async (callers) => [
      {
        method: 'POST',
        path: '/tunnels',
        headers: {
          'CF-Connecting-IP': addressOf(0),
          'Content-Type': 'application/json',
          Authorization: await callers.authorization(0),
        },
        body: TEN_KB,
      },
    ],
    expected: GOOD,
  },
  {
    name: 'megabyte',
    about: 'busy, an answer of 1 MiB',
    requests: busy('/tunnels/megabyte'),
    expected: GOOD,
  },
  {
    name: 'store-5-ms',
    about: 'busy, the store 5 ms away',
    storeDelayMs: 5,
    requests: busy(),
    expected: GOOD,
  },
  {
    name: 'store-50-ms',
    about: 'busy, the store 50 ms away',
    storeDelayMs: 50,
    requests: busy(),
    expected: GOOD,
  },
  {
    name: 'store-down',
    about: 'busy, the store refuses connections',
    storeAway: true,
    requests: busy(),
    expected: { ...GOOD, stock: 500 },
  },
]

export function scenarioCalled(name: string): Scenario {
  const scenario = SCENARIOS.find((known) => known.name === name)
  if (scenario) return scenario
  const names = SCENARIOS.map((known) => known.name).join(', ')
  throw new Error(`no scenario is called ${name}; there are ${names}`)
}
