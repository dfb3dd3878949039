import { describe, expect, it } from 'vitest'
import { holderOf, Session, tokenFrom } from '../../../scripts/pages/console/session.ts'

const MINUTE_MS = 60_000
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'

describe('the token that an operator pastes', () => {
  it.each([
    ['as it is', TOKEN],
    ['with the scheme', `Bearer ${TOKEN}`],
    ['as a header', `Authorization: bearer ${TOKEN}`],
    ['in quotes', `"${TOKEN}"`],
    ['broken over lines', ` ${TOKEN.slice(0, 30)}\n  ${TOKEN.slice(30)}\n`],
  ])('is taken %s', (_, pasted) => {
    expect(tokenFrom(pasted)).toBe(TOKEN)
  })

  it.each(['', 'abc', 'a.b', 'a.b.c.d', 'a.b.ü', 'a.b.<img src=x>', 'a..c'])(
    'is none: %j',
    (pasted) => {
      expect(tokenFrom(pasted)).toBeUndefined()
    },
  )
})

describe('a session', () => {
  const clock = { now: 0 }
  const begun = () => {
    clock.now = 1_000_000
    const session = new Session(() => clock.now)
    session.begin(TOKEN)
    return session
  }

  it('carries the token until it ends', () => {
    const session = begun()

    expect(session.authorization).toBe(`Bearer ${TOKEN}`)
    session.end()
    expect(session.authorization).toBeUndefined()
  })

  it('is idle after 15 minutes in which nobody used it', () => {
    const session = begun()

    clock.now += 15 * MINUTE_MS - 1
    expect(session.isIdle()).toBe(false)
    clock.now += 1
    expect(session.isIdle()).toBe(true)
  })

  it('goes on while it is used', () => {
    const session = begun()

    for (let nth = 0; nth < 5; nth += 1) {
      clock.now += 14 * MINUTE_MS
      session.use()
    }

    expect(session.isIdle()).toBe(false)
  })

  it('is not woken by a hand that comes too late', () => {
    const session = begun()

    clock.now += 15 * MINUTE_MS
    session.use()

    expect(session.isIdle()).toBe(true)
  })

  it('shows neither its token nor its claims when it is written out', () => {
    expect(JSON.stringify(begun())).not.toContain(TOKEN.slice(0, 10))
  })
})

describe('whose a token says it is', () => {
  const withClaims = (claims: unknown) =>
    `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

  it.each([
    [
      { sub: 'auth0|1', exp: 1_795_378_577 },
      { name: 'auth0|1', expiresAt: 1_795_378_577_000 },
    ],
    [{ sub: 'auth0|1', email: 'ops@example.com' }, { name: 'ops@example.com' }],
    [{ sub: 'Jörg <b>' }, { name: 'Jörg <b>' }],
    [{ sub: 7 }, {}],
    ['text', {}],
  ])('%j', (claims, holder) => {
    expect(holderOf(withClaims(claims))).toEqual(holder)
  })

  it('is nobody’s where it cannot be read', () => {
    expect(['', 'a.b.c', 'a.%%.c'].map(holderOf)).toEqual([{}, {}, {}])
  })
})
