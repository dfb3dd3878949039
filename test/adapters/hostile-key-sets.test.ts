import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { keyWorld, lookUp, MINUTE, publicJwk, THE_ISSUER } from '../support/key-world.ts'

let good: JWK
let other: JWK
let rsa: JWK
beforeAll(async () => {
  ;[good, other, rsa] = await Promise.all([
    publicJwk('good'),
    publicJwk('other'),
    publicJwk('rsa', 'RS256'),
  ])
})

async function privateJwk(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' }
}

async function rsaJwk(kid: string, modulusLength: number): Promise<JWK> {
  const publicExponent = new Uint8Array([1, 0, 1])
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent, hash: 'SHA-256' }
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  if (!('publicKey' in pair)) throw new TypeError('RSA keys come in pairs')
  return { ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256', use: 'sig' }
}

const json = (body: unknown, status = 200) => Response.json(body, { status })

const HOSTILE_ANSWERS: [string, () => Response | Promise<Response>, string][] = [
  ['refuses', () => Promise.reject(new TypeError('refused')), 'unreachable'],
  ['fails', () => json({ keys: [good] }, 500), 'status 500'],
  ['redirects', () => Response.redirect('https://evil.test/', 302), 'status 302'],
  ['answers HTML', () => new Response('<!doctype html><title>hi</title>'), 'no JSON'],
  ['answers nothing', () => new Response(''), 'no JSON'],
  ['answers half', () => new Response('{"keys":['), 'no JSON'],
  ['answers null', () => json(null), 'no JSON object'],
  ['answers a list', () => json([good]), 'no signing key in the set'],
  ['answers keys that are no list', () => json({ keys: { good } }), 'no signing key in the set'],
  ['answers no key', () => json({ keys: [] }), 'no signing key in the set'],
  [
    'answers ten megabytes',
    () => json({ pad: 'x'.repeat(10_000_000), keys: [good] }),
    'the document is too large',
  ],
  [
    'answers ten thousand keys',
    () => json({ keys: Array(10_000).fill({}) }),
    'too many keys in the set',
  ],
  ['breaks off', () => new Response(broken()), 'unreachable'],
]

function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"keys":['))
      controller.error(new Error('Network connection lost'))
    },
  })
}

describe('an issuer that', () => {
  it.each(HOSTILE_ANSWERS)('%s: the last good set is kept', async (_, answer, reason) => {
    const world = keyWorld()
    world.publish(good)
    const keys = world.isolate()
    await lookUp(keys, 'good')
    world.answer = answer
    world.now += 16 * MINUTE

    expect(await lookUp(keys, 'good')).toBe('found')
    expect(world.records).toEqual([
      { event: 'keys.unavailable', issuer: THE_ISSUER.issuer, reason },
    ])
  })

  it.each(HOSTILE_ANSWERS)('%s, with no set in hand: unavailable', async (_, answer) => {
    const world = keyWorld()
    world.answer = answer

    expect(await lookUp(world.isolate(), 'good')).toBe('unavailable')
  })

  it('reads no more than it needs to see that a document is too large', async () => {
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1
        controller.enqueue(new Uint8Array(16 * 1024).fill(32))
      },
    })
    const world = keyWorld()
    world.answer = () => new Response(endless)

    expect(await lookUp(world.isolate(), 'good')).toBe('unavailable')
    expect(sent).toBeLessThan(32)
  })
})

