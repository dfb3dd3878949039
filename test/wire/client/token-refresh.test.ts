import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../../scripts/serve.ts'
import { ApiError } from '../../../src/client/api-error.ts'
import { type ClientOptions, createClient } from '../../../src/client/client.ts'
import type { RefreshedTokens } from '../../../src/client/renewal.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let gateway: ServedWorker
let expired: string
beforeAll(async () => {
  world = await openWorld()
  gateway = await world.another({
    TOKEN_ENDPOINT: world.issuer.tokenEndpoint,
    TOKEN_CLIENT_ID: world.issuer.clientId,
    TOKEN_CLIENT_SECRET: world.issuer.clientSecret,
    LIMITS: '{"routes":{"token":{"900":10000}}}',
  })
  expired = await world.issuer.mint({ expiresInSeconds: -60 })
})
afterAll(() => world.stop())

/** A client and the paths that it has sent to. */
function client(options: Partial<ClientOptions>, jar?: { cookie: string }) {
  const sent: string[] = []
  const call = createClient({
    baseUrl: gateway.url,
    token: expired,
    ...options,
    async fetch(input, init) {
      const url = new URL(String(input))
      sent.push(url.pathname)
      // Node keeps no cookies; a browser sends them where it is told to include them.
      const headers = new Headers(init?.headers)
      if (jar && init?.credentials === 'include') headers.set('Cookie', jar.cookie)
      const response = await fetch(input, { ...init, headers })
      const [cookie] = response.headers.getSetCookie()
      if (jar && cookie) jar.cookie = cookie.split(';')[0] ?? ''
      return response
    },
  })
  const refreshes = () => sent.filter((path) => path === '/auth/token/refresh').length
  return { call, sent, refreshes }
}

const callsWith = (refreshToken: string) =>
  world.issuer.exchanges.filter((exchange) => exchange.refreshToken === refreshToken)

const status = ({ status }: Response) => status

async function reasonsOf(calls: Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(calls)
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : 'well'))
}

