import { describe, expect, it } from 'vitest'
import { SubjectsWithFallback } from '../../src/adapters/subjects.ts'
import { AWAY, type GatewayOptions, testGateway } from '../support/gateway.ts'
import { operatedGateway, strangers } from '../support/operator.ts'

const LOGOUTS = ['/auth/logout', '/api/auth/logout'] as const

/** A user with tokens of several sessions, served by two isolates of one store. */
async function signedInUser(
  settings: Readonly<Record<string, string>> = {},
  upstream?: GatewayOptions['upstream'],
) {
  const here = await operatedGateway(settings, { ...(upstream && { upstream }) })
  const there = await operatedGateway(settings, {
    keySet: async () => Response.json(await here.keySet()),
  })
  const { sub, user, from } = strangers()
  const mint = (claims: Readonly<Record<string, unknown>> = { jti: crypto.randomUUID() }) =>
    here.mint({ subject: sub, claims })
  const logOut = (token: string, path: string = LOGOUTS[0]) =>
    here.ask(path, { method: 'POST', token, from })
  const ask = (token: string) => there.get('/tunnels', { token, from })
  function pass(milliseconds: number) {
    here.pass(milliseconds)
    there.pass(milliseconds)
  }
  return { here, there, user, from, mint, logOut, ask, pass }
}

describe('whoever signs out', () => {
  it.each(LOGOUTS)('at %s is out in every isolate, with this token alone', async (path) => {
    const { here, mint, logOut, ask } = await signedInUser({}, noContent)
    const [phone, laptop] = [await mint(), await mint()]

    const answer = await logOut(phone, path)
    const refused = await ask(phone)
    const others = await ask(laptop)

    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(here.received[0]?.headers.get('Authorization')).toBe(`Bearer ${phone}`)
    expect([refused.status, refused.error.code]).toEqual([401, 'AUTH_REQUIRED'])
    expect(refused.error.details).toEqual({ reason: 'revoked' })
    expect(refused.headers.get('WWW-Authenticate')).toMatch(/^Bearer/)
    expect(others.status).toBe(200)
  })

  it.each([
    ['fails', () => new Response('{}', { status: 500 }), 500],
    ['is not ready', () => new Response('{}', { status: 503 }), 503],
    ['refuses', () => new Response('{}', { status: 400 }), 400],
    ['is not there', () => ({ kind: 'unreachable' }) as const, 503],
    ['does not answer', () => ({ kind: 'late' }) as const, 500],
  ])('is out though the upstream %s, and told of that', async (_, upstream, status) => {
    const { mint, logOut, ask } = await signedInUser({}, upstream)
    const token = await mint()

    const answer = await logOut(token)

    expect(answer.status).toBe(status)
    expect((await ask(token)).error.details?.reason).toBe('revoked')
  })

  it('signs out of nothing twice', async () => {
    const { mint, logOut } = await signedInUser()
    const token = await mint()
    await logOut(token)

    const { error } = await logOut(token)

    expect([error.code, error.details?.reason]).toEqual(['AUTH_REQUIRED', 'revoked'])
  })

  it.each([
    ['their jti', { jti: 'one', sid: 's' }, { jti: 'two', sid: 's' }, 200],
    ['their session', { sid: 's' }, { sid: 's', nonce2: 1 }, 401],
    ['another session', { sid: 's' }, { sid: 't' }, 200],
    ['the second of their issue', {}, { other: 1 }, 401],
  ])('takes tokens with it by what they are called: %s', async (_, one, other, status) => {
    const { mint, logOut, ask } = await signedInUser()
    await logOut(await mint(one))

    expect((await ask(await mint(other))).status).toBe(status)
  })

  it('leaves the revoked token no place among its user’s requests in flight', async () => {
    const open: ((answer: Response) => void)[] = []
    const { here, mint, logOut, from } = await signedInUser(
      { LIMITS: '{"concurrency":{"free":1}}' },
      ({ method }) =>
        method === 'POST'
          ? noContent()
          : new Promise<Response>((resolve) => void open.push(resolve)),
    )
    const [stolen, kept] = [await mint(), await mint()]
    await logOut(stolen)
    await here.get('/tunnels', { token: stolen, from })
    const inFlight = here.get('/tunnels', { token: kept, from })
    await expect.poll(() => open.length).toBe(1)

    const refused = await here.get('/tunnels', { token: stolen, from })
    open[0]?.(noContent())

    // Were it to queue for the one place there is, it would be told that too many are in flight.
    expect(refused.error.code).toBe('AUTH_REQUIRED')
    expect((await inFlight).status).toBe(204)
  })

  it('leaves other users in peace whose tokens have the same name', async () => {
    const { here, there, mint, logOut, from } = await signedInUser()
    await logOut(await mint({ jti: 'one' }))
    const token = await here.mint({ subject: strangers().sub, claims: { jti: 'one' } })

    expect((await there.get('/tunnels', { token, from })).status).toBe(200)
  })

  it('does so by POST alone, with a body that is taken', async () => {
    const { here, mint, ask, from } = await signedInUser({ MAX_BODY_BYTES: '10' })
    const token = await mint()

    await here.get('/auth/logout', { token, from })
    const refused = await here.ask('/auth/logout', {
      method: 'POST',
      token,
      from,
      headers: { 'Content-Length': '11' },
      body: 'x'.repeat(11),
    })

    expect(refused.error.code).toBe('VALIDATION_ERROR')
    expect((await ask(token)).status).toBe(200)
  })

  it('33 times is out everywhere at last, and can sign in again after a few seconds', async () => {
    const { here, user, mint, logOut, ask, pass } = await signedInUser()
    const ended = await Promise.all(Array.from({ length: 32 }, () => mint()))
    for (const token of ended) expect((await logOut(token)).status).toBe(200)
    const laptop = await mint()
    expect((await ask(laptop)).status).toBe(200)
    const last = await mint()

    await logOut(last)
    pass(2_000)
    const answers = await Promise.all([...ended, laptop, last].map(ask))
    pass(4_000)
    const again = await ask(await mint())

    const reasons = answers.map(({ error }) => error.details?.reason)
    expect(reasons).toEqual(Array(34).fill('revoked'))
    expect(again.status).toBe(200)
    expect(await here.read(user)).toMatchObject({ notBefore: '2026-11-22T12:00:06.000Z' })
  })

  it('is not told to be out while nobody can write it down', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint()

    const answer = await gateway.ask('/auth/logout', { method: 'POST', token })

    expect([answer.status, answer.error.code]).toEqual([503, 'CACHE_UNAVAILABLE'])
    expect(answer.headers.get('Retry-After')).toBe('5')
    expect(gateway.received).toEqual([])
  })

  it('does not wait for a store that is known to be away', async () => {
    const away = {
      recall: () => undefined,
      isRevoked: () => false,
      charge: () => Promise.reject(new Error('away')),
    }
    const subjects = new SubjectsWithFallback(away, { write: () => undefined }, () => undefined)
    let asked = 0
    const gateway = await testGateway({
      subjects,
      records: {
        ...AWAY,
        async signOut() {
          asked += 1
          return false
        },
      },
    })
    const token = await gateway.mint()

    const answer = await gateway.ask('/auth/logout', { method: 'POST', token })

    expect(answer.error.code).toBe('CACHE_UNAVAILABLE')
    expect(asked).toBe(0)
  })
})

