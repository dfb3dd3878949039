import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { IsolateSubjects } from '../../src/adapters/isolate-subjects.ts'
import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import { BoundedPlaces } from '../../src/adapters/places.ts'
import { RefusalMemory } from '../../src/adapters/refusal-memory.ts'
import { TokenMemory } from '../../src/adapters/token-memory.ts'
import type { Bill } from '../../src/adapters/upstash-subjects.ts'
import { sleep } from '../../src/adapters/waiting-room.ts'
import type { Window } from '../../src/policy/charge.ts'
import { DEFAULT_CLAIMS, principalFrom } from '../../src/policy/principal.ts'

const NOW = 1_790_000_000_000
const SUBJECTS = 200_000
const MIB = 1_048_576

const windows: readonly Window[] = [60, 3_600].map((seconds) => ({
  id: String(seconds),
  seconds,
  limit: 100,
  code: 'RATE_LIMIT_EXCEEDED_USER',
  outage: 'admit',
}))

/** A store that remembers nothing, so that what is held is what the isolate holds. */
const forgetful = {
  async judge(bills: readonly Bill[], now: number) {
    const state = { limit: 100, count: 1, resetAt: now + 60_000 }
    return {
      outcome: 'admitted' as const,
      account: 0,
      blockedUntil: [],
      granted: bills.map(() => 2),
      elsewhere: bills.map(() => 0),
      revoked: bills.map(() => ({ notBefore: 1, tokens: new Map([['j:one', now]]) })),
      windows: bills.flatMap((bill) => bill.windows.map(() => state)),
    }
  },
}

function heldMib(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed / MIB
}

const account = (kind: string, i: number) => ({ subject: `${kind}:${i}`, windows })

describe('hundreds of thousands of subjects through one isolate', () => {
  it.each([
    [
      'leases and refusals',
      new LeasingSubjects(
        forgetful,
        'a',
        () => 0,
        sleep,
        () => {},
      ),
    ],
    ['counts of an outage', new IsolateSubjects(0.25)],
  ])(
    'leave no more than its bound: %s',
    async (_, subjects) => {
      const charge = (i: number) =>
        subjects.charge({
          address: account('ip', i),
          caller: account('user', i),
          cost: 1,
          now: NOW,
        })
      for (let i = 0; i < 20_000; i += 1) await charge(i)
      const full = heldMib()

      for (let i = 20_000; i < SUBJECTS; i += 1) await charge(i)

      expect(full).toBeGreaterThan(0)
      expect(heldMib() - full).toBeLessThan(4)
    },
    60_000,
  )

  it('leave nothing among those in flight', async () => {
    const places = new BoundedPlaces(
      () => NOW,
      () => Promise.resolve(),
    )
    const { signal } = new AbortController()
    const before = heldMib()
    for (let i = 0; i < SUBJECTS; i += 1) (await places.take(`user:${i}`, 10, signal))?.leave()

    expect(heldMib() - before).toBeLessThan(1)
  })
})

const algorithm = { name: 'HMAC', hash: 'SHA-256' }
const key = await crypto.subtle.importKey('raw', new Uint8Array(32), algorithm, false, ['verify'])
const issuer = { issuer: 'https://i.test/', audience: [], algorithms: [], claims: DEFAULT_CLAIMS }

/** A token as a header brings it, and what its claims become. */
async function verified(claims: object, i: number) {
  const payload = JSON.stringify({ ...claims, sub: `auth0|${i}`, iat: 0, exp: 2_000_000_000 })
  const text = `${Buffer.from(payload).toString('base64url')}.${String(i).padStart(400, 'x')}`
  const principal = await principalFrom(JSON.parse(payload), issuer)
  const token = /^Bearer (.+)$/.exec(Buffer.from(`Bearer ${text}`).toString('latin1'))?.[1] ?? ''
  return [token, { principal, issuer, key }] as const
}

describe('twenty thousand tokens through one isolate', () => {
  it.each([
    ['as they are', { scope: 'openid profile', permissions: ['view_users'], jti: 'x'.repeat(300) }],
    ['with a thousand short words', { scope: 'ab '.repeat(1_000) }],
    ['with words in a list', { permissions: Array.from({ length: 200 }, (_, i) => `word-${i}`) }],
    ['with words that need two bytes', { scope: 'żółw-błotny-łaciaty '.repeat(200) }],
  ])(
    'leave eight mebibytes and no more: %s',
    async (_, claims) => {
      const tokens = new TokenMemory({ holds: () => true }, () => NOW)
      const before = heldMib()
      for (let i = 0; i < 20_000; i += 1) tokens.set(...(await verified(claims, i)))

      const held = heldMib() - before

      expect(tokens.get((await verified(claims, 19_999))[0])).toBeDefined()
      expect(held).toBeGreaterThan(1)
      expect(held).toBeLessThan(8)
    },
    60_000,
  )
})

/** A token as a header brings it. */
function badToken(i: number, length: number): string {
  const header = Buffer.from(`Bearer ${String(i).padStart(length, 'x')}`).toString('latin1')
  return /^Bearer (.+)$/.exec(header)?.[1] ?? ''
}

function flooded(count: number, length: number): RefusalMemory {
  const tokens = new RefusalMemory(() => NOW)
  for (let i = 0; i < count; i += 1) {
    const refusal = { allowed: false, code: 'INVALID_TOKEN', cause: 'signature' } as const
    tokens.set(badToken(i, length), { ...refusal, stands: () => i >= 0 })
  }
  return tokens
}

describe('a flood of bad tokens through one isolate', () => {
  it.each([
    ['short', 100_000, 100],
    ['of usual length', 50_000, 700],
    ['long', 5_000, 16_000],
  ])(
    'leaves one mebibyte and no more: %s',
    (_, count, length) => {
      // What is compiled at the first time is not the memory's.
      flooded(count, length)
      const before = heldMib()
      const tokens = flooded(count, length)

      const held = heldMib() - before

      expect(tokens.get(badToken(count - 1, length))).toBeDefined()
      expect(held).toBeGreaterThan(0.25)
      // Measuring leaves some as well.
      expect(held).toBeLessThan(1.25)
    },
    60_000,
  )
})
