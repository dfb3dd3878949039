import { describe, expect, it } from 'vitest'
import { TokenMemory } from '../../src/adapters/token-memory.ts'
import { DEFAULT_CLAIMS } from '../../src/policy/principal.ts'
import type { VerifiedToken } from '../../src/ports.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const MIB = 1_048_576
const ISSUER = {
  issuer: 'https://issuer.test/',
  audience: ['x'],
  algorithms: ['ES256'],
  claims: DEFAULT_CLAIMS,
}

const algorithm = { name: 'HMAC', hash: 'SHA-256' }
const key = await crypto.subtle.importKey('raw', new Uint8Array(32), algorithm, false, ['verify'])

function verified({
  words = 0,
  expiresInSeconds = 3_600,
}: {
  words?: number
  expiresInSeconds?: number
} = {}): VerifiedToken {
  const issuedAt = START / 1000
  return {
    issuer: ISSUER,
    key,
    principal: {
      issuer: ISSUER.issuer,
      subject: 'x',
      tier: 'free',
      roles: [],
      permissions: Array.from({ length: words }, (_, i) => `permission-${i}`),
      issuedAt,
      expiresAt: issuedAt + expiresInSeconds,
      tokenId: 'j:1',
    },
  }
}

/** Texts of one length, each of its own. */
const texts = (count: number, length: number) =>
  Array.from({ length: count }, (_, i) => String(i).padStart(length, 'x'))

function memory(maxBytes?: number) {
  let clock = START
  const gone = new Set<CryptoKey>()
  const holds = (_: unknown, asked: CryptoKey) => !gone.has(asked)
  const tokens = new TokenMemory({ holds }, () => clock, maxBytes)
  return {
    tokens,
    held: (of: readonly string[]) => of.filter((text) => tokens.get(text)),
    pass: (milliseconds: number) => {
      clock += milliseconds
    },
    drop: (dropped: CryptoKey) => gone.add(dropped),
    restore: (restored: CryptoKey) => gone.delete(restored),
  }
}

describe('the memory of tokens', () => {
  it.each([
    ['short', 8_000, 300, 0],
    ['of usual length', 3_000, 1_000, 10],
    ['long', 300, 16_384, 0],
    ['full of permissions', 300, 4_000, 400],
  ])('holds eight mebibytes and no more of tokens that are %s', (_, count, length, words) => {
    const { tokens, held } = memory()
    const all = texts(count, length)
    for (const text of all) tokens.set(text, verified({ words }))

    // Two bytes a character and fifty a permission: what they need even where nothing is saved.
    const bytes = held(all).length * (2 * length + 50 * words)
    expect(bytes).toBeLessThanOrEqual(8 * MIB)
    expect(bytes).toBeGreaterThan(2 * MIB)
  })

  it('forgets the tokens that were used longest ago', () => {
    const { tokens, held } = memory(20_000)
    const [first = '', second = '', ...others] = texts(20, 1_000)
    tokens.set(first, verified())
    tokens.set(second, verified())
    for (const text of others) {
      tokens.get(first)
      tokens.set(text, verified())
    }

    expect(held([first])).toEqual([first])
    expect(held([second])).toEqual([])
    expect(held(others.slice(-3))).toEqual(others.slice(-3))
  })

  it('counts a token that is verified again once', () => {
    const { tokens, held } = memory(20_000)
    const all = texts(3, 1_000)
    for (const text of all) tokens.set(text, verified())

    for (let i = 0; i < 100; i += 1) tokens.set(all[0] ?? '', verified())

    expect(held(all)).toEqual(all)
  })

  it('has its room back when a token has ended', () => {
    const { tokens, held, pass } = memory(20_000)
    const [short, long] = [texts(3, 1_000), texts(5, 1_001)]
    for (const text of short) tokens.set(text, verified({ expiresInSeconds: 60 }))
    pass(60_000)
    expect(held(short)).toEqual([])

    for (const text of long) tokens.set(text, verified())

    expect(held(long)).toEqual(long)
  })

  it('has no place for a token larger than itself, and keeps no other out', () => {
    const { tokens, held } = memory(20_000)
    const [small = '', huge = ''] = ['a', 'b'.repeat(16_000)]
    tokens.set(huge, verified())
    tokens.set(small, verified())

    expect(held([huge, small])).toEqual([small])
  })

  it.each([
    ['exp, where it comes first', 60, 60_000],
    ['an exp with a fraction', 0.5, 500],
    ['five minutes, however long the token lasts', 86_400, 300_000],
  ])('ends a token at %s', (_, expiresInSeconds, milliseconds) => {
    const { tokens, held, pass } = memory()
    tokens.set('a', verified({ expiresInSeconds }))

    pass(milliseconds - 1)
    const before = held(['a'])
    pass(1)

    expect([before, held(['a'])]).toEqual([['a'], []])
  })

  it('does not last longer for being used', () => {
    const { tokens, held, pass } = memory()
    tokens.set('a', verified())
    for (let i = 0; i < 4; i += 1) {
      pass(60_000)
      tokens.get('a')
    }
    pass(60_000)

    expect(held(['a'])).toEqual([])
  })

  it('forgets a token whose key is gone, even if the key comes back', () => {
    const { tokens, held, drop, restore } = memory()
    tokens.set('a', verified())
    drop(key)
    expect(held(['a'])).toEqual([])

    restore(key)

    expect(held(['a'])).toEqual([])
  })

  it('knows a token by its whole text', () => {
    const { tokens, held } = memory()
    tokens.set('a.b.c', verified())

    expect(held(['a.b.c', 'a.b.C', 'a.b.c ', 'a.b', '__proto__', ''])).toEqual(['a.b.c'])
  })
})