describe('whoever signs out everywhere', () => {
  const ROUTES = JSON.stringify([
    { path: '/sessions', methods: ['DELETE'], access: 'user', revokes: 'all' },
    { path: '/tunnels', access: 'user' },
  ])

  it('ends every token that was issued before that instant', async () => {
    const { here, mint, ask, pass, from } = await signedInUser({ ROUTES })
    const early = await mint()
    pass(60_400)
    const same = await mint()
    await here.ask('/sessions', { method: 'DELETE', token: same, from })
    const later = await mint()
    pass(600)
    const next = await mint()

    const answers = await Promise.all([early, same, later, next].map(ask))

    // Tokens tell their time in seconds: one of the same second, issued a moment later, cannot be told apart.
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 200])
  })
})

describe('where no token is asked for', () => {
  it('a revoked one is none: neither refused nor passed on nor believed', async () => {
    const { there, mint, logOut, from } = await signedInUser()
    const token = await mint()
    await logOut(token)

    const answer = await there.get('/health', { token, from })

    expect(answer.status).toBe(200)
    expect(there.received[0]?.headers.get('Authorization')).toBeNull()
    expect(there.received[0]?.headers.get('X-User-Id')).toBeNull()
    expect(there.records.at(-1)).toMatchObject({ caller: 'anonymous', route: '/health' })
  })

  it.each([
    ['/auth/token/validate', [99, 98, 97]],
    ['/client-logs', [999, 998, 997]],
  ])('a request to %s costs its address once with a revoked one', async (path, remaining) => {
    const { there, mint, logOut } = await signedInUser()
    const token = await mint()
    await logOut(token)
    const { from } = strangers()

    const shown = []
    for (let i = 0; i < 3; i += 1) {
      const { headers } = await there.ask(path, { method: 'POST', token, from })
      shown.push(Number(headers.get('X-RateLimit-Remaining')))
    }

    expect(shown).toEqual(remaining)
  })

  it('a revoked one is no way around a limit', async () => {
    const ROUTES = JSON.stringify([
      { path: '/open', access: 'public', limit: 'bridgeRegister' },
      { path: '/auth/logout', access: 'user', revokes: 'token' },
    ])
    const { there, mint, logOut, from } = await signedInUser({ ROUTES })
    const token = await mint()
    await logOut(token)

    const statuses = []
    for (let i = 0; i < 6; i += 1) {
      statuses.push((await there.get('/open', { token, from })).status)
    }

    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })
})

function noContent() {
  return new Response(null, { status: 204 })
}
