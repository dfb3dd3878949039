import { describe, expect, it } from 'vitest'
import { START, testGateway } from '../support/gateway.ts'
import type { TokenOptions } from '../support/tokens.ts'

const NOW = START / 1000
const MINUTE = 60_000

type Gateway = Awaited<ReturnType<typeof testGateway>>

function minted(options: TokenOptions) {
  return (gateway: Gateway) => gateway.mint(options)
}

describe('a token that was good a moment ago', () => {
  it('is not verified again, and its user is the same', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint({ tier: 'premium', roles: ['support_admin'] })

    const first = await gateway.get('/tunnels', { token })
    const others = await Promise.all(
      ['/tunnels', '/admin/users', '/health'].map((path) => gateway.get(path, { token })),
    )

    expect([first, ...others].map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(gateway.keyLookups()).toBe(1)
    const users = gateway.received.map(({ headers }) =>
      ['X-User-Id', 'X-User-Tier', 'X-User-Roles'].map((name) => headers.get(name)).join(' '),
    )
    expect(new Set(users)).toEqual(new Set(['auth0|alice premium support_admin']))
  })

  it('is known whatever the case of its scheme', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint()
    await gateway.get('/tunnels', { token })

    const answer = await gateway.get('/tunnels', { headers: { Authorization: `BEARER ${token}` } })

    expect(answer.status).toBe(200)
    expect(gateway.keyLookups()).toBe(1)
  })

  it('says nothing about another token of the same user', async () => {
    const gateway = await testGateway()
    await gateway.get('/tunnels', { token: await gateway.mint() })
    await gateway.get('/tunnels', { token: await gateway.mint() })

    expect(gateway.keyLookups()).toBe(2)
  })

  it.each([
    ['its last character', (token: string) => token.slice(0, -1)],
    ['its signature', (token: string) => `${token.slice(0, token.lastIndexOf('.'))}.`],
    ['a character of its payload', (token: string) => token.replace(/\.(.)/, '.f')],
  ])('is another without %s', async (_, change) => {
    const gateway = await testGateway()
    const token = await gateway.mint()
    await gateway.get('/tunnels', { token })

    const answer = await gateway.get('/tunnels', { token: change(token) })

    expect(answer.status).toBe(401)
  })

  it.each([
    ['a whole second', 60],
    ['a fraction', 60.25],
  ])('is TOKEN_EXPIRED from exp on, %s', async (_, lasts) => {
    const gateway = await testGateway()
    const token = await gateway.mint({ claims: { exp: NOW + lasts } })
    await gateway.get('/tunnels', { token })

    gateway.pass(lasts * 1000 - 1)
    const before = await gateway.get('/tunnels', { token })
    expect([before.status, gateway.keyLookups()]).toEqual([200, 1])
    gateway.pass(1)
    const after = await gateway.get('/tunnels', { token })

    expect(after.error.code).toBe('TOKEN_EXPIRED')
  })

  it('is verified again after five minutes', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint()
    await gateway.get('/tunnels', { token })

    gateway.pass(5 * MINUTE - 1)
    await gateway.get('/tunnels', { token })
    expect(gateway.keyLookups()).toBe(1)
    gateway.pass(1)
    const answer = await gateway.get('/tunnels', { token })

    expect([answer.status, gateway.keyLookups()]).toEqual([200, 2])
  })

  it('outlives a fetch of the keys that still has its own', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint()
    await gateway.get('/tunnels', { token: await gateway.mint() })
    gateway.pass(2 * MINUTE)
    await gateway.get('/tunnels', { token })
    gateway.pass(3 * MINUTE + 1)
    await gateway.get('/tunnels', { token: await gateway.mint() })
    expect([gateway.keyFetches(), gateway.keyLookups()]).toEqual([2, 3])

    const answer = await gateway.get('/tunnels', { token })

    expect([answer.status, gateway.keyLookups()]).toEqual([200, 3])
  })

  it('is INVALID_TOKEN as soon as its key has left the set', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint()
    await gateway.get('/tunnels', { token })
    await gateway.rotateKeys()
    gateway.pass(13_000)
    // Only a token of the new key makes the gateway ask for the set again.
    const known = await gateway.get('/tunnels', { token })
    await gateway.get('/tunnels', { token: await gateway.mint() })

    const answer = await gateway.get('/tunnels', { token })

    expect([known.status, answer.status]).toEqual([200, 401])
    expect(answer.error.code).toBe('INVALID_TOKEN')
  })

  it('is verified again when its keys are too old to be believed unasked', async () => {
    let away = false
    let keys: unknown
    const gateway = await testGateway({
      keySet: () => (away ? new Response('', { status: 503 }) : Response.json(keys)),
    })
    keys = await gateway.keySet()
    const token = await gateway.mint()
    await gateway.get('/tunnels', { token })
    away = true
    gateway.pass(14 * MINUTE)
    await gateway.get('/tunnels', { token })
    expect(gateway.keyLookups()).toBe(2)

    gateway.pass(2 * MINUTE)
    const answer = await gateway.get('/tunnels', { token })

    expect([answer.status, gateway.keyLookups()]).toEqual([200, 3])
  })
})

