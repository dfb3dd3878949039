import type { KeyAlgorithm } from '../issuer/signing-keys.ts'
import { type Callers, get, post } from './callers.ts'
import type { Scenario } from './scenario.ts'
import type { WireRequest } from './wire-request.ts'

const ROUND = 200
/** So many different tokens that none is any isolate's only one. */
const TOKENS = 50
const LITTLE = 5
/** Requests sent once: as many as tell a cost, and fewer where each takes long. */
const MANY = 2_000
const SOME = 1_000
const FEW = 300
const TEN_KB = JSON.stringify({ name: 'home', notes: 'x'.repeat(10_000) })
const LOG_LINE = JSON.stringify({ level: 'error', message: 'the tunnel was lost', at: 'home' })

const GOOD = { 'pass-through': 200, stock: 200, gateway: 200 }
const LIMITED = { 'pass-through': 200, stock: 429, gateway: 429 }
const UNKNOWN = { 'pass-through': 200, stock: 401, gateway: 401 }
const FAILED = { 'pass-through': 500, stock: 500, gateway: 500 }

/** One user of one address, again and again. */
function busy(path = '/tunnels') {
  return async (callers: Callers) => [get(path, 0, await callers.authorization(0))]
}

/** The same with a body. */
function sending(path: string, body: string) {
  return async (callers: Callers) => [post(path, 0, body, await callers.authorization(0))]
}

/** Users and their addresses, a request each. */
function users(alg?: KeyAlgorithm) {
  return (callers: Callers, count: number): Promise<WireRequest[]> =>
    Promise.all(
      Array.from({ length: count }, async (_, n) =>
        get('/tunnels', n, await callers.authorization(n, alg)),
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

/** A busy user, and an upstream that fails in one of its ways. */
function failing(how: string, about: string): Scenario {
  const requests = busy(`/tunnels/fails-${how}`)
  return { name: `upstream-500-${how}`, about, requests, expected: FAILED }
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'busy', about: 'one user, valid token', requests: busy(), expected: GOOD },
  {
    name: 'exact',
    about: 'one user of whose limit less than an eighth is left: each request is counted by itself',
    limits: { user: 100_000_000 },
    used: 99_000_000,
    requests: busy(),
    expected: GOOD,
  },
  {
    name: 'cold',
    about: 'users and addresses never seen before, one request each',
    once: MANY,
    requests: users(),
    expected: GOOD,
  },
  {
    name: 'cold-es256',
    about: 'the same, tokens signed by ES256 instead of RS256',
    once: SOME,
    requests: users('ES256'),
    expected: GOOD,
  },
  {
    name: 'cold-eddsa',
    about: 'the same, tokens signed by EdDSA',
    once: SOME,
    requests: users('EdDSA'),
    expected: GOOD,
  },
  {
    name: 'round-robin',
    about: `${ROUND} users in turn`,
    requests: (callers) => users()(callers, ROUND),
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
  failing('json', 'busy, the upstream fails in JSON of its own'),
  failing('envelope', 'busy, the upstream fails in an envelope such as ours'),
  failing('html', 'busy, the upstream fails in HTML'),
  failing('text', 'busy, the upstream fails in plain text'),
  failing('empty', 'busy, the upstream fails without a word'),
  failing('chunked', 'busy, the upstream fails in JSON whose length it does not tell'),
  {
    name: 'post-10-kb',
    about: 'busy, a POST of 10 KB whose JSON is judged',
    requests: sending('/tunnels', TEN_KB),
    expected: GOOD,
  },
  {
    name: 'post-10-kb-unjudged',
    about: 'busy, a POST of 10 KB that nobody reads',
    requests: sending('/ollama/api/chat', TEN_KB),
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
    // So that those cut off at the end are few among the rest.
    seconds: 2,
    requests: busy(),
    expected: GOOD,
  },
  {
    name: 'cold-store-5-ms',
    about: 'cold, the store 5 ms away',
    storeDelayMs: 5,
    once: SOME,
    requests: users(),
    expected: GOOD,
  },
  {
    name: 'cold-store-50-ms',
    about: 'cold, the store 50 ms away',
    storeDelayMs: 50,
    once: FEW,
    requests: users(),
    expected: GOOD,
  },
  {
    name: 'store-down',
    about: 'busy, the store refuses connections',
    storeAway: true,
    requests: busy(),
    expected: { ...GOOD, stock: 500 },
  },
  {
    name: 'public-health',
    about: 'GET /health without a token, one address',
    requests: async () => [get('/health', 0)],
    expected: GOOD,
  },
  {
    name: 'public-token',
    about: 'GET /service-version, open to everybody, with a valid token',
    requests: busy('/service-version'),
    expected: GOOD,
  },
  {
    name: 'public-post',
    about: 'POST /client-logs without a token, one address, a small body whose JSON is judged',
    requests: async () => [post('/client-logs', 0, LOG_LINE)],
    expected: GOOD,
  },
]

export function scenarioCalled(name: string): Scenario {
  const scenario = SCENARIOS.find((known) => known.name === name)
  if (scenario) return scenario
  const names = SCENARIOS.map((known) => known.name).join(', ')
  throw new Error(`no scenario is called ${name}; there are ${names}`)
}