const HOSTILE_KEYS: [string, () => unknown | Promise<unknown>, string, string][] = [
  ['is for encryption', () => ({ ...other, use: 'enc' }), 'ES256', 'not for signatures'],
  ['has a use that is none', () => ({ ...other, use: 7 }), 'ES256', 'not for signatures'],
  ['may sign, not verify', () => ({ ...other, key_ops: ['sign'] }), 'ES256', 'not for signatures'],
  [
    'has operations that are no list',
    () => ({ ...other, key_ops: 'verify' }),
    'ES256',
    'not for signatures',
  ],
  ['is private', () => privateJwk('other'), 'ES256', 'private'],
  ['is half private', () => ({ ...rsa, kid: 'other', dp: 'AQAB' }), 'RS256', 'private'],
  [
    'is symmetric',
    () => ({ kty: 'oct', k: 'c2VjcmV0', kid: 'other', alg: 'HS256' }),
    'HS256',
    'symmetric',
  ],
  ['is symmetric and says EC', () => ({ ...other, k: 'c2VjcmV0' }), 'ES256', 'symmetric'],
  ['is of no known kind', () => ({ ...other, kty: 'PQC' }), 'ES256', 'unknown kind'],
  [
    'is of a kind that objects have',
    () => ({ ...other, kty: 'constructor' }),
    'ES256',
    'unknown kind',
  ],
  ['is on another curve', () => ({ ...other, crv: 'secp256k1' }), 'ES256', 'unknown kind'],
  ['encrypts', () => ({ ...rsa, kid: 'other', alg: 'RSA-OAEP' }), 'RS256', 'unknown kind'],
  [
    'names an algorithm of another kind',
    () => ({ ...other, alg: 'RS256' }),
    'RS256',
    'unknown kind',
  ],
  ['is short', () => rsaJwk('other', 1_024), 'RS256', 'weak'],
  ['is a bit too short', () => rsaJwk('other', 1_920), 'RS256', 'weak'],
  ['is no point of the curve', () => ({ ...other, x: good.x }), 'ES256', 'unreadable'],
  ['lacks a coordinate', () => ({ kty: 'EC', crv: 'P-256', kid: 'other' }), 'ES256', 'unreadable'],
  ['has a kid that is no text', () => ({ ...other, kid: 7 }), 'ES256', 'malformed'],
  ['is null', () => null, 'ES256', 'malformed'],
  ['is a text', () => 'key', 'ES256', 'malformed'],
]

describe('a key that', () => {
  it.each(HOSTILE_KEYS)(
    '%s is left out, and the good one beside it used',
    async (_, make, alg, flaw) => {
      const world = keyWorld()
      world.publish(await make(), good)
      const keys = world.isolate()

      expect(await lookUp(keys, 'other', alg)).toBe('unknown')
      expect(await lookUp(keys, 'good')).toBe('found')
      expect(world.records).toEqual([
        { event: 'keys.dropped', issuer: THE_ISSUER.issuer, flaws: [flaw] },
      ])
    },
  )

  it.each(HOSTILE_KEYS)(
    '%s and stands alone does not displace the last good set',
    async (_, make, alg, flaw) => {
      const world = keyWorld()
      world.publish(good)
      const keys = world.isolate()
      await lookUp(keys, 'good')
      world.publish(await make())
      world.now += 16 * MINUTE

      expect(await lookUp(keys, 'good')).toBe('found')
      expect(await lookUp(keys, 'other', alg)).not.toBe('found')
      expect(world.records).toEqual([
        {
          event: 'keys.unavailable',
          issuer: THE_ISSUER.issuer,
          reason: `no signing key in the set, ${flaw}`,
        },
      ])
    },
  )
})

describe('keys', () => {
  it('that share a kid are all tried', async () => {
    const world = keyWorld()
    world.publish(good, { ...other, kid: 'good' })

    const lookup = await world.isolate().find(THE_ISSUER, { alg: 'ES256', kid: 'good' })

    expect(lookup.kind === 'found' && lookup.keys).toHaveLength(2)
  })

  it('are all tried with a token that names none, if they fit its algorithm', async () => {
    const world = keyWorld()
    world.publish(good, rsa, other)

    const lookup = await world.isolate().find(THE_ISSUER, { alg: 'ES256' })

    expect(lookup.kind === 'found' && lookup.keys).toHaveLength(2)
  })

  it.each(['RS256', 'RS512', 'PS256'])(
    'without an algorithm of their own serve %s',
    async (alg) => {
      const { alg: _, ...open } = rsa
      const world = keyWorld()
      world.publish(open)

      const lookup = await world.isolate().find(THE_ISSUER, { alg, kid: 'rsa' })

      expect(lookup.kind === 'found' && lookup.keys[0]?.algorithm.name).toBe(
        alg.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5',
      )
    },
  )

  it('with one serve no other', async () => {
    const world = keyWorld()
    world.publish(rsa)

    expect(await lookUp(world.isolate(), 'rsa', 'PS256')).toBe('unknown')
  })
})
