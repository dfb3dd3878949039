import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { START, testGateway } from '../support/gateway.ts'
import { OTHER_KEY, RFC_KEY, RFC_THUMBPRINT } from '../support/own-keys.ts'

const KEYS = '/.well-known/gateway-jwks.json'
const SECONDS = START / 1000

function signingGateway(settings: Readonly<Record<string, string>> = {}) {
  return testGateway({
    settings: { GATEWAY_SIGNING_KEY: JSON.stringify(RFC_KEY), ...settings },
  })
}

type Gateway = Awaited<ReturnType<typeof testGateway>>

function assertionsOf({ received }: Gateway) {
  return received.map((request) => request.headers.get('X-Gateway-Assertion') ?? '')
}

/** As the upstream reads it, by what the gateway publishes. */
async function verified(gateway: Gateway) {
  const [assertion = ''] = assertionsOf(gateway)
  const keys = createLocalJWKSet(JSON.parse((await gateway.get(KEYS)).text))
  const { payload, protectedHeader } = await jwtVerify(assertion, keys, {
    currentDate: new Date(gateway.now()),
  })
  return { header: protectedHeader, claims: payload }
}

describe('the assertion to the upstream', () => {
  it('says for whom, for what and for how long the gateway speaks', async () => {
    const gateway = await signingGateway()
    const token = await gateway.mint({
      subject: 'auth0|zoë, 7%',
      tier: 'premium',
      roles: ['support'],
      permissions: ['read:own', 'write:own'],
    })
    await gateway.get('/api/tunnels?page=2', {
      token,
      headers: { 'X-Correlation-ID': 'client-id-1' },
    })

    const { header, claims } = await verified(gateway)

    expect(header).toEqual({ alg: 'EdDSA', typ: 'gateway+jwt', kid: RFC_THUMBPRINT })
    expect(claims).toEqual({
      iss: 'gateway:production',
      aud: 'https://upstream.test',
      iat: SECONDS,
      exp: SECONDS + 60,
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
      method: 'GET',
      // printf '/api/tunnels?page=2' | openssl dgst -sha256 -binary | basenc --base64url
      target: '1u8KYqbJ6kAiszceSGucjEIZYmEL3t7XXxwgTIGzEKY',
      correlationId: 'client-id-1',
      caller: 'user',
      sub: 'auth0|zoë, 7%',
      userIssuer: 'https://issuer.test/',
      tier: 'premium',
      roles: ['support'],
      permissions: ['read:own', 'write:own'],
    })
  })

  it('is of the target as it is sent: with the base path, without a token in the query', async () => {
    const gateway = await signingGateway({ UPSTREAM_URL: 'https://upstream.test:8443/base/' })
    const token = await gateway.mint()
    await gateway.get('/tunnels?access_token=x&a=%20b', { token })

    const { claims } = await verified(gateway)

    expect(gateway.received[0]?.url).toBe('https://upstream.test:8443/base/tunnels?a=%20b')
    expect(claims.aud).toBe('https://upstream.test:8443')
    // printf '/base/tunnels?a=%%20b' | …
    expect(claims.target).toBe('vnINqbSCZYkE85nqySujtCenOhJ0WbHFqkBse2zJpxc')
  })

  it('is for the upstream of its route alone', async () => {
    const gateway = await signingGateway({
      ROUTES: '[{"path":"/far/*","access":"public","upstream":"https://far.test/v2"}]',
    })
    await gateway.get('/far/away')

    expect((await verified(gateway)).claims.aud).toBe('https://far.test')
  })

  it.each([
    ['anonymous', '/health', {}, { caller: 'anonymous' }],
    [
      'anonymous, its token not believed',
      '/health',
      { Authorization: 'Bearer x' },
      { caller: 'anonymous' },
    ],
    [
      'an API key, by its hash',
      '/ollama/api/tags',
      { 'X-API-Key': 'ctll_12345678' },
      // printf ctll_12345678 | sha256sum
      {
        caller: 'key',
        keyHash: '8aca3c108183c7e393ef5f949201fe3d5471aa790b853183407ee54deb00d116',
      },
    ],
  ])('says that the caller is %s', async (_, path, headers, who) => {
    const gateway = await signingGateway()
    await gateway.get(path, { headers })

    const { iss, aud, iat, exp, jti, method, target, correlationId, ...said } = (
      await verified(gateway)
    ).claims

    expect(said).toEqual(who)
    expect([iss, aud, iat, exp, jti, method, target, correlationId]).not.toContain(undefined)
  })

  it('is another for each request', async () => {
    const gateway = await signingGateway()
    const headers = { 'X-Correlation-ID': 'always-the-same' }
    await gateway.get('/health', { headers })
    await gateway.get('/health', { headers })

    const ids = assertionsOf(gateway).map((assertion) => decodeJwt(assertion).jti)

    expect(new Set(ids).size).toBe(2)
  })

  it.each([
    ['the client sends one', { 'X-Gateway-Assertion': 'forged' }],
    ['Connection names it', { Connection: 'close, X-Gateway-Assertion, X-Correlation-ID' }],
  ])('is ours where %s', async (_, headers) => {
    const gateway = await signingGateway()
    await gateway.get('/health', { headers })

    expect((await verified(gateway)).claims.caller).toBe('anonymous')
    expect(gateway.received[0]?.headers.get('X-Correlation-ID')).toMatch(/^req-/)
  })

  it('is not made without a key', async () => {
    const gateway = await testGateway()
    await gateway.get('/health')

    expect(gateway.received[0]?.headers.has('X-Gateway-Assertion')).toBe(false)
  })

  it('is not made with halves of two keys: everything for the upstream is CONFIGURATION_ERROR', async () => {
    const gateway = await signingGateway({
      GATEWAY_SIGNING_KEY: JSON.stringify({ ...RFC_KEY, x: OTHER_KEY.x }),
    })

    const answer = await gateway.get('/health')

    expect(answer.error.code).toBe('CONFIGURATION_ERROR')
    expect(gateway.received).toEqual([])
    expect(JSON.stringify(gateway.records)).not.toContain(RFC_KEY.d)
    expect(gateway.records).toContainEqual(
      expect.objectContaining({
        problems: ['GATEWAY_SIGNING_KEY: x is not the public half of d'],
      }),
    )
  })
})

