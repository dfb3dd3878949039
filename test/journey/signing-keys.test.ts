import { exportJWK, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { IssuerKeys } from '../../src/adapters/signing-keys.ts'
import { sleep } from '../../src/adapters/waiting-room.ts'
import { DEFAULT_CLAIMS } from '../../src/policy/principal.ts'
import { START, testGateway } from '../support/gateway.ts'
import { MemoryCopies } from '../support/memory-copies.ts'
import { AUDIENCE, ISSUER } from '../support/tokens.ts'

async function rsaPair(modulusLength: number): Promise<CryptoKeyPair> {
  const publicExponent = new Uint8Array([1, 0, 1])
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent, hash: 'SHA-256' }
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  if (!('publicKey' in pair)) throw new TypeError('RSA keys come in pairs')
  return pair
}

describe('signing keys', () => {
  it('are fetched once by twenty requests at once', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint()

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => gateway.get('/tunnels', { token })),
    )

    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(gateway.keyFetches()).toBe(1)
  })

  it.each([
    ['fails', () => new Response('no', { status: 500 })],
    ['redirects', () => Response.redirect('https://evil.test/', 302)],
    ['answers HTML', () => new Response('<html>')],
    ['answers no keys', () => Response.json({ keys: [] })],
    ['answers ten megabytes', () => new Response('x'.repeat(10_000_000))],
    ['cannot be reached', () => Promise.reject(new TypeError('refused'))],
  ])('that cannot be had are a 503, never a 401: the issuer %s', async (_, keySet) => {
    const gateway = await testGateway({ keySet })

    const answer = await gateway.get('/tunnels', { token: await gateway.mint() })

    expect(answer.status).toBe(503)
    expect(answer.error.code).toBe('EXTERNAL_SERVICE_UNAVAILABLE')
    expect(answer.headers.get('Retry-After')).toBe(String(answer.error.details?.retryAfter))
  })

  it('accept a key rotated in once the set is twelve seconds old', async () => {
    const gateway = await testGateway()
    await gateway.get('/tunnels', { token: await gateway.mint() })
    await gateway.rotateKeys()
    const token = await gateway.mint()

    const early = await gateway.get('/tunnels', { token })
    gateway.pass(12_001)
    const later = await gateway.get('/tunnels', { token })

    expect(early.error.code).toBe('INVALID_TOKEN')
    expect(later.status).toBe(200)
  })

  it('are asked for at most five times a minute by made-up key ids', async () => {
    const gateway = await testGateway()
    for (let second = 0; second < 60; second += 1) {
      await gateway.get('/tunnels', {
        token: await gateway.mint({ header: { kid: `made-up-${second}` } }),
      })
      gateway.pass(1_000)
    }

    expect(gateway.keyFetches()).toBeLessThanOrEqual(5)
  })

  it('of which one cannot verify at all leave it to the others', async () => {
    const [weak, strong] = await Promise.all([rsaPair(1_024), rsaPair(2_048)])
    const keys = await Promise.all([weak, strong].map(({ publicKey }) => exportJWK(publicKey)))
    const gateway = await testGateway({ keySet: () => Response.json({ keys }) })
    const claims = {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'x',
      iat: START / 1000,
      exp: START / 1000 + 60,
    }
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256' })
      .sign(strong.privateKey)

    expect((await gateway.get('/tunnels', { token })).status).toBe(200)
  })

  it('are waited for once in an outage, not again and again', async () => {
    let answer = () => Response.json(keys)
    let keys: unknown
    const gateway = await testGateway({ keySet: () => answer() })
    keys = await gateway.keySet()
    await gateway.get('/tunnels', { token: await gateway.mint() })
    answer = () => new Response('', { status: 503 })
    gateway.pass(16 * 60_000)
    await gateway.get('/tunnels', { token: await gateway.mint() })
    const hanging = new Promise<Response>(() => undefined)
    answer = () => hanging as never
    gateway.pass(13_000)

    const later = await gateway.open('/tunnels', { token: await gateway.mint() })

    expect(later.status).toBe(200)
  })

  it('are not fetched in the clear because a discovery document says so', async () => {
    const addresses: string[] = []
    const keys = new IssuerKeys({
      now: () => 1_790_000_000_000,
      log: { write: () => undefined },
      background: () => undefined,
      wait: sleep,
      copies: [],
      fetch: async (address) => {
        addresses.push(String(address))
        return Response.json({ issuer: ISSUER, jwks_uri: 'http://plain.test/keys' })
      },
    })
    const issuer = {
      issuer: ISSUER,
      audience: [AUDIENCE],
      algorithms: ['ES256'],
      claims: DEFAULT_CLAIMS,
    }

    expect(await keys.find(issuer, { alg: 'ES256' })).toEqual({ kind: 'unavailable' })
    expect(addresses).toEqual([`${ISSUER}.well-known/openid-configuration`])
  })

  it('go on through an outage of the issuer', async () => {
    let away = false
    let keys: unknown
    const gateway = await testGateway({
      keySet: () => (away ? new Response('', { status: 503 }) : Response.json(keys)),
    })
    keys = await gateway.keySet()
    await gateway.get('/tunnels', { token: await gateway.mint() })
    away = true
    gateway.pass(6 * 3_600_000)

    const answer = await gateway.get('/tunnels', { token: await gateway.mint() })

    expect(answer.status).toBe(200)
  })

  it('verify every valid token through six dark hours, in isolates that start meanwhile too', async () => {
    let isDark = false
    const issuer = await testGateway()
    const keySet = await issuer.keySet()
    const keyCopies = [new MemoryCopies('cache'), new MemoryCopies('store')]
    const isolate = () =>
      testGateway({
        keyCopies,
        keySet: () => (isDark ? new Response('', { status: 503 }) : Response.json(keySet)),
      })
    const old = await isolate()
    await old.get('/tunnels', { token: await issuer.mint() })
    isDark = true

    const statuses: number[] = []
    const minutes = Array.from({ length: 73 }, (_, index) => index * 5)
    for (const minute of minutes) {
      const token = await issuer.mint({ subject: `auth0|${minute}` })
      const fresh = await isolate()
      fresh.pass(minute * 60_000)
      statuses.push((await old.get('/tunnels', { token })).status)
      statuses.push((await fresh.get('/tunnels', { token })).status)
      // Each fills what the platform may forget, and the next fresh one must do without.
      if (minute % 10 === 0) keyCopies[0]?.texts.clear()
      issuer.pass(5 * 60_000)
      old.pass(5 * 60_000)
    }

    expect(statuses).toEqual(Array(146).fill(200))
    expect(issuer.now() - START).toBeGreaterThan(6 * 3_600_000)
  })

  it('removed by the issuer are refused within fifteen minutes, by isolates that start from a copy too', async () => {
    const issuer = await testGateway()
    let keySet = await issuer.keySet()
    const keyCopies = [new MemoryCopies('cache'), new MemoryCopies('store')]
    const isolate = () => testGateway({ keyCopies, keySet: () => Response.json(keySet) })
    const old = await isolate()
    const stolen = await issuer.mint({ claims: { exp: START / 1000 + 86_400 } })
    await old.get('/tunnels', { token: stolen })
    await issuer.rotateKeys()
    keySet = await issuer.keySet()
    const fresh = await isolate()
    fresh.pass(14 * 60_000)
    await fresh.get('/tunnels', { token: stolen })
    const last = await isolate()
    for (const gateway of [old, last]) gateway.pass(15 * 60_000 + 1)
    fresh.pass(60_001)

    for (const gateway of [old, fresh, last]) {
      const answer = await gateway.get('/tunnels', { token: stolen })
      expect(answer.error.code).toBe('INVALID_TOKEN')
    }
  })
})
