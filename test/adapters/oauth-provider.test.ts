import { describe, expect, inject, it } from 'vitest'
import { oauthProvider } from '../../src/adapters/oauth-provider.ts'
import { outcomeOf } from '../../src/adapters/provider-answer.ts'

const { issuer, audience } = inject('outside')

const ENDPOINT = {
  url: `${issuer}oauth/token`,
  clientId: 'local-gateway',
  clientSecret: 'local-gateway-secret',
}

/** A refresh token of the real issuer, which fails as it is told to. */
async function mint(options: object = {}): Promise<string> {
  const response = await fetch(`${issuer}dev/refresh-tokens`, {
    method: 'POST',
    body: JSON.stringify(options),
  })
  const { refreshToken } = await response.json<{ refreshToken: string }>()
  return refreshToken
}

function provider(changes: object = {}, timeoutMs = 5_000) {
  const records: Readonly<Record<string, unknown>>[] = []
  const log = { write: (record: Readonly<Record<string, unknown>>) => void records.push(record) }
  const ask = oauthProvider(
    { ...ENDPOINT, ...changes },
    { fetch: (...request: Parameters<typeof fetch>) => fetch(...request), log, timeoutMs },
  )
  return { ask, records }
}

function claimsOf(token: string) {
  const [, payload = ''] = token.split('.')
  return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
}

describe('the provider', () => {
  it('gives new tokens for the audience that was asked for', async () => {
    const refreshToken = await mint({ token: { subject: 'auth0|refreshed' } })

    const outcome = await provider({ audience }).ask(refreshToken)

    expect(outcome).toEqual({
      kind: 'refreshed',
      tokens: {
        accessToken: expect.any(String),
        expiresIn: 3600,
        refreshToken: expect.stringMatching(/^rt_/),
      },
    })
    const tokens = outcome.kind === 'refreshed' ? outcome.tokens : undefined
    expect(tokens?.refreshToken).not.toBe(refreshToken)
    expect(claimsOf(tokens?.accessToken ?? '')).toMatchObject({
      sub: 'auth0|refreshed',
      aud: audience,
    })
  })

  it('leaves us the token that it did not rotate', async () => {
    const refreshToken = await mint({ rotates: false })

    expect(await provider().ask(refreshToken)).toMatchObject({ tokens: { refreshToken } })
  })

  it('refuses a token that was used before, which is no news to an operator', async () => {
    const { ask, records } = provider()
    const refreshToken = await mint()

    const first = await ask(refreshToken)
    const second = await ask(refreshToken)

    expect(first.kind).toBe('refreshed')
    expect(second).toEqual({ kind: 'refused', cause: 'provider: invalid_grant' })
    expect(records).toEqual([])
  })

  it('refuses a token for a reason of its own', async () => {
    const outcome = await provider().ask(await mint({ fails: 'accessDenied' }))

    expect(outcome).toEqual({ kind: 'refused', cause: 'provider: access_denied' })
  })

  it.each([
    ['down', 'no answer'],
    ['cut', 'no answer'],
    ['error', 'status 500'],
    ['away', 'status 503'],
    ['redirect', 'status 307'],
    ['firewall', 'status 403'],
    ['html', 'no JSON object'],
    ['empty', 'no JSON object'],
    ['malformed', 'no JSON object'],
    ['list', 'no good access_token'],
    ['huge', 'the answer is too large'],
    ['noAccessToken', 'no good access_token'],
    ['numberForToken', 'no good access_token'],
    ['otherTokenType', 'no good token_type'],
  ])(
    'has failed, and may have used the token up, when it answers so: %s',
    async (fails, reason) => {
      const { ask, records } = provider()

      const outcome = await ask(await mint({ fails }))

      expect(outcome).toEqual({ kind: 'failed', cause: `provider: ${reason}` })
      expect(records).toEqual([{ event: 'provider.failed', reason: `provider: ${reason}` }])
    },
  )

  it.each([
    ['does not know us', { clientSecret: 'wrong' }, {}, 'invalid_client'],
    ['is told an unknown scope', {}, { fails: 'invalidScope' }, 'invalid_scope'],
    ['is asked too often', {}, { fails: 'tooMany' }, 'status 429'],
  ])('has left the token alone when it %s', async (_, changes, options, reason) => {
    const { ask, records } = provider(changes)

    const outcome = await ask(await mint(options))

    expect(outcome).toEqual({ kind: 'failed', cause: `provider: ${reason}`, untouched: true })
    expect(records).toEqual([{ event: 'provider.failed', reason: `provider: ${reason}` }])
  })

  it.each([
    ['that hangs', { fails: 'hang' }],
    ['that takes its time', { delayMs: 60_000 }],
  ])('is given up %s', async (_, options) => {
    const outcome = await provider({}, 200).ask(await mint(options))

    expect(outcome).toEqual({ kind: 'failed', cause: 'provider: late' })
  })

  it('is given up when its answer comes a byte at a time', async () => {
    const dripping = oauthProvider(ENDPOINT, {
      log: { write: () => undefined },
      timeoutMs: 200,
      fetch: async (_, init) =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode('{'))
              init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted')))
            },
          }),
        ),
    })

    expect(await dripping('rt_dripping')).toEqual({ kind: 'failed', cause: 'provider: late' })
  })
})