describe('an expired token', () => {
  it('is refreshed once for many parallel calls, all of which are then answered', async () => {
    const token = world.issuer.mintRefreshToken({ token: { tier: 'premium' }, delayMs: 300 })
    const { call, refreshes } = client({ refresh: { token } })

    const responses = await Promise.all(Array.from({ length: 30 }, () => call('/tunnels')))

    expect(responses.map(status)).toEqual(Array(30).fill(200))
    expect(refreshes()).toBe(1)
    expect(callsWith(token).length).toBe(1)
  })

  it('is refreshed once however long its owner takes to tell it', async () => {
    const token = world.issuer.mintRefreshToken()
    const slow = () => new Promise<string>((tell) => setTimeout(tell, 50, expired))
    const { call, refreshes } = client({ token: slow, refresh: { token } })

    const responses = await Promise.all(Array.from({ length: 10 }, () => call('/tunnels')))

    expect(responses.map(status)).toEqual(Array(10).fill(200))
    expect(refreshes()).toBe(1)
  })

  it('does no harm to a POST, which is sent again with its body', async () => {
    const { call, sent } = client({ refresh: { token: world.issuer.mintRefreshToken() } })

    const response = await call('/tunnels', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"name":"lab"}',
    })

    expect(await response.json()).toMatchObject({ data: { name: 'lab' } })
    expect(sent).toEqual(['/tunnels', '/auth/token/refresh', '/tunnels'])
  })

  it('of a stream is refreshed and reported: the next call is answered', async () => {
    const { call, refreshes } = client({ refresh: { token: world.issuer.mintRefreshToken() } })
    const stream = { body: new Blob(['{}']).stream(), duplex: 'half' } as const

    const streamed = call('/tunnels', { method: 'POST', ...stream })

    await expect(streamed).rejects.toMatchObject({ code: 'TOKEN_EXPIRED', status: 401 })
    expect(status(await call('/tunnels'))).toBe(200)
    expect(refreshes()).toBe(1)
  })

  it('stays refreshed, and its owner is told before any call goes on', async () => {
    const told: RefreshedTokens[] = []
    const { call, refreshes } = client({
      refresh: { token: world.issuer.mintRefreshToken(), renewed: (tokens) => told.push(tokens) },
    })

    await call('/tunnels').then(() => expect(told.length).toBe(1))
    await call('/tunnels')

    expect(refreshes()).toBe(1)
    expect(told).toEqual([
      {
        accessToken: expect.any(String),
        tokenType: 'Bearer',
        expiresIn: 3600,
        refreshToken: expect.stringMatching(/^rt_/),
      },
    ])
  })

  it('is refreshed with the refresh token that the last answer brought', async () => {
    const kept: RefreshedTokens[] = []
    const first = world.issuer.mintRefreshToken({ token: { expiresInSeconds: 2 } })
    const { call } = client({ refresh: { token: first, renewed: (tokens) => kept.push(tokens) } })
    await call('/tunnels')
    const { exp = 0 } = decodeJwt(kept[0]?.accessToken ?? '')
    await expect.poll(() => Date.now() / 1000).toBeGreaterThan(exp)

    const response = await call('/tunnels')

    expect(response.status).toBe(200)
    expect(callsWith(first).length).toBe(1)
    expect(callsWith(kept[0]?.refreshToken ?? '').length).toBe(1)
  })

  it('is refreshed from what its owner keeps elsewhere', async () => {
    const kept = { access: expired, refresh: world.issuer.mintRefreshToken() }
    const { call, refreshes } = client({
      token: async () => kept.access,
      refresh: {
        token: () => kept.refresh,
        renewed: ({ accessToken, refreshToken = '' }) =>
          Object.assign(kept, { access: accessToken, refresh: refreshToken }),
      },
    })
    await call('/tunnels')
    const { access } = kept
    kept.access = await world.issuer.mint({ subject: 'auth0|another', expiresInSeconds: -60 })

    await call('/tunnels')

    expect(access).not.toBe(expired)
    expect(refreshes()).toBe(2)
  })

  it('whose owner has a new one by the time of the answer is not refreshed', async () => {
    const good = await world.issuer.mint()
    const tokens = [expired]
    const { call, refreshes } = client({ token: () => tokens.shift() ?? good, refresh: {} })

    expect(status(await call('/tunnels'))).toBe(200)
    expect(refreshes()).toBe(0)
  })

  it('is refreshed with a cookie, which a script never sees', async () => {
    const jar = { cookie: `refreshToken=${world.issuer.mintRefreshToken()}` }
    const told: RefreshedTokens[] = []
    const { call } = client({ refresh: { renewed: (tokens) => told.push(tokens) } }, jar)
    const before = jar.cookie

    expect(status(await call('/tunnels'))).toBe(200)
    expect(told[0]).not.toHaveProperty('refreshToken')
    expect(jar.cookie).toMatch(/^refreshToken=rt_/)
    expect(jar.cookie).not.toBe(before)
  })

  it('that is expired again right after is not refreshed in a loop', async () => {
    const token = world.issuer.mintRefreshToken({ token: { expiresInSeconds: -60 } })
    const { call, sent } = client({ refresh: { token } })

    await expect(call('/tunnels')).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
    expect(sent).toEqual(['/tunnels', '/auth/token/refresh', '/tunnels'])
  })

  it('is not refreshed for a token that is refused for another reason', async () => {
    const { call, refreshes } = client({ token: 'nonsense', refresh: { token: 'rt_12345678' } })

    await expect(call('/tunnels')).rejects.toMatchObject({ code: 'INVALID_TOKEN_FORMAT' })
    expect(refreshes()).toBe(0)
  })
})

