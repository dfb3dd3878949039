import { describe, expect, it } from 'vitest'
import { START, testGateway } from '../support/gateway.ts'
import { newSigner, signWithSecret } from '../support/signer.ts'

const NOW = START / 1000
const TENANT = 'https://login.microsoftonline.test/72f988bf'
const SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long'

/** What each of them writes into its tokens, as their own documents show it. */
const CLAIMS = {
  auth0: {
    iss: 'https://tenant.auth0.test/',
    aud: ['https://api.cloudtolocalllm.online', 'https://tenant.auth0.test/userinfo'],
    sub: 'auth0|65f0c0ffee',
    iat: NOW,
    exp: NOW + 86_400,
    azp: 'client',
    scope: 'openid profile',
    'https://cloudtolocalllm.com/tier': 'premium',
    'https://cloudtolocalllm.online/roles': ['support_admin'],
  },
  entra: {
    iss: `${TENANT}/v2.0`,
    aud: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
    sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
    iat: NOW,
    nbf: NOW,
    exp: NOW + 3_599,
    oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
    groups: ['finance_admin'],
    extn: { plan: 'enterprise' },
    scp: 'tunnels.read tunnels.write',
    ver: '2.0',
  },
  supabase: {
    iss: 'https://new.supabase.test/auth/v1',
    aud: 'authenticated',
    sub: '7c2f4f0a-9d5e-4a4a-8f2b-0f6f2b1f9f11',
    iat: NOW,
    exp: NOW + 3_600,
    role: 'authenticated',
    app_metadata: { provider: 'email', plan: 'premium' },
    user_metadata: { tier: 'enterprise', role: 'super_admin' },
  },
  formerSupabase: {
    iss: 'https://old.supabase.test/auth/v1',
    aud: 'authenticated',
    sub: '0b5c2c0e-5b0e-4f0c-a9a5-7d1f3b9a2e22',
    iat: NOW,
    exp: NOW + 3_600,
    role: 'authenticated',
    app_metadata: { provider: 'email' },
  },
}

type Name = keyof typeof CLAIMS
const NAMES = Object.keys(CLAIMS) as Name[]

/** Auth0 and Entra by discovery, Supabase by the address of its keys, a former Supabase by its secret: all at once. */
async function fourIssuers() {
  const [auth0, entra, supabase] = await Promise.all([
    newSigner('RS256', 'auth0-key'),
    newSigner('PS256', 'entra-key'),
    newSigner('ES256', 'supabase-key'),
  ])
  const documents: Readonly<Record<string, unknown>> = {
    'https://tenant.auth0.test/.well-known/openid-configuration': {
      issuer: CLAIMS.auth0.iss,
      jwks_uri: 'https://tenant.auth0.test/.well-known/jwks.json',
    },
    'https://tenant.auth0.test/.well-known/jwks.json': { keys: [{ ...auth0.jwk, alg: 'RS256' }] },
    [`${TENANT}/v2.0/.well-known/openid-configuration`]: {
      issuer: CLAIMS.entra.iss,
      jwks_uri: `${TENANT}/discovery/v2.0/keys`,
    },
    // Entra says of a key what it is for, not by which algorithm.
    [`${TENANT}/discovery/v2.0/keys`]: { keys: [{ ...entra.jwk, issuer: CLAIMS.entra.iss }] },
    'https://new.supabase.test/keys': { keys: [{ ...supabase.jwk, alg: 'ES256' }] },
  }
  const asked: string[] = []
  const gateway = await testGateway({
    settings: {
      JWT_ISSUER: '',
      JWT_AUDIENCE: '',
      JWT_JWKS_URL: '',
      JWT_ISSUERS: JSON.stringify([
        {
          issuer: CLAIMS.auth0.iss,
          audience: 'https://api.cloudtolocalllm.online',
          algorithms: ['RS256'],
        },
        {
          issuer: CLAIMS.entra.iss,
          audience: ['api://gateway', '6e74172b-be56-4843-9ff4-e66a39bb12e3'],
          algorithms: ['PS256', 'RS256'],
          claims: { tier: 'extn.plan', roles: ['roles', 'groups'], permissions: 'scp' },
        },
        {
          issuer: CLAIMS.supabase.iss,
          audience: 'authenticated',
          jwksUrl: 'https://new.supabase.test/keys',
          algorithms: ['ES256'],
        },
        { issuer: CLAIMS.formerSupabase.iss, audience: 'authenticated', secret: SECRET },
      ]),
    },
    keySet: (address) => {
      asked.push(address)
      return documents[address]
        ? Response.json(documents[address])
        : new Response('', { status: 404 })
    },
  })
  const sign: Record<Name, (claims: object) => Promise<string>> = {
    auth0: (claims) => auth0.sign(claims),
    entra: (claims) => entra.sign(claims),
    supabase: (claims) => supabase.sign(claims),
    formerSupabase: (claims) => signWithSecret(SECRET, claims),
  }
  return { gateway, sign, asked }
}

