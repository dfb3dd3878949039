import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LocalIssuer, startIssuer } from '../../scripts/issuer.ts'

let issuer: LocalIssuer
beforeEach(async () => {
  issuer = await startIssuer()
})
afterEach(() => issuer.stop())

const audience = 'https://api.cloudtolocalllm.online'

async function publishedKeys(): Promise<{ keys: JWK[] }> {
  const answer = await fetch(issuer.jwksUrl)
  return { keys: [], ...(await answer.json()) }
}

/** Reads the token as a resource server would: with what the issuer publishes now. */
async function verify(token: string) {
  const keys = createLocalJWKSet(await publishedKeys())
  return jwtVerify(token, keys, { issuer: issuer.issuer, audience })
}

describe('tokens', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)('verify against the key set: %s', async (alg) => {
    const { payload, protectedHeader } = await verify(
      await issuer.mint({ alg, subject: 'auth0|a' }),
    )

    expect(payload.sub).toBe('auth0|a')
    expect(protectedHeader).toMatchObject({ alg, typ: 'JWT' })
  })

  it('carry tier, roles and permissions where the tenant puts them', async () => {
    const token = await issuer.mint({
      tier: 'premium',
      roles: ['admin'],
      permissions: ['view_users'],
    })

    expect(decodeJwt(token)).toMatchObject({
      iss: issuer.issuer,
      aud: audience,
      'https://cloudtolocalllm.com/tier': 'premium',
      'https://cloudtolocalllm.online/roles': ['admin'],
      permissions: ['view_users'],
    })
  })

  it('say only what they are asked to say', async () => {
    expect(Object.keys(decodeJwt(await issuer.mint())).sort()).toEqual([
      'aud',
      'exp',
      'iat',
      'iss',
      'jti',
      'sub',
    ])
  })

  it('count their lifetime from their issue', async () => {
    const token = await issuer.mint({ issuedAt: 1_000_000, notBefore: 999, expiresInSeconds: -5 })

    expect(decodeJwt(token)).toMatchObject({ iat: 1_000_000, nbf: 999, exp: 999_995 })
  })

  it('leave out a claim that is undefined and take any other', async () => {
    const claims = decodeJwt(await issuer.mint({ claims: { exp: undefined, plan: 'gold' } }))

    expect(claims).not.toHaveProperty('exp')
    expect(claims.plan).toBe('gold')
  })

  it('name another key or type when asked to', async () => {
    const token = await issuer.mint({ kid: 'nobody', typ: 'at+jwt', audience: ['a', 'b'] })

    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', kid: 'nobody', typ: 'at+jwt' })
    expect(decodeJwt(token).aud).toEqual(['a', 'b'])
  })

  it('are refused when signed with the public key for a secret', async () => {
    const token = await issuer.mint({ alg: 'HS256' })

    expect(decodeProtectedHeader(token).alg).toBe('HS256')
    await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_JOSE_NOT_SUPPORTED' })
  })

  it('are unsigned with alg none', async () => {
    expect(await issuer.mint({ alg: 'none' })).toMatch(/^[\w-]+\.[\w-]+\.$/)
  })
})

describe('discovery', () => {
  it('names the issuer with its slash and the key set', async () => {
    const answer = await fetch(`${issuer.issuer}.well-known/openid-configuration`)

    expect(issuer.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await answer.json()).toMatchObject({
      issuer: issuer.issuer,
      jwks_uri: issuer.jwksUrl,
      token_endpoint: issuer.tokenEndpoint,
      id_token_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
    })
  })

  it('publishes no private part of a key', async () => {
    const { keys } = await publishedKeys()

    expect(keys.map(({ alg }) => alg)).toEqual(['RS256', 'ES256', 'EdDSA'])
    expect(keys.filter((key) => 'd' in key || 'p' in key)).toEqual([])
  })

  it('counts the fetches of the key set and nothing else', async () => {
    await fetch(issuer.jwksUrl)
    await fetch(`${issuer.issuer}.well-known/openid-configuration`)
    await fetch(issuer.jwksUrl)

    expect(issuer.requests).toBe(2)
  })
})

