import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { openWorld, type World } from './world.ts'

const ISOLATES = 4

let world: World
let isolates: ServedWorker[]
beforeAll(async () => {
  world = await openWorld()
  const { issuer } = world
  isolates = await Promise.all(
    Array.from({ length: ISOLATES }, () =>
      world.another({
        TOKEN_ENDPOINT: issuer.tokenEndpoint,
        TOKEN_CLIENT_ID: issuer.clientId,
        TOKEN_CLIENT_SECRET: issuer.clientSecret,
        CORS_ORIGINS: 'https://app.example.com',
        LIMITS: '{"routes":{"token":{"900":10000}}}',
      }),
    ),
  )
})
afterAll(() => world.stop())

function refresh(refreshToken: string, isolate = 0, init: RequestInit = {}) {
  return fetch(`${isolates[isolate % ISOLATES]?.url}/auth/token/refresh`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ refreshToken }),
    ...init,
  })
}

const callsWith = (refreshToken: string) =>
  world.issuer.exchanges.filter((exchange) => exchange.refreshToken === refreshToken)

async function codeOf(response: Response): Promise<string> {
  const { error } = { error: { code: '' }, ...Object(await response.json()) }
  return error.code
}

describe('a refresh token at a provider that ends every session whose token comes twice', () => {
  it('is exchanged once for 50 clients of four isolates, who all hear the same', async () => {
    const old = world.issuer.mintRefreshToken({
      token: { subject: 'auth0|fifty' },
      delayMs: 200,
    })

    const responses = await Promise.all(Array.from({ length: 50 }, (_, i) => refresh(old, i)))
    const answers = new Set(await Promise.all(responses.map((response) => response.text())))

    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(callsWith(old)).toEqual([{ refreshToken: old, audience: world.issuer.audience }])
    expect(answers.size).toBe(1)
    const [answer = ''] = answers
    const tokens = JSON.parse(answer)
    expect(tokens).toEqual({
      accessToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 3600,
      refreshToken: expect.stringMatching(/^rt_/),
    })
    expect(decodeJwt(tokens.accessToken)).toMatchObject({ sub: 'auth0|fifty' })

    const next = await refresh(tokens.refreshToken, 1)

    expect(next.status).toBe(200)
    expect(await next.json()).not.toEqual(tokens)
  })

  it('gives an access token that opens what it should', async () => {
    const response = await refresh(world.issuer.mintRefreshToken())
    const { accessToken } = { accessToken: '', ...Object(await response.json()) }

    const tunnels = await fetch(`${isolates[2]?.url}/tunnels`, {
      headers: { Authorization: `Bearer ${accessToken}` },
    })

    expect(tunnels.status).toBe(200)
  })

  it('is exchanged for those who stay when the one who came first leaves', async () => {
    const old = world.issuer.mintRefreshToken({ delayMs: 500 })
    const leaving = new AbortController()
    const left = refresh(old, 0, { signal: leaving.signal }).catch(() => 'left')
    await expect.poll(() => callsWith(old)).toHaveLength(1)
    leaving.abort()

    const responses = await Promise.all([refresh(old, 0), refresh(old, 1), refresh(old, 2)])

    expect(await left).toBe('left')
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(callsWith(old)).toHaveLength(1)
  })

  it('is refused once for all when it was used long ago', async () => {
    const old = world.issuer.mintRefreshToken()
    const elsewhere = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: world.issuer.clientId,
      client_secret: world.issuer.clientSecret,
      refresh_token: old,
    })
    await fetch(world.issuer.tokenEndpoint, { method: 'POST', body: elsewhere })

    const responses = await Promise.all(Array.from({ length: 8 }, (_, i) => refresh(old, i)))

    expect(await Promise.all(responses.map(codeOf))).toEqual(Array(8).fill('TOKEN_REFRESH_FAILED'))
    expect(callsWith(old)).toHaveLength(2)
  })

  it.each([
    'down',
    'cut',
    'error',
    'html',
    'huge',
    'redirect',
    'firewall',
    'noAccessToken',
  ] as const)('is asked for once when the provider fails so: %s', async (fails) => {
    const old = world.issuer.mintRefreshToken({ fails })

    const responses = await Promise.all(Array.from({ length: 8 }, (_, i) => refresh(old, i)))

    expect(await Promise.all(responses.map(codeOf))).toEqual(Array(8).fill('TOKEN_REFRESH_ERROR'))
    expect(callsWith(old)).toHaveLength(1)
  })

  it('is renewed as the cookie that it came as', async () => {
    const old = world.issuer.mintRefreshToken()

    const response = await refresh(old, 0, {
      headers: { Cookie: `refreshToken=${old}`, Origin: 'https://app.example.com' },
      body: null,
    })

    expect(response.status).toBe(200)
    expect(response.headers.get('Set-Cookie')).toMatch(
      /^refreshToken=rt_[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBe('true')
    expect(await response.json()).not.toHaveProperty('refreshToken')
  })

  it('stands in no log, nor does the secret, nor what came of them', async () => {
    const old = world.issuer.mintRefreshToken()
    const tokens = Object(await (await refresh(old, 3)).json())
    await refresh(world.issuer.mintRefreshToken({ fails: 'tooMany' }), 3)
    await expect.poll(() => isolates[3]?.log()).toContain('status 429')

    const log = isolates.map((isolate) => isolate.log()).join('\n')

    expect(log).toContain('"event":"provider.failed"')
    expect(log).toContain('"route":"/auth/token/refresh"')
    expect(log).not.toContain(world.issuer.clientSecret)
    expect(log).not.toMatch(/rt_|eyJ|Global limit|error_description|doctype/)
    expect(log).not.toContain(tokens.refreshToken)
    expect(log).not.toMatch(/uncaught/i)
  })
})

describe('without a token endpoint of its own', () => {
  it('the gateway forwards a refresh and tells the upstream’s failure as one', async () => {
    const gateway = await world.another({
      ROUTES: '[{"path":"/demo/*","access":"public","credential":"refreshToken"}]',
    })

    const response = await fetch(`${gateway.url}/demo/status/401`, { method: 'POST' })

    expect(response.status).toBe(401)
    expect(await codeOf(response)).toBe('TOKEN_REFRESH_FAILED')
  })
})