describe('several issuers at once', () => {
  it.each([
    ['auth0', 'premium', 'support_admin'],
    ['entra', 'enterprise', 'finance_admin'],
    ['supabase', 'premium', 'authenticated'],
    ['formerSupabase', 'free', 'authenticated'],
  ] as const)('are believed, each by its own keys and words: %s', async (name, tier, role) => {
    const { gateway, sign } = await fourIssuers()

    const answer = await gateway.get('/tunnels', { token: await sign[name](CLAIMS[name]) })

    const headers = gateway.received[0]?.headers
    expect(answer.status).toBe(200)
    expect(headers?.get('X-User-Id')).toBe(CLAIMS[name].sub)
    expect(headers?.get('X-User-Issuer')).toBe(CLAIMS[name].iss)
    expect(headers?.get('X-User-Tier')).toBe(tier)
    expect(headers?.get('X-User-Roles')).toBe(role)
  })

  it('read permissions where each of them writes them', async () => {
    const { gateway, sign } = await fourIssuers()

    await gateway.get('/tunnels', { token: await sign.entra(CLAIMS.entra) })

    const permissions = gateway.received[0]?.headers.get('X-User-Permissions')?.split(',')
    expect(permissions).toEqual(expect.arrayContaining(['tunnels.read', 'tunnels.write']))
  })

  const pairs = NAMES.flatMap((of) =>
    NAMES.filter((by) => by !== of).map((by) => [of, by] as const),
  )

  it.each(pairs)('cannot speak for one another: a token of %s signed by %s', async (of, by) => {
    const { gateway, sign } = await fourIssuers()

    const answer = await gateway.get('/tunnels', { token: await sign[by](CLAIMS[of]) })

    expect(answer.error.code).toBe('INVALID_TOKEN')
    expect(gateway.received).toEqual([])
  })

  it.each([
    ['auth0', CLAIMS.entra.aud],
    ['entra', 'https://api.cloudtolocalllm.online'],
    ['supabase', 'https://api.cloudtolocalllm.online'],
    ['formerSupabase', CLAIMS.entra.aud],
  ] as const)('have audiences of their own: %s', async (name, aud) => {
    const { gateway, sign } = await fourIssuers()

    const answer = await gateway.get('/tunnels', {
      token: await sign[name]({ ...CLAIMS[name], aud }),
    })

    expect(answer.error.code).toBe('INVALID_TOKEN')
    expect(gateway.records.at(-1)?.cause).toBe('aud')
  })

  it('have claim maps of their own: what one calls a tier is nothing with another', async () => {
    const { gateway, sign } = await fourIssuers()
    const claims = { ...CLAIMS.formerSupabase, extn: { plan: 'enterprise' }, groups: ['admin'] }

    await gateway.get('/tunnels', { token: await sign.formerSupabase(claims) })

    expect(gateway.received[0]?.headers.get('X-User-Tier')).toBe('free')
    expect(gateway.received[0]?.headers.get('X-User-Roles')).toBe('authenticated')
  })

  it('are asked for their keys where they say, and only for the tokens that name them', async () => {
    const { gateway, sign, asked } = await fourIssuers()

    await gateway.get('/tunnels', { token: await sign.formerSupabase(CLAIMS.formerSupabase) })
    await gateway.get('/tunnels', { token: await sign.entra(CLAIMS.entra) })

    expect(asked).toEqual([
      `${TENANT}/v2.0/.well-known/openid-configuration`,
      `${TENANT}/discovery/v2.0/keys`,
    ])
  })

  it('may both give one id to somebody, whom nobody takes for the other', async () => {
    const { gateway, sign } = await fourIssuers()
    const sub = 'the-same'

    for (const name of ['supabase', 'formerSupabase'] as const) {
      await gateway.get('/tunnels', { token: await sign[name]({ ...CLAIMS[name], sub }) })
    }

    const remaining = gateway.records.map((record) => record.remaining)
    expect(remaining).toEqual([499, 99])
  })
})