describe('what a provider says', () => {
  const good = { access_token: 'a', token_type: 'bearer' }

  it.each([
    ['the type in capitals', { ...good, token_type: 'BEARER' }, {}],
    ['no type', { access_token: 'a' }, {}],
    ['a lifetime in words', { ...good, expires_in: '3600' }, { expiresIn: 3600 }],
    ['a lifetime with a fraction', { ...good, expires_in: 59.9 }, { expiresIn: 59 }],
    ['a senseless lifetime', { ...good, expires_in: -1 }, {}],
    ['an endless lifetime', '{"access_token":"a","expires_in":1e999}', {}],
    ['a lifetime in prose', { ...good, expires_in: 'one hour' }, {}],
    ['an empty refresh token', { ...good, refresh_token: '' }, {}],
    ['null for a refresh token', { ...good, refresh_token: null }, {}],
  ])('is taken with %s', (_, body, lifetime) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)

    expect(outcomeOf(200, text, 'presented')).toEqual({
      kind: 'refreshed',
      tokens: { accessToken: 'a', refreshToken: 'presented', ...lifetime },
    })
  })

  it.each([
    ['an empty access token', { ...good, access_token: '' }, 'access_token'],
    ['a line in its access token', { ...good, access_token: 'a\nb' }, 'access_token'],
    ['a type that is none', { ...good, token_type: 7 }, 'token_type'],
    ['a number for a refresh token', { ...good, refresh_token: 7 }, 'refresh_token'],
    ['a line in its refresh token', { ...good, refresh_token: 'a\r\nb' }, 'refresh_token'],
  ])('is nonsense with %s', (_, body, field) => {
    expect(outcomeOf(200, JSON.stringify(body), 'presented')).toEqual({
      kind: 'failed',
      cause: `provider: no good ${field}`,
    })
  })

  it.each([
    [400, '{"error":"SECRET 123"}'],
    [400, '{"error":{"code":"invalid_grant"}}'],
    [401, 'invalid_grant'],
    [404, '{"error":"invalid_grant"}'],
    [201, '{"access_token":"SECRET","token_type":"Bearer"}'],
    [302, ''],
    [500, '{"error":"invalid_grant"}'],
  ])('is neither a refusal nor an answer: %i %s', (status, text) => {
    expect(outcomeOf(status, text, 'presented')).toEqual({
      kind: 'failed',
      cause: `provider: status ${status}`,
    })
  })

  it.each(['server_error', 'temporarily_unavailable'])('is a failure by its word: %s', (error) => {
    expect(outcomeOf(400, JSON.stringify({ error }), 'presented')).toEqual({
      kind: 'failed',
      cause: `provider: ${error}`,
    })
  })
})