describe('rotation', () => {
  it('signs with new keys and lets the previous ones stand', async () => {
    const before = await issuer.mint()
    await issuer.rotate()
    const after = await issuer.mint()

    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid)
    await expect(verify(before)).resolves.toBeDefined()
    await expect(verify(after)).resolves.toBeDefined()
  })

  it('ends the keys before the last rotation when they are revoked', async () => {
    const before = await issuer.mint()
    await issuer.rotate()
    issuer.revokePrevious()

    await expect(verify(before)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' })
    await expect(verify(await issuer.mint())).resolves.toBeDefined()
  })

  it('ends the keys before the last but one by itself', async () => {
    const before = await issuer.mint()
    await issuer.rotate()
    await issuer.rotate()

    await expect(verify(before)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' })
  })
})

describe('failing', () => {
  it.each([
    ['error', 500, 'text/plain', 'upstream connect error'],
    ['html', 200, 'text/html; charset=utf-8', '<!doctype html><title>Maintenance</title>'],
    ['empty', 200, 'application/json; charset=utf-8', ''],
    ['malformed', 200, 'application/json; charset=utf-8', '{"keys":'],
    ['noKeys', 200, 'application/json; charset=utf-8', '{"keys":[]}'],
  ] as const)('answers as told: %s', async (mode, status, contentType, body) => {
    issuer.fail(mode)

    const answer = await fetch(issuer.jwksUrl)

    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe(contentType)
    expect(await answer.text()).toBe(body)
    expect(issuer.requests).toBe(1)
  })

  it('offers an RSA key that is too short to be used', async () => {
    issuer.fail('weakKey')

    await expect(verify(await issuer.mint({ kid: 'weak' }))).rejects.toThrow(/2048/)
  })

  it('sends elsewhere, without an answer', async () => {
    issuer.fail('redirect')

    const answer = await fetch(issuer.jwksUrl, { redirect: 'manual' })

    expect(answer.status).toBe(302)
    expect(answer.headers.get('location')).toBe('/.well-known/elsewhere.json')
  })

  it('answers ten megabytes, or byte by byte without an end', async () => {
    issuer.fail('huge')
    const huge = await (await fetch(issuer.jwksUrl)).text()
    issuer.fail('slow')
    const slow = (await fetch(issuer.jwksUrl)).body?.getReader()
    const bytes = [await slow?.read(), await slow?.read()]
    await slow?.cancel()

    expect(huge.length).toBeGreaterThan(10_000_000)
    expect(bytes.map((chunk) => chunk?.value?.length)).toEqual([1, 1])
  })

  it('offers keys that are there for other things', async () => {
    issuer.fail('unfitKeys')

    const { keys } = await publishedKeys()

    expect(keys.map(({ kid }) => kid)).toEqual(['symmetric', 'encryption', 'private'])
  })

  it('drops connections when down, and comes back', async () => {
    issuer.fail('down')
    await expect(fetch(issuer.jwksUrl)).rejects.toThrow('fetch failed')

    issuer.fail('none')
    await expect(verify(await issuer.mint())).resolves.toBeDefined()
  })

  it('never answers when hung, and still stops', async () => {
    issuer.fail('hang')
    const hung = fetch(issuer.jwksUrl).catch(() => 'dropped')
    const first = await Promise.race([hung, new Promise((done) => setTimeout(done, 150, 'silent'))])
    await issuer.stop()

    expect(first).toBe('silent')
    expect(await hung).toBe('dropped')
    await expect(fetch(issuer.jwksUrl)).rejects.toThrow('fetch failed')
  })
})

describe('POST /dev/tokens', () => {
  it('answers a token that says what was asked', async () => {
    const answer = await fetch(`${issuer.issuer}dev/tokens`, {
      method: 'POST',
      body: '{"tier":"enterprise","subject":"auth0|b"}',
    })
    const { token } = { token: '', ...(await answer.json()) }

    const { payload } = await verify(token)
    expect(payload.sub).toBe('auth0|b')
    expect(payload['https://cloudtolocalllm.com/tier']).toBe('enterprise')
  })

  it.each([
    ['an unknown field', '{"teir":"free"}', /teir/],
    ['an unknown tier', '{"tier":"gold"}', /tier: .*gold/],
    ['broken JSON', '{', /JSON/],
  ])('refuses %s', async (_, body, reason) => {
    const answer = await fetch(`${issuer.issuer}dev/tokens`, { method: 'POST', body })

    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({ error: expect.stringMatching(reason) })
  })
})

describe('POST /oauth/token', () => {
  function exchange(refreshToken: string, changes: Readonly<Record<string, string>> = {}) {
    return fetch(issuer.tokenEndpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: issuer.clientId,
        client_secret: issuer.clientSecret,
        refresh_token: refreshToken,
        ...changes,
      }),
    })
  }

  async function exchanged(refreshToken: string, changes = {}) {
    const answer = await exchange(refreshToken, changes)
    const body = await answer.json()
    return { access_token: '', refresh_token: '', ...Object(body) }
  }

  it('gives a token that verifies, and another refresh token', async () => {
    const refreshToken = issuer.mintRefreshToken({ token: { subject: 'auth0|c', tier: 'free' } })

    const body = await exchanged(refreshToken, { audience })

    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.any(String),
    })
    expect(body.refresh_token).not.toBe(refreshToken)
    expect((await verify(body.access_token)).payload.sub).toBe('auth0|c')
    expect(issuer.exchanges).toEqual([{ refreshToken, audience }])
  })

  it('ends the whole family when a token comes a second time', async () => {
    const first = issuer.mintRefreshToken()
    const { refresh_token: second } = await exchanged(first)

    const again = await exchange(first)
    const afterwards = await exchange(second)

    expect([again.status, afterwards.status]).toEqual([403, 403])
    expect(await afterwards.json()).toMatchObject({ error: 'invalid_grant' })
  })

  it('gives no other where it does not rotate', async () => {
    const refreshToken = issuer.mintRefreshToken({ rotates: false })

    expect((await exchanged(refreshToken)).refresh_token).toBe('')
    expect((await exchange(refreshToken)).status).toBe(200)
  })

  it.each([
    ['another client', { client_id: 'me' }, 401, 'invalid_client'],
    ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['an unknown token', { refresh_token: 'x' }, 403, 'invalid_grant'],
  ])('refuses %s', async (_, changes, status, error) => {
    const answer = await exchange(issuer.mintRefreshToken(), changes)

    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error })
  })

  it('fails as a token is told to', async () => {
    const answer = await exchange(issuer.mintRefreshToken({ fails: 'html' }))

    expect(answer.status).toBe(200)
    expect(await answer.text()).toMatch(/^<!doctype html>/)
  })

  it('is asked for its tokens over HTTP too', async () => {
    const ask = (body: string) =>
      fetch(`${issuer.issuer}dev/refresh-tokens`, { method: 'POST', body })

    const answer = await ask('{"token":{"subject":"auth0|d"}}')
    const { refreshToken } = { refreshToken: '', ...Object(await answer.json()) }

    expect(decodeJwt((await exchanged(refreshToken)).access_token).sub).toBe('auth0|d')
    expect((await ask('{"fails":"never"}')).status).toBe(400)
  })
})

