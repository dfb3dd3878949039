import { describe, expect, it } from 'vitest'
import { SecretKeys } from '../../src/adapters/secret-keys.ts'
import type { Issuer } from '../../src/policy/issuer.ts'
import { DEFAULT_CLAIMS } from '../../src/policy/principal.ts'

const issuer = (name: string, secret?: string): Issuer => ({
  issuer: name,
  audience: ['x'],
  algorithms: ['HS256'],
  claims: DEFAULT_CLAIMS,
  ...(secret !== undefined && { secret }),
})

const ONE = issuer('https://one.test', 'the first secret, 32 bytes or more')
const TWO = issuer('https://two.test', 'the second secret, 32 bytes or more')
const PUBLIC = issuer('https://public.test')

function published() {
  const asked: string[] = []
  return {
    asked,
    async find({ issuer: name }: Issuer) {
      asked.push(name)
      return { kind: 'unknown' as const, stands: () => false }
    },
    holds: ({ issuer: name }: Issuer) => name === PUBLIC.issuer,
  }
}

async function keyOf(keys: SecretKeys, of: Issuer): Promise<CryptoKey | undefined> {
  const lookup = await keys.find(of, { alg: 'HS256' })
  return lookup.kind === 'found' ? lookup.keys[0] : undefined
}

describe('the key of a secret', () => {
  it('is one for all requests, twenty at once among them', async () => {
    const keys = new SecretKeys(published())

    const first = await Promise.all(Array.from({ length: 20 }, () => keyOf(keys, ONE)))
    const later = await keyOf(keys, ONE)

    expect(later).toBeInstanceOf(CryptoKey)
    expect(new Set([...first, later]).size).toBe(1)
  })

  it('verifies and does nothing else, not even leave', async () => {
    const key = await keyOf(new SecretKeys(published()), ONE)

    expect(key).toMatchObject({ type: 'secret', usages: ['verify'], extractable: false })
  })

  it('stands for good', async () => {
    const lookup = await new SecretKeys(published()).find(ONE, { alg: 'HS256' })

    expect(lookup.kind === 'found' && lookup.stands()).toBe(true)
  })

  it('is held for its own issuer', async () => {
    const keys = new SecretKeys(published())
    const [one, two] = [await keyOf(keys, ONE), await keyOf(keys, TWO)]
    const held = (of: Issuer, key: CryptoKey | undefined) => key && keys.holds(of, key)

    expect([held(ONE, one), held(TWO, two)]).toEqual([true, true])
    expect([held(ONE, two), held(TWO, one)]).toEqual([false, false])
  })

  it('is asked of nobody; the keys of others are', async () => {
    const others = published()
    const keys = new SecretKeys(others)

    const key = await keyOf(keys, ONE)
    const lookup = await keys.find(PUBLIC, { alg: 'ES256' })

    expect(others.asked).toEqual([PUBLIC.issuer])
    expect(lookup.kind).toBe('unknown')
    expect(key && keys.holds(PUBLIC, key)).toBe(true)
  })
})