describe(KEYS, () => {
  it('has the public half, to be kept for five minutes by whoever asks', async () => {
    const answer = await (await signingGateway()).get(KEYS)

    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toBe('application/jwk-set+json')
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=300')
    expect(JSON.parse(answer.text)).toEqual({
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          x: RFC_KEY.x,
          kid: RFC_THUMBPRINT,
          alg: 'EdDSA',
          use: 'sig',
        },
      ],
    })
  })

  it('is NOT_FOUND without a key', async () => {
    const answer = await (await testGateway()).get(KEYS)

    expect(answer.error.code).toBe('NOT_FOUND')
  })

  it('is counted against its address', async () => {
    const gateway = await signingGateway({ LIMITS: '{"ip":{"minute":1}}' })
    await gateway.get(KEYS)

    expect((await gateway.get(KEYS)).error.code).toBe('RATE_LIMIT_EXCEEDED_IP')
  })

  it('is read, not written', async () => {
    const answer = await (await signingGateway()).ask(KEYS, { method: 'POST' })

    expect(answer.error.code).toBe('NOT_FOUND')
    expect(answer.headers.get('Allow')).toBe('GET, HEAD')
  })
})

describe('a rotation of the gateway’s key', () => {
  const before = { keys: [RFC_KEY, OTHER_KEY] }
  const after = { keys: [OTHER_KEY, RFC_KEY] }

  it.each([
    ['before the change', before, after],
    ['after the change', after, before],
  ])('leaves no assertion unverifiable to who fetched the keys %s', async (_, own, others) => {
    const signing = await signingGateway({ GATEWAY_SIGNING_KEY: JSON.stringify(own) })
    const publishing = await signingGateway({ GATEWAY_SIGNING_KEY: JSON.stringify(others) })
    await signing.get('/health')
    const [assertion = ''] = assertionsOf(signing)
    const published = JSON.parse((await publishing.get(KEYS)).text)

    const { payload } = await jwtVerify(assertion, createLocalJWKSet(published), {
      currentDate: new Date(START),
    })

    expect(payload.caller).toBe('anonymous')
  })
})
