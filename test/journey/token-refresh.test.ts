import { describe, expect, it } from 'vitest'
import type { RefreshOutcome } from '../../src/ports.ts'
import { testGateway } from '../support/gateway.ts'

const OLD = 'v1.old-refresh-token'
const NEW = 'v1.new-refresh-token'
const ACCESS = 'new-access-token'

const ENDPOINT = {
  TOKEN_ENDPOINT: 'https://issuer.test/oauth/token',
  TOKEN_CLIENT_ID: 'gateway',
  TOKEN_CLIENT_SECRET: 'client-secret',
  CORS_ORIGINS: 'https://app.example.com',
}

const REFRESHED: RefreshOutcome = {
  kind: 'refreshed',
  tokens: { accessToken: ACCESS, refreshToken: NEW, expiresIn: 3600 },
}

/** A gateway whose provider always answers the same, and what it was asked with. */
async function refreshingGateway(outcome: RefreshOutcome = REFRESHED, settings = {}) {
  const asked: string[] = []
  const gateway = await testGateway({
    settings: { ...ENDPOINT, ...settings },
    tokenProvider: {
      async refresh(refreshToken) {
        asked.push(refreshToken)
        return outcome
      },
    },
  })
  return {
    ...gateway,
    asked,
    refresh: (body: unknown, headers = {}, path = '/auth/token/refresh') =>
      gateway.ask(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    /** As a page sends it: its cookie, its origin and no body. */
    refreshByCookie: (cookie: string, headers: Readonly<Record<string, string>> = {}) =>
      gateway.ask('/auth/token/refresh', {
        method: 'POST',
        headers: { Cookie: cookie, Origin: 'https://app.example.com', ...headers },
      }),
  }
}

describe('the refresh of a token', () => {
  it.each(['/auth/token/refresh', '/api/auth/token/refresh'])(
    'answers new tokens at %s, and nobody may keep them',
    async (path) => {
      const gateway = await refreshingGateway()

      const answer = await gateway.refresh({ refreshToken: OLD }, {}, path)

      expect(answer.status).toBe(200)
      expect(JSON.parse(answer.text)).toEqual({
        accessToken: ACCESS,
        tokenType: 'Bearer',
        expiresIn: 3600,
        refreshToken: NEW,
      })
      expect(answer.headers.get('Cache-Control')).toBe('no-store')
      expect(answer.headers.get('Set-Cookie')).toBeNull()
      expect(gateway.asked).toEqual([OLD])
      expect(gateway.received).toEqual([])
    },
  )

  it('is there whatever table of routes stands in place of the built-in one', async () => {
    const gateway = await refreshingGateway(REFRESHED, { ROUTES: '[]' })

    expect((await gateway.refresh({ refreshToken: OLD })).status).toBe(200)
  })

  it('gets through with the expired token that makes it necessary', async () => {
    const gateway = await refreshingGateway()
    const expired = await gateway.mint({ claims: { exp: 1 } })

    const answer = await gateway.refresh(
      { refreshToken: OLD },
      { Authorization: `Bearer ${expired}` },
    )

    expect(answer.status).toBe(200)
  })

  it('leaves out what the provider did not say', async () => {
    const gateway = await refreshingGateway({
      kind: 'refreshed',
      tokens: { accessToken: ACCESS, refreshToken: OLD },
    })

    expect(JSON.parse((await gateway.refresh({ refreshToken: OLD })).text)).toEqual({
      accessToken: ACCESS,
      tokenType: 'Bearer',
      refreshToken: OLD,
    })
  })

  it.each([
    [{ kind: 'refused', cause: 'provider: invalid_grant' }, 401, 'TOKEN_REFRESH_FAILED'],
    [{ kind: 'failed', cause: 'provider: late' }, 401, 'TOKEN_REFRESH_ERROR'],
  ] as const)('says in one code what became of it: %o', async (outcome, status, code) => {
    const gateway = await refreshingGateway(outcome)

    const answer = await gateway.refresh({ refreshToken: OLD })

    expect(answer.status).toBe(status)
    expect(answer.error.code).toBe(code)
    expect(answer.error.details).toBeUndefined()
    expect(gateway.records.at(-1)).toMatchObject({ code, cause: outcome.cause })
  })

  it('is safe to repeat when the store was away and nobody was asked', async () => {
    const gateway = await refreshingGateway({ kind: 'unshared' })

    const answer = await gateway.refresh({ refreshToken: OLD })

    expect(answer.status).toBe(503)
    expect(answer.error.code).toBe('CACHE_UNAVAILABLE')
    expect(answer.headers.get('Retry-After')).toBe('5')
  })

  it.each([
    ['an empty body', '', 'MISSING_REFRESH_TOKEN'],
    ['an empty object', {}, 'MISSING_REFRESH_TOKEN'],
    ['a list', [], 'MISSING_REFRESH_TOKEN'],
    ['null', null, 'MISSING_REFRESH_TOKEN'],
    ['text', '"v1.old-refresh-token"', 'MISSING_REFRESH_TOKEN'],
    ['null for a token', { refreshToken: null }, 'MISSING_REFRESH_TOKEN'],
    ['nothing for a token', { refreshToken: '' }, 'MISSING_REFRESH_TOKEN'],
    ['a number for a token', { refreshToken: 12345678 }, 'INVALID_REFRESH_TOKEN'],
    ['a list for a token', { refreshToken: [OLD] }, 'INVALID_REFRESH_TOKEN'],
    ['a token that anyone could guess', { refreshToken: 'short' }, 'INVALID_REFRESH_TOKEN'],
    ['a token that never ends', { refreshToken: 'x'.repeat(4_097) }, 'INVALID_REFRESH_TOKEN'],
    ['a token with a space', { refreshToken: 'two parts' }, 'INVALID_REFRESH_TOKEN'],
    ['a token in another alphabet', { refreshToken: 'ключ-доступа' }, 'INVALID_REFRESH_TOKEN'],
    ['a token with a line', { refreshToken: `${OLD}\r\nX: y` }, 'INVALID_REFRESH_TOKEN'],
    ['broken JSON', '{"refreshToken":', 'INVALID_JSON'],
    ['a body without end', { padding: 'x'.repeat(20_000) }, 'VALIDATION_ERROR'],
  ])('is refused before the provider hears of %s', async (_, body, code) => {
    const gateway = await refreshingGateway()

    const answer = await gateway.refresh(body)

    expect(answer.error.code).toBe(code)
    expect(gateway.asked).toEqual([])
  })

  it.each([undefined, 'text/plain', 'application/x-www-form-urlencoded'])(
    'takes no body but JSON: %s',
    async (type) => {
      const gateway = await refreshingGateway()

      const answer = await gateway.ask('/auth/token/refresh', {
        method: 'POST',
        headers: type ? { 'Content-Type': type } : {},
        body: new TextEncoder().encode(JSON.stringify({ refreshToken: OLD })),
      })

      expect(answer.error.code).toBe('VALIDATION_ERROR')
      expect(gateway.asked).toEqual([])
    },
  )

  it('takes a token as long as a cookie may be', async () => {
    const gateway = await refreshingGateway()

    expect((await gateway.refresh({ refreshToken: 'x'.repeat(4_096) })).status).toBe(200)
  })

  it('is a POST alone', async () => {
    const gateway = await refreshingGateway()

    const answer = await gateway.get('/auth/token/refresh', {
      headers: { Cookie: `refreshToken=${OLD}` },
    })

    expect(answer.error.code).toBe('NOT_FOUND')
    expect(answer.headers.get('Allow')).toBe('POST')
  })

  it('leaves neither token in any record', async () => {
    const gateway = await refreshingGateway()
    await gateway.refresh({ refreshToken: OLD })
    await gateway.refreshByCookie(`refreshToken=${OLD}`)

    const log = JSON.stringify(gateway.records)

    expect(log).toContain('/auth/token/refresh')
    expect(log).not.toMatch(new RegExp(`${OLD}|${NEW}|${ACCESS}|client-secret`))
  })
})

describe('a refresh token in a cookie', () => {
  it('is used where the body has none, and renewed out of every script’s reach', async () => {
    const gateway = await refreshingGateway()

    const answer = await gateway.refreshByCookie(`theme=dark; refreshToken=${OLD}; lang=en`)

    expect(answer.status).toBe(200)
    expect(gateway.asked).toEqual([OLD])
    expect(answer.headers.get('Set-Cookie')).toBe(
      `refreshToken=${NEW}; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict`,
    )
    expect(JSON.parse(answer.text)).toEqual({
      accessToken: ACCESS,
      tokenType: 'Bearer',
      expiresIn: 3600,
    })
  })

  it.each([
    ['no body and no type', undefined, undefined],
    ['no body of type JSON', 'application/json', undefined],
    ['an empty object', 'application/json; charset=utf-8', '{}'],
    ['nothing for a token', 'application/json', '{"refreshToken":""}'],
  ])('is used beside %s', async (_, type, body) => {
    const gateway = await refreshingGateway()

    const answer = await gateway.ask('/auth/token/refresh', {
      method: 'POST',
      headers: { Cookie: `refreshToken=${OLD}`, ...(type && { 'Content-Type': type }) },
      ...(body && { body }),
    })

    expect(answer.status).toBe(200)
    expect(gateway.asked).toEqual([OLD])
  })

  it('yields to the one in the body, and is then not renewed', async () => {
    const gateway = await refreshingGateway()

    const answer = await gateway.refresh(
      { refreshToken: OLD },
      { Cookie: 'refreshToken=another-token', Origin: 'https://evil.example' },
    )

    expect(gateway.asked).toEqual([OLD])
    expect(answer.headers.get('Set-Cookie')).toBeNull()
  })

  it('does not hide a bad one in the body', async () => {
    const gateway = await refreshingGateway()

    const answer = await gateway.refresh({ refreshToken: 7 }, { Cookie: `refreshToken=${OLD}` })

    expect(answer.error.code).toBe('INVALID_REFRESH_TOKEN')
  })

  it.each([
    ['percent-encoded', 'refreshToken=a%2Fb%3Dc%3Bd12', 'a/b=c;d12'],
    ['in quotes', `refreshToken="${OLD}"`, OLD],
    ['with a percent sign of its own', 'refreshToken=100%-token', '100%-token'],
    ['said twice', `refreshToken=${OLD}; refreshToken=${OLD}`, OLD],
  ])('is read %s', async (_, cookie, token) => {
    const gateway = await refreshingGateway()

    await gateway.refreshByCookie(cookie)

    expect(gateway.asked).toEqual([token])
  })

  it('cannot say anything else in the header that renews it', async () => {
    const gateway = await refreshingGateway({
      kind: 'refreshed',
      tokens: { accessToken: ACCESS, refreshToken: 'new; Domain=evil.example, x=y "' },
    })

    const answer = await gateway.refreshByCookie(`refreshToken=${OLD}`)

    expect(answer.headers.get('Set-Cookie')).toMatch(
      /^refreshToken=new%3B%20Domain%3Devil\.example%2C%20x%3Dy%20%22; Path=\/; /,
    )
  })

  it.each([
    ['two that differ', `refreshToken=${OLD}; refreshToken=planted-token`, 'INVALID_REFRESH_TOKEN'],
    ['an impossible one', 'refreshToken=short', 'INVALID_REFRESH_TOKEN'],
    ['an empty one', 'refreshToken=', 'MISSING_REFRESH_TOKEN'],
    ['another name', `xrefreshToken=${OLD}; refreshTokens=${OLD}`, 'MISSING_REFRESH_TOKEN'],
  ])('is refused before the provider hears of it: %s', async (_, cookie, code) => {
    const gateway = await refreshingGateway()

    const answer = await gateway.refreshByCookie(cookie)

    expect(answer.error.code).toBe(code)
    expect(gateway.asked).toEqual([])
  })

  it.each([
    ['another site', { Origin: 'https://evil.example' }],
    ['a name that only begins alike', { Origin: 'https://app.example.com.evil.example' }],
    ['nowhere', { Origin: 'null' }],
    ['another scheme of our own host', { Origin: 'http://gateway.test' }],
    ['another site that says only so much', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a neighbouring host', { 'Sec-Fetch-Site': 'same-site' }],
  ])('is not taken from a page of %s', async (_, headers) => {
    const gateway = await refreshingGateway()

    const answer = await gateway.ask('/auth/token/refresh', {
      method: 'POST',
      headers: { Cookie: `refreshToken=${OLD}`, ...headers },
    })

    expect(answer.status).toBe(401)
    expect(answer.error.code).toBe('MISSING_REFRESH_TOKEN')
    expect(answer.headers.get('Set-Cookie')).toBeNull()
    expect(gateway.asked).toEqual([])
    expect(gateway.records.at(-1)).toMatchObject({ cause: 'cookie of a foreign page' })
  })

  it.each([
    ['an allowed origin', { Origin: 'https://app.example.com', 'Sec-Fetch-Site': 'cross-site' }],
    ['our own origin', { Origin: 'https://gateway.test' }],
    ['our own origin that says only so much', { 'Sec-Fetch-Site': 'same-origin' }],
    ['no browser', {}],
  ])('is taken from a page of %s', async (_, headers) => {
    const gateway = await refreshingGateway()

    const answer = await gateway.ask('/auth/token/refresh', {
      method: 'POST',
      headers: { Cookie: `refreshToken=${OLD}`, ...headers },
    })

    expect(answer.status).toBe(200)
  })

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
    'is not taken beside what a form can send: %s',
    async (type) => {
      const gateway = await refreshingGateway()

      const answer = await gateway.ask('/auth/token/refresh', {
        method: 'POST',
        headers: { Cookie: `refreshToken=${OLD}`, 'Content-Type': type },
      })

      expect(answer.error.code).toBe('VALIDATION_ERROR')
      expect(gateway.asked).toEqual([])
    },
  )
})
