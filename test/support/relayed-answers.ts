import type { Operation } from '../../scripts/openapi/operation.ts'
import catalogue from '../contract/catalogue.json' with { type: 'json' }
import { pathOf } from './causes.ts'
import { testGateway } from './gateway.ts'

const PLENTY = { minute: 1_000_000, hour: 1_000_000 }
const LIMITS = JSON.stringify({
  ip: PLENTY,
  key: PLENTY,
  tiers: { premium: { ...PLENTY, month: 1_000_000 } },
  routes: { token: { '900': 1_000_000 } },
})

const STATUSES = [400, 401, 403, 404, 429, 500, 503]
const KEY = { 'X-API-Key': 'ctll_0123456789' }

type Caller = 'nobody' | 'user' | 'key'
const CALLERS: Readonly<Record<Operation['route']['access'], readonly Caller[]>> = {
  public: ['nobody'],
  user: ['user'],
  userOrKey: ['user', 'key'],
  admin: ['user'],
}

const SAID = [...catalogue.map(({ code }) => code), 'SESSION_REVOKED', undefined]

/** The codes in which an operation relays what an upstream may say: each code with each status, and a token's end. */
export async function relayedAnswers({ route, method }: Operation): Promise<ReadonlySet<string>> {
  let status = 0
  let said: string | undefined
  let lastsMs = 0
  const gateway = await testGateway({
    settings: { LIMITS },
    records: {
      read: async () => undefined,
      change: async () => undefined,
      audit: async () => undefined,
      changed: async () => undefined,
      signOut: async () => true,
      revocations: async () => undefined,
    },
    upstream: () => {
      gateway.pass(lastsMs)
      return Response.json({ error: { code: said } }, { status })
    },
  })
  const body = JSON.stringify({ name: 'Home', sessionId: 's1' })
  const tier = route.feature === 'directTunnelOnly' ? 'free' : 'premium'

  async function ask(caller: Caller) {
    // What failed before counts no more.
    gateway.pass(61_000)
    const token = await gateway.mint({ tier, roles: ['super_admin'] })
    const answer = await gateway.ask(pathOf(route), {
      method,
      headers: { 'Content-Type': 'application/json', ...(caller === 'key' && KEY) },
      ...(caller === 'user' && { token }),
      ...(method !== 'GET' && { body }),
    })
    return [answer.error.code, answer.headers.get('X-Gateway-Error-Source')] as const
  }

  const codes = new Set<string>()
  for (status of STATUSES) {
    for (said of SAID) {
      for (const caller of CALLERS[route.access]) {
        const [code, source] = await ask(caller)
        if (source === 'upstream') codes.add(code)
      }
    }
  }
  status = 401
  lastsMs = 7_200_000
  if (route.access !== 'public') codes.add((await ask('user'))[0])
  return codes
}
