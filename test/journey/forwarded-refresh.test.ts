import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

const OLD = 'v1.old-refresh-token'
const SECRET_TEXT = 'relation refresh_tokens does not exist'

describe('without a token endpoint of its own, the gateway forwards a refresh', () => {
  async function forwarded(upstream: () => Response) {
    const gateway = await testGateway({ upstream })
    return gateway.ask('/auth/token/refresh', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refreshToken: OLD }),
    })
  }

  it('with its body, and passes the answer as it is', async () => {
    const gateway = await testGateway({
      upstream: async (request) => new Response(await request.text()),
    })

    const answer = await gateway.ask('/api/auth/token/refresh', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: `{"refreshToken":"${OLD}"}`,
    })

    expect(answer.text).toBe(`{"refreshToken":"${OLD}"}`)
  })

  it.each([
    [400, { error: 'Use the SDK', code: 'USE_AUTH_PROVIDER_SDK' }, 'TOKEN_REFRESH_FAILED'],
    [400, { error: 'Bad request', code: 'INVALID_REQUEST' }, 'TOKEN_REFRESH_FAILED'],
    [400, { code: 'MISSING_REFRESH_TOKEN' }, 'MISSING_REFRESH_TOKEN'],
    [400, { code: 'REFRESH_TOKEN_REQUIRED' }, 'MISSING_REFRESH_TOKEN'],
    [401, { error: { code: 'NO_TOKEN' } }, 'MISSING_REFRESH_TOKEN'],
    [401, { code: 'INVALID_REFRESH_TOKEN' }, 'INVALID_REFRESH_TOKEN'],
    [400, { code: 'INVALID_JSON' }, 'INVALID_JSON'],
    [401, { code: 'TOKEN_REFRESH_FAILED' }, 'TOKEN_REFRESH_FAILED'],
    [401, { code: 'TOKEN_REFRESH_ERROR' }, 'TOKEN_REFRESH_ERROR'],
    [401, { code: 'TOKEN_EXPIRED' }, 'TOKEN_REFRESH_FAILED'],
    [401, { code: 'SESSION_REVOKED' }, 'TOKEN_REFRESH_FAILED'],
    [401, { error: 'invalid_grant' }, 'TOKEN_REFRESH_FAILED'],
    [401, {}, 'TOKEN_REFRESH_FAILED'],
    [403, { code: 'FORBIDDEN' }, 'TOKEN_REFRESH_FAILED'],
    [404, {}, 'NOT_FOUND'],
    [429, { code: 'TOKEN_REFRESH_FAILED' }, 'RATE_LIMIT_EXCEEDED'],
    [500, { error: SECRET_TEXT }, 'TOKEN_REFRESH_ERROR'],
    [500, { code: 'TOKEN_REFRESH_FAILED' }, 'TOKEN_REFRESH_ERROR'],
    [502, '<html>Bad gateway</html>', 'TOKEN_REFRESH_ERROR'],
    [503, { code: 'DATABASE_UNAVAILABLE' }, 'TOKEN_REFRESH_ERROR'],
    [504, {}, 'TOKEN_REFRESH_ERROR'],
    [521, '', 'TOKEN_REFRESH_ERROR'],
    [408, {}, 'TOKEN_REFRESH_ERROR'],
  ])('and tells the upstream’s %i %o as a failed refresh', async (status, body, code) => {
    const { error } = await forwarded(() => Response.json(body, { status }))

    expect(error.code).toBe(code)
    expect(error.details?.upstreamStatus).toBe(status)
  })

  it.each(['unreachable', 'lost', 'late'] as const)(
    'and tells an upstream that is %s as a failed refresh',
    async (kind) => {
      const gateway = await testGateway({ upstream: () => ({ kind }) })

      const answer = await gateway.ask('/auth/token/refresh', { method: 'POST' })

      expect(answer.error.code).toBe('TOKEN_REFRESH_ERROR')
      expect(gateway.records.at(-1)).toMatchObject({ cause: `upstream ${kind}` })
    },
  )

  it('and tells an answer that is cut as a failed refresh', async () => {
    const { readable, writable } = new IdentityTransformStream()
    const gateway = await testGateway({
      upstream: () => new Response(readable, { headers: { 'Content-Type': 'application/json' } }),
    })
    const writer = writable.getWriter()
    writer.write(new TextEncoder().encode('{"accessToken":"')).catch(() => undefined)
    writer.abort(new Error('reset')).catch(() => undefined)

    const { error } = await gateway.ask('/auth/token/refresh', { method: 'POST' })

    expect(error.code).toBe('TOKEN_REFRESH_ERROR')
    expect(gateway.records.at(-1)).toMatchObject({ cause: 'upstream cut' })
  })

  it.each([
    ['a sentence', { error: SECRET_TEXT, details: SECRET_TEXT }],
    [
      'an envelope',
      {
        error: {
          code: 'TOKEN_REFRESH_ERROR',
          message: SECRET_TEXT,
          suggestion: SECRET_TEXT,
          details: { cause: SECRET_TEXT },
        },
      },
    ],
  ])('without a word of a 5xx, be it in %s', async (_, body) => {
    const answer = await forwarded(() => Response.json(body, { status: 500 }))

    expect(answer.error.code).toBe('TOKEN_REFRESH_ERROR')
    expect(answer.error.suggestion).toBe('Retry or re-authenticate')
    expect(answer.text).not.toContain(SECRET_TEXT)
  })

  it('and leaves the token out of the log though the upstream repeats it', async () => {
    const gateway = await testGateway({
      upstream: () => Response.json({ message: `Unknown token ${OLD}` }, { status: 401 }),
    })

    const answer = await gateway.ask('/auth/token/refresh', { method: 'POST' })

    expect(answer.headers.get('X-Gateway-Error-Source')).toBe('upstream')
    expect(gateway.records.at(-1)).toMatchObject({ code: 'TOKEN_REFRESH_FAILED' })
    expect(JSON.stringify(gateway.records)).not.toContain(OLD)
  })

  it('and takes a 401 for one of the refresh token, whoever is signed in', async () => {
    const gateway = await testGateway({ upstream: () => Response.json({}, { status: 401 }) })

    const answer = await gateway.ask('/auth/token/refresh', {
      method: 'POST',
      token: await gateway.mint(),
    })

    expect(answer.error.code).toBe('TOKEN_REFRESH_FAILED')
  })

  it('by a row of ROUTES as well', async () => {
    const row = { path: '/session/renew', access: 'public', credential: 'refreshToken' }
    const gateway = await testGateway({
      settings: { ROUTES: JSON.stringify([row]) },
      upstream: () => Response.json({}, { status: 401 }),
    })

    const answer = await gateway.ask('/session/renew', { method: 'POST' })

    expect(answer.error.code).toBe('TOKEN_REFRESH_FAILED')
  })
})