describe('a token that was refused a moment ago', () => {
  const foreign = async (gateway: Gateway) => {
    const [token, other] = [await gateway.mint(), await gateway.mint({ subject: 'auth0|bob' })]
    return token.slice(0, token.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'))
  }

  it.each([
    ['by the signature of another', foreign, 'INVALID_TOKEN', 'signature'],
    ['by an unknown key', minted({ header: { kid: 'x' } }), 'INVALID_TOKEN', 'key'],
    ['for others', minted({ claims: { aud: 'https://x.test' } }), 'INVALID_TOKEN', 'aud'],
    ['as an ID token', minted({ claims: { nonce: 'x' } }), 'INVALID_TOKEN', 'nonce'],
    ['expired', minted({ claims: { exp: NOW - 1 } }), 'TOKEN_EXPIRED', undefined],
    [
      'expired and for others',
      minted({ claims: { exp: NOW - 1, aud: 'https://x.test' } }),
      'INVALID_TOKEN',
      'aud',
    ],
  ])('is refused in the same words without its keys: %s', async (_, make, code, cause) => {
    const gateway = await testGateway()
    const token = await make(gateway)
    const headers = { 'X-Correlation-ID': 'the-same-for-all' }

    const answers = [
      await gateway.get('/tunnels', { token, headers }),
      await gateway.get('/tunnels', { token, headers }),
      await gateway.get('/tunnels', { token, headers }),
    ]

    expect(gateway.keyLookups()).toBe(1)
    expect(answers.map(({ error }) => error.code)).toEqual([code, code, code])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    const challenges = answers.map((answer) => answer.headers.get('WWW-Authenticate'))
    const challenge = 'Bearer realm="cloudtolocalllm", error="invalid_token"'
    expect(challenges).toEqual([challenge, challenge, challenge])
    expect(gateway.records.map((record) => record.cause)).toEqual([cause, cause, cause])
    expect(gateway.received).toEqual([])
  })

  it('is counted each time', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint({ claims: { exp: NOW - 1 } })

    const answers = [
      await gateway.get('/tunnels', { token }),
      await gateway.get('/tunnels', { token }),
    ]

    const [first = 0, second = 0] = answers.map((answer) =>
      Number(answer.headers.get('X-RateLimit-Remaining')),
    )
    expect(first - second).toBe(1)
  })

  it('makes a caller unknown on a public route, and is not passed on', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint({ claims: { exp: NOW - 1 } })
    await gateway.get('/tunnels', { token })

    const answer = await gateway.get('/health', { token })

    expect([answer.status, gateway.keyLookups()]).toEqual([200, 1])
    expect(gateway.received[0]?.headers.get('X-User-Id')).toBeNull()
  })

  it.each(['nbf', 'iat'])('is good once its %s has come', async (claim) => {
    const gateway = await testGateway()
    const token = await gateway.mint({ claims: { [claim]: NOW + 6 } })

    const early = await gateway.get('/tunnels', { token })
    gateway.pass(1_000)
    const later = await gateway.get('/tunnels', { token })

    expect([early.status, later.status]).toEqual([401, 200])
  })

  it('is good when the clock was wrong about its exp and has been put back', async () => {
    const gateway = await testGateway()
    await gateway.get('/tunnels', { token: await gateway.mint() })
    gateway.pass(2 * MINUTE)
    const token = await gateway.mint({ claims: { iat: NOW, exp: NOW + 100 } })

    const ahead = await gateway.get('/tunnels', { token })
    gateway.pass(-MINUTE)
    const later = await gateway.get('/tunnels', { token })

    expect([ahead.error.code, later.status]).toEqual(['TOKEN_EXPIRED', 200])
  })

  it('is good as soon as its key can have been rotated in: twelve seconds after the last question', async () => {
    const gateway = await testGateway()
    await gateway.get('/tunnels', { token: await gateway.mint() })
    await gateway.rotateKeys()
    const token = await gateway.mint()

    gateway.pass(12_000)
    const early = await gateway.get('/tunnels', { token })
    gateway.pass(1)
    const later = await gateway.get('/tunnels', { token })

    expect([early.status, later.status]).toEqual([401, 200])
  })

  it('is good as soon as another token has brought its key', async () => {
    const gateway = await testGateway()
    await gateway.get('/tunnels', { token: await gateway.mint() })
    await gateway.rotateKeys()
    const token = await gateway.mint({ header: { kid: undefined } })
    gateway.pass(13_000)
    const early = await gateway.get('/tunnels', { token })

    await gateway.get('/tunnels', { token: await gateway.mint() })
    const later = await gateway.get('/tunnels', { token })

    expect([early.status, later.status]).toEqual([401, 200])
  })

  it('has its keys refreshed when they are five minutes old, though nothing else comes', async () => {
    const gateway = await testGateway()
    await gateway.get('/tunnels', { token: await gateway.mint() })
    await gateway.rotateKeys()
    const token = await gateway.mint({ header: { kid: undefined } })
    const statuses: number[] = []
    for (const milliseconds of [4 * MINUTE, MINUTE, 1, 1]) {
      gateway.pass(milliseconds)
      statuses.push((await gateway.get('/tunnels', { token })).status)
    }

    expect(statuses).toEqual([401, 401, 401, 200])
    expect(gateway.keyLookups()).toBe(4)
  })

  it('is no longer TOKEN_EXPIRED once its key has left the set', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint({ claims: { exp: NOW - 1 } })
    const before = await gateway.get('/tunnels', { token })
    await gateway.rotateKeys()
    gateway.pass(13_000)
    await gateway.get('/tunnels', { token: await gateway.mint() })

    const after = await gateway.get('/tunnels', { token })

    expect([before, after].map(({ error }) => error.code)).toEqual([
      'TOKEN_EXPIRED',
      'INVALID_TOKEN',
    ])
  })

  it('is good at once when it was refused for want of keys alone', async () => {
    let away = true
    let keys: unknown
    const gateway = await testGateway({
      keySet: () => (away ? new Response('', { status: 503 }) : Response.json(keys)),
    })
    keys = await gateway.keySet()
    const token = await gateway.mint()
    const early = await gateway.get('/tunnels', { token })
    away = false
    gateway.pass(1_001)

    const later = await gateway.get('/tunnels', { token })

    expect([early.status, later.status]).toEqual([503, 200])
  })

  it('pushes no good one out, however many there are', async () => {
    const gateway = await testGateway()
    const good = await gateway.mint()
    await gateway.get('/tunnels', { token: good })
    const long = await gateway.mint({ claims: { pad: 'x'.repeat(12_000) } })
    const flood = Array.from({ length: 800 }, (_, i) =>
      long.slice(0, -4).concat(String(i).padStart(3, '0'), 'A'),
    )
    for (const [i, token] of flood.entries()) {
      await gateway.get('/tunnels', { token, from: `203.0.113.${i % 200}` })
    }
    const before = gateway.keyLookups()

    await gateway.get('/tunnels', { token: good })

    expect([before, gateway.keyLookups()]).toEqual([801, 801])
  })
})
