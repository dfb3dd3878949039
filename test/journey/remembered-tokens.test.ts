import { describe, expect, it } from 'vitest'
import { START, testGateway } from '../support/gateway.ts'

const NOW = START / 1000
const MINUTE = 60_000

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

describe('a token that was refused', () => {
  it.each([
    ['not to be believed', { aud: 'https://other.test' }, 'INVALID_TOKEN'],
    ['expired', { exp: NOW - 1 }, 'TOKEN_EXPIRED'],
  ])('is judged each time it comes: %s', async (_, claims, code) => {
    const gateway = await testGateway()
    const token = await gateway.mint({ claims })

    const answers = [
      await gateway.get('/tunnels', { token }),
      await gateway.get('/tunnels', { token }),
    ]

    expect(answers.map(({ error }) => error.code)).toEqual([code, code])
    expect(gateway.keyLookups()).toBe(2)
  })

  it('is good once its time has come', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint({ claims: { nbf: NOW + 60 } })

    const early = await gateway.get('/tunnels', { token })
    gateway.pass(MINUTE)
    const later = await gateway.get('/tunnels', { token })

    expect([early.status, later.status]).toEqual([401, 200])
  })
})