describe('an issuer with a secret', () => {
  it.each([
    ['by another secret', signWithSecret(`${SECRET}!`, CLAIMS.formerSupabase), 'signature'],
    ['by no secret', signWithSecret(new Uint8Array(1), CLAIMS.formerSupabase), 'signature'],
    ['by HS512', hmacOf('HS512', SECRET), 'algorithm'],
    ['by HS384', hmacOf('HS384', SECRET), 'algorithm'],
  ])('signs by HS256 and by nothing else: a token signed %s', async (_, token, cause) => {
    const { gateway } = await fourIssuers()

    const answer = await gateway.get('/tunnels', { token: await token })

    expect(answer.error.code).toBe('INVALID_TOKEN')
    expect(gateway.records.at(-1)?.cause).toBe(cause)
  })

  it('has one key, whatever its tokens call it', async () => {
    const { gateway } = await fourIssuers()
    const token = await signWithSecret(SECRET, CLAIMS.formerSupabase, { kid: 'legacy' })

    expect((await gateway.get('/tunnels', { token })).status).toBe(200)
  })

  it('keeps it out of the log and of what is forwarded', async () => {
    const { gateway, sign } = await fourIssuers()

    await gateway.get('/tunnels', { token: await sign.formerSupabase(CLAIMS.formerSupabase) })
    await gateway.get('/tunnels', { token: await sign.auth0(CLAIMS.formerSupabase) })

    expect(gateway.records).toHaveLength(2)
    expect(JSON.stringify(gateway.records)).not.toContain(SECRET)
    expect(JSON.stringify([...(gateway.received[0]?.headers ?? [])])).not.toContain(SECRET)
  })
})

function hmacOf(alg: string, secret: string) {
  return signWithSecret(secret, CLAIMS.formerSupabase, { alg })
}

describe('an algorithm', () => {
  const ALGORITHMS = [
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'ES256',
    'ES384',
    'EdDSA',
    'Ed25519',
  ]

  async function askedBy(alg: string, algorithms?: readonly string[]) {
    const signer = await newSigner(alg)
    const iss = 'https://issuer.test/'
    const jwksUrl = `${iss}keys`
    const gateway = await testGateway({
      settings: {
        JWT_ISSUER: '',
        JWT_AUDIENCE: '',
        JWT_JWKS_URL: '',
        JWT_ISSUERS: JSON.stringify([{ issuer: iss, audience: 'x', jwksUrl, algorithms }]),
      },
      keySet: () => Response.json({ keys: [signer.jwk] }),
    })
    const claims = { iss, aud: 'x', sub: 'x', iat: NOW, exp: NOW + 60 }
    const answer = await gateway.get('/tunnels', { token: await signer.sign(claims) })
    return { status: answer.status, cause: gateway.records.at(-1)?.cause }
  }

  it.each(ALGORITHMS)('verifies real signatures unless others are listed: %s', async (alg) => {
    const others = ALGORITHMS.filter((name) => name !== alg)

    expect(await askedBy(alg)).toEqual({ status: 200, cause: undefined })
    expect(await askedBy(alg, [alg])).toEqual({ status: 200, cause: undefined })
    expect(await askedBy(alg, others)).toEqual({ status: 401, cause: 'algorithm' })
  })
})
