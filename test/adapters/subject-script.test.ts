import { Redis } from '@upstash/redis/cloudflare'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { RECORD_PREFIX, UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import { addressWith, callerWith, chargeOf, windowOf } from '../support/charges.ts'
import { withoutLeases } from '../support/without-leases.ts'

const { storeUrl, storeKind, embeddedStoreUrl, storeToken: token } = inject('outside')
const NOW = 1_790_000_000_000
const DAY = 86_400_000

describe.each([
  ['the embedded store', embeddedStoreUrl],
  [storeKind, storeUrl],
])('the record of a subject in %s', (_, url) => {
  const redis = new Redis({ url, token })
  const subjects = withoutLeases(new UpstashSubjects({ url, token, timeoutMs: 5_000 }))
  const keyOf = ({ subject }: { subject: string }) => `${RECORD_PREFIX}:${subject}`

  it('is one key, in the documented layout', async () => {
    const address = addressWith([60, 10], [3_600, 100])

    await subjects.charge(chargeOf(address, undefined, NOW, 3))

    expect(await redis.get(keyOf(address))).toEqual({
      t: NOW,
      w: { '60': [NOW + 60_000, 3], '3600': [NOW + 3_600_000, 3] },
    })
  })

  it('expires with its longest window', async () => {
    const address = addressWith([60, 10], [3_600, 100])

    await subjects.charge(chargeOf(address, undefined, NOW))

    const ttl = await redis.pttl(keyOf(address))
    expect(ttl).toBeGreaterThan(3_590_000)
    expect(ttl).toBeLessThanOrEqual(3_600_000)
  })

  it('replaces limits by those an operator set', async () => {
    const address = addressWith([60, 10])
    await redis.set(keyOf(address), { l: { '60': 2 } })

    const verdict = await subjects.charge(chargeOf(address, undefined, NOW, 2))
    const refused = await subjects.charge(chargeOf(address, undefined, NOW))

    expect(verdict.reading).toMatchObject({ limit: 2, remaining: 0 })
    expect(refused.outcome).toBe('refused')
    expect(await redis.pttl(keyOf(address))).toBeGreaterThan(399 * DAY)
  })

  it('shuts a subject out until the instant it names', async () => {
    const address = addressWith([60, 10])
    await redis.set(keyOf(address), { b: NOW + 5_000 })

    const during = await subjects.charge(chargeOf(address, undefined, NOW + 4_999))
    const after = await subjects.charge(chargeOf(address, undefined, NOW + 5_000))

    expect(during).toMatchObject({
      outcome: 'refused',
      blocked: true,
      code: 'RATE_LIMIT_EXCEEDED_IP',
      retryAt: NOW + 5_000,
      reading: { remaining: 0, resetAt: NOW + 5_000 },
    })
    expect(after.outcome).toBe('admitted')
  })

  it('counts an exempt subject over its limit without refusing it, until the instant it names', async () => {
    const address = addressWith([60, 100])
    const caller = callerWith([60, 1])
    await redis.set(keyOf(caller), { e: NOW + 5_000 })
    const ask = (at: number) => subjects.charge(chargeOf(address, caller, at))

    const during = [await ask(NOW), await ask(NOW + 4_999)]
    const after = await ask(NOW + 5_000)

    // What does not bind is not shown where something else does.
    expect(during).toMatchObject([
      { outcome: 'admitted', exempt: true, reading: { limit: 100, remaining: 99 } },
      { outcome: 'admitted', exempt: true, reading: { limit: 100, remaining: 98 } },
    ])
    expect(after).toMatchObject({
      outcome: 'refused',
      exempt: false,
      code: 'RATE_LIMIT_EXCEEDED_USER',
      retryAt: NOW + 60_000,
    })
    expect(await redis.get(keyOf(caller))).toMatchObject({ w: { '60': [NOW + 60_000, 2] } })
  })

  it('shows the numbers of an exempt subject where there are no others', async () => {
    const address = addressWith([60, 1])
    await redis.set(keyOf(address), { e: NOW + 5_000 })

    const first = await subjects.charge(chargeOf(address, undefined, NOW))
    const second = await subjects.charge(chargeOf(address, undefined, NOW))

    expect([first, second]).toMatchObject([
      { outcome: 'admitted', exempt: true, reading: { limit: 1, remaining: 0 } },
      { outcome: 'admitted', exempt: true, reading: { limit: 1, remaining: 0 } },
    ])
  })

  it('refuses an exempt subject in a route’s own windows', async () => {
    const { subject } = addressWith()
    const own = { ...windowOf(60, 1, 'RATE_LIMIT_EXCEEDED'), id: 'token:60' }
    const address = { subject, windows: [windowOf(60, 1), own] }
    await redis.set(keyOf(address), { e: NOW + 5_000 })

    await subjects.charge(chargeOf(address, undefined, NOW))
    const verdict = await subjects.charge(chargeOf(address, undefined, NOW))

    expect(verdict).toMatchObject({ outcome: 'refused', code: 'RATE_LIMIT_EXCEEDED' })
  })

  it.each([
    ['a block', { b: NOW + 5_000 }, 'refused'],
    ['a revocation', { n: 2_000 }, 'revoked'],
  ])('heeds %s of an exempt subject', async (_, set, outcome) => {
    const caller = { ...callerWith([60, 10]), issuedAt: 1_999 }
    await redis.set(keyOf(caller), { e: NOW + 5_000, ...set })

    const verdict = await subjects.charge(chargeOf(addressWith([60, 10]), caller, NOW))

    expect(verdict.outcome).toBe(outcome)
  })

  it('is refused by its address, exempt or not', async () => {
    const address = addressWith([60, 1])
    const caller = callerWith([60, 1])
    await redis.set(keyOf(caller), { e: NOW + 5_000 })
    await subjects.charge(chargeOf(address, caller, NOW))

    const verdict = await subjects.charge(chargeOf(address, caller, NOW))

    expect(verdict).toMatchObject({
      outcome: 'refused',
      code: 'RATE_LIMIT_EXCEEDED_IP',
      retryAt: NOW + 60_000,
    })
  })

  it('lives as long as its exemption', async () => {
    const address = addressWith([60, 10])
    await redis.set(keyOf(address), { e: NOW + DAY })

    await subjects.charge(chargeOf(address, undefined, NOW))

    const ttl = await redis.pttl(keyOf(address))
    expect(ttl).toBeGreaterThan(DAY - 10_000)
    expect(ttl).toBeLessThanOrEqual(DAY)
  })

  it('grants an exempt subject in advance all that is asked, however much was counted', async () => {
    const address = addressWith([60, 1])
    await redis.set(keyOf(address), { e: NOW + 5_000 })
    const bill = { ...address, cost: 1, refund: 0, ends: {}, ask: 20, isolate: 'a' }
    const store = new UpstashSubjects({ url, token, timeoutMs: 5_000 })

    const [first, second] = [await store.judge([bill], NOW), await store.judge([bill], NOW)]

    expect([first.granted, second.granted]).toEqual([[20], [20]])
    expect(second.windows).toMatchObject([{ count: 42, lifted: true }])
  })

  it('revokes tokens issued before its notBefore, charging the address alone', async () => {
    const address = addressWith([60, 10])
    const caller = callerWith([60, 4])
    await redis.set(keyOf(caller), { n: 1_000 })

    const older = await subjects.charge(chargeOf(address, { ...caller, issuedAt: 999 }, NOW))
    const newer = await subjects.charge(chargeOf(address, { ...caller, issuedAt: 1_000 }, NOW))

    expect([older.outcome, newer.outcome]).toEqual(['revoked', 'admitted'])
    expect(newer.reading).toMatchObject({ limit: 4, remaining: 3 })
    expect(newer.addressReading).toMatchObject({ limit: 10, remaining: 8 })
  })

  it('revokes the tokens it names, charging the address alone, until each has ended', async () => {
    const address = addressWith([60, 10])
    const caller = callerWith([60, 4])
    const ends = NOW / 1000 + 30
    await redis.set(keyOf(caller), { r: { 'j:stolen': ends } })
    const ask = async (tokenId: string, at: number) =>
      subjects.charge(chargeOf(address, { ...caller, tokenId }, at))

    const stolen = await ask('j:stolen', NOW)
    const kept = await ask('j:kept', NOW)
    // A session outlives its tokens. A clock may be 5 s ahead of another.
    const before = await ask('j:stolen', NOW + 34_999)
    const after = await ask('j:stolen', NOW + 35_000)

    expect([stolen.outcome, kept.outcome]).toEqual(['revoked', 'admitted'])
    expect(kept.reading).toMatchObject({ limit: 4, remaining: 3 })
    expect(kept.addressReading).toMatchObject({ limit: 10, remaining: 8 })
    expect([before.outcome, after.outcome]).toEqual(['revoked', 'admitted'])
    expect(await redis.get(keyOf(caller))).not.toHaveProperty('r')
  })

  it('lives as long as the last token it revokes', async () => {
    const caller = callerWith([60, 4])
    const ends = NOW / 1000 + 86_400
    await redis.set(keyOf(caller), { r: { 'j:stolen': ends, 'j:older': ends - 3_600 } })

    await subjects.charge(chargeOf(addressWith([60, 10]), { ...caller, tokenId: 'j:kept' }, NOW))

    const ttl = await redis.pttl(keyOf(caller))
    expect(ttl).toBeGreaterThan(DAY - 10_000)
    expect(ttl).toBeLessThanOrEqual(DAY + 5_000)
  })

  it.each([
    'h:VGulUHO3WxFohUAW0h-dcU_SpZufC0xjqtJqkbab62o',
    'j:123',
    'j:"',
    'j:ключ 🗝️',
    's:[1]',
    'i:1790000000.25',
    `j:${'\u0000'}`,
  ])('revokes a token that is called %j', async (tokenId) => {
    const caller = callerWith([60, 4])
    await redis.set(keyOf(caller), { r: { [tokenId]: NOW / 1000 + 60 } })

    const { outcome } = await subjects.charge(
      chargeOf(addressWith([60, 10]), { ...caller, tokenId }, NOW),
    )

    expect(outcome).toBe('revoked')
  })

  it('does not let time run backwards', async () => {
    const address = addressWith([60, 1])
    await subjects.charge(chargeOf(address, undefined, NOW))
    await subjects.charge(chargeOf(address, undefined, NOW + 60_000))

    const late = await subjects.charge(chargeOf(address, undefined, NOW + 59_000))

    expect(late).toMatchObject({ outcome: 'refused', retryAt: NOW + 120_000 })
  })

  it('is not stalled by one clock an hour ahead', async () => {
    const address = addressWith([60, 1])
    await subjects.charge(chargeOf(address, undefined, NOW + 3_600_000))

    const refused = await subjects.charge(chargeOf(address, undefined, NOW))
    const admitted = await subjects.charge(chargeOf(address, undefined, NOW + 66_000))

    expect(refused).toMatchObject({ outcome: 'refused', retryAt: NOW + 65_000 })
    expect(admitted.outcome).toBe('admitted')
  })

  it('tells a blocked subject when it may come back, over windows and all', async () => {
    const address = addressWith([60, 1])
    await redis.set(keyOf(address), { b: NOW + 5_000, w: { '60': [NOW + 60_000, 1] } })

    const verdict = await subjects.charge(chargeOf(address, undefined, NOW))

    expect(verdict).toMatchObject({ blocked: true, retryAt: NOW + 60_000 })
  })

  it('tells an address over its limit to wait for a user who is shut out for longer', async () => {
    const address = addressWith([60, 1])
    const caller = callerWith([60, 5])
    await redis.set(keyOf(address), { w: { '60': [NOW + 60_000, 1] } })
    await redis.set(keyOf(caller), { b: NOW + 600_000 })

    const verdict = await subjects.charge(chargeOf(address, caller, NOW))

    expect(verdict).toMatchObject({
      code: 'RATE_LIMIT_EXCEEDED_IP',
      retryAt: NOW + 600_000,
      reading: { resetAt: NOW + 600_000 },
    })
  })

  it('names a blocked user’s code where the user has no window of its own', async () => {
    const address = addressWith([60, 10])
    const caller = callerWith()
    await redis.set(keyOf(caller), { b: NOW + 5_000 })

    const verdict = await subjects.charge(chargeOf(address, caller, NOW))

    expect(verdict).toMatchObject({ blocked: true, code: 'RATE_LIMIT_EXCEEDED_USER' })
  })

  it.each([
    'no JSON',
    '7',
    '"text"',
    '{"w":5}',
    '{"w":{"60":5}}',
    '{"w":{"60":["x",1]}}',
    '{"w":{"60":[1790000009000,"x"]}}',
    '{"w":{"61":[]}}',
    '{"l":{"60":"x"}}',
    '{"c":{"z":["x","y",1790000000000]}}',
    '{"t":"x","n":"x","b":"x","e":"x","l":7,"c":7,"r":7}',
    '{"r":{"j:one":"x"}}',
  ])('is begun anew where it holds %s', async (spoiled) => {
    const address = addressWith([60, 10])
    await new Redis({ url, token, automaticDeserialization: false }).set(keyOf(address), spoiled)

    const concurrency = { inFlight: 1, lasting: 0, most: 10 }
    const verdict = await subjects.charge(chargeOf({ ...address, concurrency }, undefined, NOW))

    expect(verdict.reading).toMatchObject({ limit: 10, remaining: 9 })
  })

  it('is written only when something is charged', async () => {
    const address = addressWith([60, 1])
    await subjects.charge(chargeOf(address, undefined, NOW))
    const before = await redis.get(keyOf(address))

    await subjects.charge(chargeOf(address, undefined, NOW + 1_000))

    expect(await redis.get(keyOf(address))).toEqual(before)
  })
})

describe('one deadline', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('holds for a script that has to be sent after all', async () => {
    // A store that says after 900 ms that it has lost the script, and then says nothing.
    const answers = [
      () =>
        scheduler
          .wait(900)
          .then(() => Response.json({ error: 'NOSCRIPT No matching script' }, { status: 400 })),
      () => new Promise<Response>(() => undefined),
    ]
    vi.stubGlobal('fetch', () => answers.shift()?.())
    const store = new UpstashSubjects({ url: 'https://store.test', token, timeoutMs: 1_000 })

    const charged = withoutLeases(store).charge(chargeOf(addressWith([60, 1]), undefined, NOW))

    // Timers end in their order, however busy the machine is: two deadlines in turn would take 1,900 ms.
    const told = charged.catch((error: Error) => error.message)
    expect(await Promise.race([told, scheduler.wait(1_800)])).toContain('late')
  })
})

describe('a store that does not answer as it should', () => {
  it.each([
    ['a wrong token', { url: storeUrl, token: 'wrong', timeoutMs: 1_000 }],
    ['nobody there', { url: 'http://127.0.0.1:9', token, timeoutMs: 1_000 }],
    ['another service', { url: inject('outside').upstreamUrl, token, timeoutMs: 1_000 }],
  ])('is a rejection: %s', async (_, settings) => {
    const charge = chargeOf(addressWith([60, 1]), undefined, NOW)

    await expect(withoutLeases(new UpstashSubjects(settings)).charge(charge)).rejects.toThrow()
  })

  it('is a rejection within its time-out when it hangs', async () => {
    const url = `${inject('outside').upstreamUrl}/demo/slow?ms=5000&x=`
    const startedAt = Date.now()

    await expect(
      withoutLeases(new UpstashSubjects({ url, token, timeoutMs: 200 })).charge(
        chargeOf(addressWith([60, 1]), undefined, NOW),
      ),
    ).rejects.toThrow()
    expect(Date.now() - startedAt).toBeLessThan(2_000)
  })
})
