import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operatedGateway, strangers } from '../support/operator.ts'

const PLENTY = 1_000_000
const LIMITS = JSON.stringify({
  ip: { minute: PLENTY, hour: PLENTY },
  routes: { admin: { minute: PLENTY } },
})

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    'now',
    '2026-12-01T00:00:00Z',
    '2026-12-01T00:00:00.999Z',
    '2099-12-31T23:59:59Z',
    0,
    -0,
    1,
    1.5,
    -1,
    1e9,
    315_360_000,
    1_795_356_000,
    2 ** 53,
    1e308,
    5e-324,
    '\u0000',
    '\ud800',
    '__proto__',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 2 }),
)

const limits = fc.dictionary(
  fc.oneof(
    fc.constantFrom('minute', '60', 'hour', 'month', 'day', 'bridgePoll:minute', '__proto__', ':'),
    fc.string({ unit: 'binary' }),
  ),
  odd,
)

const token = fc.record({ jti: odd, sid: odd, iat: odd, exp: odd }, { requiredKeys: [] })

const change = fc.record(
  {
    limits: fc.oneof(odd, limits),
    blockedUntil: odd,
    blockSeconds: odd,
    exemptUntil: odd,
    exemptSeconds: odd,
    notBefore: odd,
    revokeToken: fc.oneof(odd, token),
    reset: fc.oneof(fc.constant(true), odd),
  },
  { requiredKeys: [] },
)

const sound = fc.record(
  {
    limits: fc.dictionary(fc.constantFrom('minute', 'hour'), fc.integer({ min: 1, max: 1e9 })),
    blockSeconds: fc.integer({ min: 1, max: 315_360_000 }),
    exemptSeconds: fc.integer({ min: 1, max: 315_360_000 }),
    revokeToken: fc.record({
      jti: fc.string({ unit: 'binary', minLength: 1 }),
      exp: fc.integer({ min: 1_795_356_000, max: 1_800_000_000 }),
    }),
    reset: fc.constant(true),
  },
  { requiredKeys: [] },
)

const bodies = fc.oneof(
  { weight: 2, arbitrary: sound.map((value) => JSON.stringify(value)) },
  { weight: 6, arbitrary: change.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.json() },
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
  fc.integer({ min: 1, max: 8_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc
    .integer({ min: 1, max: 2_000 })
    .map((depth) => `${'{"limits":'.repeat(depth)}1${'}'.repeat(depth)}`),
)

describe('a change of whatever body', () => {
  it('is made or refused as a mistake of whoever sent it, and never fails', async () => {
    const gateway = await operatedGateway({ LIMITS })
    const [one, other] = [strangers(), strangers()]
    const codes = new Set<string>()

    await fc.assert(
      fc.asyncProperty(
        bodies,
        fc.constantFrom(one.user, `ip:${other.from}`, `key:${'ab'.repeat(32)}`),
        async (body, subject) => {
          const answer = await gateway.changeBytes(subject, body)

          codes.add(answer.status === 200 ? 'made' : answer.error.code)
          expect(['made', 'VALIDATION_ERROR', 'INVALID_JSON']).toContain([...codes].at(-1))
        },
      ),
      { numRuns: 600 },
    )

    // All three ends were reached, or this would have tried nothing.
    expect(codes).toEqual(new Set(['made', 'VALIDATION_ERROR', 'INVALID_JSON']))
  }, 60_000)
})