async function run(script: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [script, ...args], { env })
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { out, err, code }
}

describe('mint-token', () => {
  const mintToken = (args: readonly string[], env?: Record<string, string>) =>
    run('scripts/mint-token.ts', args, env)

  it('prints one token of the running issuer', async () => {
    const flags = ['--tier', 'free', '--roles', 'admin,ops', '--expires-in', '-60']
    const { out, code } = await mintToken(flags, { JWT_ISSUER: issuer.issuer })
    const claims = decodeJwt(out.trim())

    expect(code).toBe(0)
    expect(claims).toMatchObject({
      iss: issuer.issuer,
      'https://cloudtolocalllm.com/tier': 'free',
      'https://cloudtolocalllm.online/roles': ['admin', 'ops'],
    })
    expect(Number(claims.exp) - Number(claims.iat)).toBe(-60)
  })

  it.each([
    ['an unknown option', ['--teir', 'free'], /^mint-token: Unknown option '--teir'\n$/],
    ['no issuer', [], /^mint-token: no issuer: .*\n$/],
    ['a dead issuer', ['--issuer', 'http://127.0.0.1:1'], /^mint-token: nobody answers at .*\n$/],
    ['a word for a number', ['--issuer', 'http://x', '--expires-in', 'soon'], /whole seconds.*\n$/],
  ])('says one line and exits 1 for %s', async (_, args, line) => {
    const { out, err, code } = await mintToken(args)

    expect({ out, code }).toEqual({ out: '', code: 1 })
    expect(err).toMatch(line)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it('prints a refresh token where one is asked for', async () => {
    const { out, code } = await mintToken(['--refresh', '--issuer', issuer.issuer])

    expect(code).toBe(0)
    expect(out).toMatch(/^rt_[\w-]{43}\n$/)
  })

  it('passes on why the issuer refused', async () => {
    const { err, code } = await mintToken(['--issuer', issuer.issuer, '--tier', 'gold'])

    expect(code).toBe(1)
    expect(err).toMatch(/^mint-token: tier: .*gold.*\n$/)
  })
})

describe('the issuer as a command', () => {
  it('says that its port is taken and exits 1', async () => {
    const { port } = new URL(issuer.issuer)
    const { err, code } = await run('scripts/issuer.ts', ['--port', port])

    expect({ err, code }).toEqual({
      err: `issuer: port ${port} on 127.0.0.1 is taken\n`,
      code: 1,
    })
  })

  it('prints one ready line and ends on SIGTERM', async () => {
    const child = spawn(process.execPath, ['scripts/issuer.ts'], { env: {} })
    const [line] = await once(child.stdout, 'data')
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')

    expect(String(line)).toMatch(/^issuer: ready at http:\/\/127\.0\.0\.1:\d+\/ for https:.*\n$/)
    expect(code).toBe(0)
  })
})
