import { describe, expect, it } from 'vitest'
import { configFrom } from '../../src/config.ts'
import { OTHER_KEY, RFC_KEY } from '../support/own-keys.ts'

function outcomeOf(GATEWAY_SIGNING_KEY: unknown) {
  return configFrom({
    UPSTREAM_URL: 'https://api.example.com',
    UPSTASH_REDIS_REST_URL: 'https://store.example.com',
    UPSTASH_REDIS_REST_TOKEN: 'very-secret',
    JWT_ISSUER: 'https://issuer.example.com/',
    JWT_AUDIENCE: 'https://api.example.com',
    GATEWAY_SIGNING_KEY,
  })
}

function keysOf(value: unknown) {
  const outcome = outcomeOf(value)
  if (!outcome.valid) throw new Error(outcome.problems.join('\n'))
  return outcome.config.ownKeys
}

function problemsOf(value: unknown): readonly string[] {
  const outcome = outcomeOf(value)
  return outcome.valid ? [] : outcome.problems
}

const { d: _, ...OTHER_PUBLIC } = OTHER_KEY

describe('GATEWAY_SIGNING_KEY', () => {
  it('may be absent', () => {
    expect(keysOf(undefined)).toBeUndefined()
  })

  it('is a private key, whatever else its JWK says of it', () => {
    const jwk = {
      ...RFC_KEY,
      kid: 'mine',
      use: 'sig',
      alg: 'Ed25519',
      key_ops: ['sign'],
      ext: true,
    }

    expect(keysOf(JSON.stringify(jwk))).toMatchObject({
      pair: { x: RFC_KEY.x, d: RFC_KEY.d },
      published: [RFC_KEY.x],
    })
  })

  it.each([
    ['public', OTHER_PUBLIC],
    ['private', OTHER_KEY],
  ])('or a set whose first key signs, the next being %s', (_, next) => {
    expect(keysOf(JSON.stringify({ keys: [RFC_KEY, next] }))).toMatchObject({
      pair: { x: RFC_KEY.x, d: RFC_KEY.d },
      published: [RFC_KEY.x, OTHER_KEY.x],
    })
  })

  const bytes = 'must be 32 bytes in base64url'

  it.each([
    ['a PEM', '-----BEGIN PRIVATE KEY-----', 'GATEWAY_SIGNING_KEY: is not JSON'],
    ['a string', '"x"', 'GATEWAY_SIGNING_KEY: must be Object'],
    ['a list', [RFC_KEY], 'GATEWAY_SIGNING_KEY.kty is required'],
    ['null', 'null', 'GATEWAY_SIGNING_KEY: must be Object'],
    ['an RSA key', { ...RFC_KEY, kty: 'RSA' }, 'GATEWAY_SIGNING_KEY.kty: must be "OKP"'],
    [
      'a key to encrypt with',
      { ...RFC_KEY, crv: 'X25519' },
      'GATEWAY_SIGNING_KEY.crv: must be "Ed25519"',
    ],
    ['a public key', OTHER_PUBLIC, 'GATEWAY_SIGNING_KEY.d is required'],
    ['half a key', { ...RFC_KEY, d: RFC_KEY.d.slice(1) }, `GATEWAY_SIGNING_KEY.d: ${bytes}`],
    [
      'a key and a half',
      { ...RFC_KEY, d: RFC_KEY.d + RFC_KEY.d },
      `GATEWAY_SIGNING_KEY.d: ${bytes}`,
    ],
    ['padding', { ...RFC_KEY, x: `${RFC_KEY.x}=` }, `GATEWAY_SIGNING_KEY.x: ${bytes}`],
    [
      'spare bits',
      { ...RFC_KEY, x: RFC_KEY.x.replace(/o$/, 'p') },
      `GATEWAY_SIGNING_KEY.x: ${bytes}`,
    ],
    [
      'base64',
      { ...RFC_KEY, d: RFC_KEY.d.replaceAll('_', '/') },
      `GATEWAY_SIGNING_KEY.d: ${bytes}`,
    ],
    ['no key', { keys: [] }, 'GATEWAY_SIGNING_KEY.keys.0 is required'],
    ['no list', { keys: RFC_KEY }, 'GATEWAY_SIGNING_KEY.keys: must be Array'],
    [
      'a public key first',
      { keys: [OTHER_PUBLIC, RFC_KEY] },
      'GATEWAY_SIGNING_KEY.keys.0.d is required',
    ],
    ['a key twice', { keys: [RFC_KEY, RFC_KEY] }, 'GATEWAY_SIGNING_KEY.keys: lists a key twice'],
    [
      'another kind beside',
      { keys: [RFC_KEY, { kty: 'EC' }] },
      'GATEWAY_SIGNING_KEY.keys.1.kty: must be "OKP"',
    ],
  ])('that is %s is a problem in plain words', (_, value, problem) => {
    expect(problemsOf(value)).toContain(problem)
  })

  it.each([
    ['broken', JSON.stringify(RFC_KEY).slice(0, -1)],
    ['cut', JSON.stringify({ ...RFC_KEY, d: RFC_KEY.d.slice(0, 40) })],
    ['of another kind', JSON.stringify({ ...RFC_KEY, kty: RFC_KEY.d })],
    ['no text', JSON.stringify({ ...RFC_KEY, d: [RFC_KEY.d] })],
    ['in the place of names', JSON.stringify({ keys: [{ [RFC_KEY.d]: RFC_KEY.d }] })],
  ])('is not repeated among the problems where it is %s', (_, value) => {
    const problems = problemsOf(value).join('\n')

    expect(problems).toContain('GATEWAY_SIGNING_KEY')
    expect(problems).not.toContain(RFC_KEY.d.slice(0, 12))
  })
})