describe('a refresh that fails', () => {
  it.each([
    ['refused', { fails: 'accessDenied' } as const, 'TOKEN_REFRESH_FAILED'],
    ['lost', { fails: 'down' } as const, 'TOKEN_REFRESH_ERROR'],
  ])('because it is %s fails all calls with its own error, once', async (_, options, code) => {
    const token = world.issuer.mintRefreshToken({ ...options, delayMs: 300 })
    const { call, refreshes } = client({ refresh: { token } })

    const reasons = await reasonsOf(Array.from({ length: 10 }, () => call('/tunnels')))

    const [first] = reasons
    expect(first).toBeInstanceOf(ApiError)
    expect(first).toMatchObject({ code, status: 401 })
    expect(reasons.map((reason) => reason === first)).toEqual(Array(10).fill(true))
    expect(refreshes()).toBe(1)
  })

  it('fails also those who hear of their expired token only afterwards', async () => {
    const token = world.issuer.mintRefreshToken({ fails: 'down' })
    const held: (() => void)[] = []
    let refreshes = 0
    const call = createClient({
      baseUrl: gateway.url,
      token: expired,
      refresh: { token },
      async fetch(input, init) {
        if (String(input).endsWith('/refresh')) refreshes += 1
        const response = await fetch(input, init)
        if (String(input).endsWith('/late')) await new Promise<void>((go) => held.push(go))
        return response
      },
    })
    const late = reasonsOf([call('/tunnels/late')])
    await expect.poll(() => held.length).toBe(1)
    const [early] = await reasonsOf([call('/tunnels')])
    held[0]?.()

    expect(await late).toEqual([early])
    expect(refreshes).toBe(1)

    const [anew] = await reasonsOf([call('/tunnels')])

    expect(anew).toMatchObject({ code: 'TOKEN_REFRESH_ERROR' })
    expect(anew).not.toBe(early)
    expect(refreshes).toBe(2)
  })

  it('because there is no token fails as the gateway says', async () => {
    const { call } = client({ refresh: {} })

    await expect(call('/tunnels')).rejects.toMatchObject({ code: 'MISSING_REFRESH_TOKEN' })
  })

  it('because its owner cannot keep the tokens fails with that, and loses nothing', async () => {
    const renewed = () => Promise.reject(new Error('disk full'))
    const { call, refreshes } = client({
      refresh: { token: world.issuer.mintRefreshToken(), renewed },
    })

    await expect(call('/tunnels')).rejects.toThrow('disk full')
    expect(status(await call('/tunnels'))).toBe(200)
    expect(refreshes()).toBe(1)
  })
})

describe('a refresh that others depend on', () => {
  it('goes on when the one who began it leaves', async () => {
    const token = world.issuer.mintRefreshToken({ delayMs: 500 })
    const { call, refreshes } = client({ refresh: { token } })
    const leaving = new AbortController()
    const first = reasonsOf([call('/tunnels', { signal: leaving.signal })])
    await expect.poll(() => callsWith(token).length).toBe(1)
    const second = call('/tunnels')
    leaving.abort(new Error('never mind'))

    expect(await first).toEqual([new Error('never mind')])
    expect(status(await second)).toBe(200)
    expect(refreshes()).toBe(1)
  })

  it('is not lost when all have left: its answer holds the only good refresh token', async () => {
    const told: RefreshedTokens[] = []
    const token = world.issuer.mintRefreshToken({ delayMs: 1_500 })
    const { call } = client({ refresh: { token, renewed: (tokens) => told.push(tokens) } })

    const leaving = new AbortController()
    const only = reasonsOf([call('/tunnels', { signal: leaving.signal })])
    await expect.poll(() => callsWith(token).length).toBe(1)
    leaving.abort(new Error('never mind'))

    expect(await only).toEqual([new Error('never mind')])
    expect(told).toEqual([])
    await expect.poll(() => told.length).toBe(1)
    expect(status(await call('/tunnels'))).toBe(200)
    expect(callsWith(token).length).toBe(1)
  })
})
