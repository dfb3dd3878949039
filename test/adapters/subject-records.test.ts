import { Redis } from '@upstash/redis/cloudflare'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { SUBJECTS_DONE_SCRIPT } from '../../src/adapters/subject-change-script.ts'
import { UpstashRecords } from '../../src/adapters/subject-records.ts'
import { RECORD_PREFIX } from '../../src/adapters/upstash-subjects.ts'
import type { SubjectChange } from '../../src/policy/subject-record.ts'

const { storeUrl, storeKind, embeddedStoreUrl, storeToken: token, upstreamUrl } = inject('outside')
const NOW = 1_790_000_000_000
const ENDS = NOW / 1000 + 3_600
const DAY = 86_400_000
const RUNNING = { '60': [NOW + 30_000, 7], '3600': [NOW + 1_800_000, 70] }

function entryOf(subject: string, time = NOW) {
  return {
    time,
    by: 'user:https://issuer.test/|auth0|root',
    correlationId: 'req-test-1',
    subject,
    change: { reset: true },
  }
}

describe.each([
  ['the embedded store', embeddedStoreUrl],
  [storeKind, storeUrl],
])('records in %s', (_, url) => {
  const redis = new Redis({ url, token })
  const records = new UpstashRecords({ url, token, timeoutMs: 5_000 })
  let subject: string
  let key: string
  beforeEach(() => {
    subject = `user:https://issuer.test/|${crypto.randomUUID()}`
    key = `${RECORD_PREFIX}:${subject}`
  })
  const change = (wanted: SubjectChange, time = NOW) =>
    records.change(wanted, entryOf(subject, time))

  it('reads nothing of a subject that never came', async () => {
    expect(await records.read(subject)).toEqual({
      exists: false,
      windows: [],
      limits: {},
      revoked: [],
    })
  })

  it.each([
    '{"w":5}',
    '{"w":{"60":["x",1]}}',
    '{"l":{"60":"x"}}',
    '{"n":"x","b":"x","e":"x"}',
    '{"r":{"j:a":"x"}}',
  ])('reads %s as if that were not there', async (spoiled) => {
    await new Redis({ url, token, automaticDeserialization: false }).set(key, spoiled)

    expect(await records.read(subject)).toEqual({
      exists: true,
      windows: [],
      limits: {},
      revoked: [],
    })
  })

  it.each([
    'nonsense',
    '{"w":5}',
    '{"w":{"60":5}}',
    '{"w":{"60":["x",1]}}',
    '{"t":"x"}',
    '{"b":"x","l":7}',
    '{"l":{"60":"x"}}',
  ])('can reset %s', async (spoiled) => {
    await new Redis({ url, token, automaticDeserialization: false }).set(key, spoiled)

    await change({ reset: true })

    expect(await records.read(subject)).toEqual({
      exists: false,
      windows: [],
      limits: {},
      revoked: [],
    })
  })

  const many = (size: number) => {
    const entries = Array.from({ length: size }, (_, i) => [`j:${i}`, ENDS + i] as const)
    return Object.fromEntries(entries)
  }
  const revoke = (id: string, expiresAt = ENDS) => change({ revoke: { id, expiresAt } })

  it('revokes up to 32 tokens one by one, each until it ends', async () => {
    await redis.set(key, { t: NOW, w: {}, r: { ...many(31), 'j:ended': NOW / 1000 - 6 } })

    const record = await revoke('j:last', ENDS + 86_400)

    expect(await redis.get(key)).toEqual({
      t: NOW,
      w: {},
      r: { ...many(31), 'j:last': ENDS + 86_400 },
    })
    expect(record?.revoked).toHaveLength(32)
    expect(record?.revoked).toContainEqual({ id: 'j:last', expiresAt: ENDS + 86_400 })
    expect(record?.expiresInMs).toBe(3_600_000 + DAY + 5_000)
  })

  it('forgets none for the 33rd: it revokes all tokens that can have been issued until now', async () => {
    await redis.set(key, { t: NOW, w: {}, n: 1_000, r: many(32) })

    const record = await revoke('j:last')

    expect(record).toMatchObject({
      notBefore: NOW / 1000 + 6,
      revoked: [{ id: 'j:last', expiresAt: ENDS }],
    })
  })

  it('counts a token that is revoked again once, and until its later end', async () => {
    await redis.set(key, { t: NOW, w: {}, r: many(32) })

    await revoke('j:0', ENDS + 9)
    const record = await revoke('j:0', ENDS - 9)

    expect(record?.notBefore).toBeUndefined()
    expect(record?.revoked).toHaveLength(32)
    expect(record?.revoked).toContainEqual({ id: 'j:0', expiresAt: ENDS + 9 })
  })

  it('loses none of many sign-outs at once', async () => {
    const ids = Array.from({ length: 32 }, (_, i) => `j:${i}`)

    const done = await Promise.all(
      ids.map((id) => records.signOut(subject, { revoke: { id, expiresAt: ENDS } }, NOW)),
    )

    const { revoked = [], notBefore } = (await records.read(subject)) ?? {}
    expect(new Set(done)).toEqual(new Set([true]))
    expect(revoked.map(({ id }) => id).sort()).toEqual(ids.sort())
    expect(notBefore).toBeUndefined()
  })

  it('signs out everywhere without moving a later notBefore back', async () => {
    await records.signOut(subject, { revokeBefore: 1_000 }, NOW)
    await records.signOut(subject, { revokeBefore: 900 }, NOW)

    expect(await records.read(subject)).toMatchObject({ notBefore: 1_000 })
  })

  it.each(['{"n":"x","r":7}', '{"r":{"j:one":"x"}}', 'nonsense'])(
    'signs out a user whose record holds %s',
    async (spoiled) => {
      await new Redis({ url, token, automaticDeserialization: false }).set(key, spoiled)
      const what = { revoke: { id: 'j:last', expiresAt: ENDS } }

      expect(await records.signOut(subject, what, NOW)).toBe(true)
      expect(await records.read(subject)).toMatchObject({ revoked: [what.revoke] })
    },
  )

  it('reads windows, limits, revocations, block, exemption and what is left of its time', async () => {
    const stored = {
      t: NOW,
      w: RUNNING,
      l: { '60': 5 },
      n: 1_789_000_000,
      b: NOW + 5_000,
      e: NOW + 6_000,
      r: many(1),
    }
    await redis.set(key, stored, { px: 50_000 })

    const record = await records.read(subject)

    expect(record).toEqual({
      exists: true,
      windows: [
        { id: '60', count: 7, resetAt: NOW + 30_000 },
        { id: '3600', count: 70, resetAt: NOW + 1_800_000 },
      ],
      limits: { '60': 5 },
      notBefore: 1_789_000_000,
      revoked: [{ id: 'j:0', expiresAt: ENDS }],
      blockedUntil: NOW + 5_000,
      exemptUntil: NOW + 6_000,
      expiresInMs: expect.any(Number),
    })
    expect(record?.expiresInMs).toBeGreaterThan(40_000)
    expect(record?.expiresInMs).toBeLessThanOrEqual(50_000)
  })

  it.each<[string, SubjectChange, object]>([
    ['a limit', { limits: { '60': 5 } }, { l: { '60': 5 } }],
    ['a block', { blockedUntil: NOW + 9_000 }, { b: NOW + 9_000 }],
    ['an exemption', { exemptUntil: NOW + 9_000 }, { e: NOW + 9_000 }],
    ['a revocation', { notBefore: 1_790_000_001 }, { n: 1_790_000_001 }],
    ['a revoked token', { revoke: { id: 'j:0', expiresAt: ENDS } }, { r: { 'j:0': ENDS } }],
  ])(
    'keeps counts and fields it does not know through %s, however often',
    async (_, wanted, set) => {
      const others = { t: NOW - 5, w: RUNNING, c: { isolate: [3, 1, NOW] }, z: [1, 'two'] }
      await redis.set(key, others)

      const first = await change(wanted)
      const second = await change(wanted)

      expect(await redis.get(key)).toEqual({ ...others, ...set })
      expect(second?.windows).toHaveLength(2)
      expect({ ...second, expiresInMs: 0 }).toEqual({ ...first, expiresInMs: 0 })
    },
  )

  it('adds to limits, replaces them, and takes them away one by one', async () => {
    await change({ limits: { '60': 5, '3600': 50 } })
    await change({ limits: { '60': 6, 'bridgePoll:60': 1 } })
    const some = await change({ limits: { '3600': null } })
    const none = await change({ limits: { '60': null, 'bridgePoll:60': null } })

    expect(some?.limits).toEqual({ '60': 6, 'bridgePoll:60': 1 })
    expect(none).toEqual({ exists: false, windows: [], limits: {}, revoked: [] })
  })

  it('resets counts and nothing else', async () => {
    const rest = { t: NOW, l: { '60': 5 }, n: 1_789_000_000, r: many(2), b: NOW + 9_000 }
    await redis.set(key, { ...rest, w: RUNNING })

    const record = await change({ reset: true })

    expect(record).toMatchObject({ windows: [], limits: { '60': 5 }, blockedUntil: NOW + 9_000 })
    expect(await redis.get(key)).toEqual({ ...rest, w: {} })
  })

  it('keeps what others hold in the record for a while when only that is left', async () => {
    await redis.set(key, { t: NOW, w: RUNNING, c: { isolate: [3, 1, NOW] } })

    await change({ reset: true })

    expect(await redis.pttl(key)).toBeGreaterThan(50_000)
  })

  it('leaves no key behind when nothing is left', async () => {
    await change({ blockedUntil: NOW + 9_000, exemptUntil: NOW + 9_000 })
    await change({ blockedUntil: null, exemptUntil: null })

    expect(await redis.exists(key)).toBe(0)
  })

  it('drops windows, a block and an exemption that have ended', async () => {
    const ended = { '60': [NOW - 1, 7] }
    await redis.set(key, { t: NOW, w: { ...RUNNING, ...ended }, b: NOW - 1, e: NOW - 1 })

    await change({ limits: { '3600': 9 } })

    const { '3600': hour } = RUNNING
    expect(await redis.get(key)).toEqual({ t: NOW, w: { '3600': hour }, l: { '3600': 9 } })
  })

  it.each<[string, SubjectChange, number]>([
    ['a block until its end', { blockedUntil: NOW + 7 * DAY }, 7 * DAY],
    ['a ten-year block until its end', { blockedUntil: NOW + 3_650 * DAY }, 3_650 * DAY],
    ['an exemption until its end', { exemptUntil: NOW + 7 * DAY }, 7 * DAY],
    ['a limit 400 days', { limits: { '60': 5 } }, 400 * DAY],
    ['a revocation 400 days', { notBefore: 1_790_000_000 }, 400 * DAY],
    ['counts until their longest window ends', { blockedUntil: null }, 1_800_000],
  ])('keeps %s', async (_, wanted, lifetime) => {
    await redis.set(key, { t: NOW, w: RUNNING })

    const record = await change(wanted)

    const ttl = await redis.pttl(key)
    expect(ttl).toBeGreaterThan(lifetime - 10_000)
    expect(ttl).toBeLessThanOrEqual(lifetime)
    expect(record?.expiresInMs).toBe(lifetime)
  })

  it('tells what is revoked of many subjects at once, and of the others nothing', async () => {
    const subjects = Array.from({ length: 250 }, (_, i) => `${subject}-${i}`)
    const others = { t: NOW, w: RUNNING, l: { '60': 5 } }
    await redis.mset({
      [`${key}-0`]: { ...others, n: 1_789_000_000 },
      [`${key}-120`]: { ...others, r: { 'j:one': 1_790_003_600, 's:two': 1_790_000_060 } },
      [`${key}-249`]: { ...others, b: NOW + 5_000 },
      [`${key}-7`]: others,
    })

    const revocations = await records.revocations(subjects)

    expect(Object.fromEntries(revocations ?? [])).toEqual({
      [`${subject}-0`]: { notBefore: 1_789_000_000, tokens: [] },
      [`${subject}-120`]: { tokens: ['j:one', 's:two'] },
      [`${subject}-249`]: { tokens: [], blockedUntil: NOW + 5_000 },
    })
  })

  it.each(['nonsense', '7', '{"n":"x","b":"x","r":7}', '{"r":[]}'])(
    'tells what is revoked of the others when one record holds %s',
    async (spoiled) => {
      await new Redis({ url, token, automaticDeserialization: false }).set(key, spoiled)
      await redis.set(`${key}-2`, { n: 5 })

      const revocations = await records.revocations([subject, `${subject}-2`])

      expect([...(revocations ?? [])]).toEqual([[`${subject}-2`, { notBefore: 5, tokens: [] }]])
    },
  )

  it('asks nobody about no subjects', async () => {
    expect(await records.revocations([])).toEqual(new Map())
  })

  it('loses none of many changes at once', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => String(i + 1))

    await Promise.all(ids.map((id) => change({ limits: { [id]: Number(id) } })))

    const record = await records.read(subject)
    expect(record?.limits).toEqual(Object.fromEntries(ids.map((id) => [id, Number(id)])))
  })
})

// In one of the stores only: all records share the trail and the list, and another test file looks at the other's.
describe(`the audit trail in ${storeKind}`, () => {
  const redis = new Redis({ url: storeUrl, token })
  const records = new UpstashRecords({ url: storeUrl, token, timeoutMs: 5_000 })
  const trail = `${RECORD_PREFIX}:audit`
  const subject = () => `ip:${crypto.randomUUID()}`
  beforeEach(async () => {
    await redis.del(trail)
  })

  it('is empty before anything was changed', async () => {
    expect(await records.audit(10, NOW)).toEqual([])
  })

  it('has each change with all that was said of it, the newest first', async () => {
    const entries = [1, 2, 3].map((i) => entryOf(subject(), NOW + i))
    for (const entry of entries) await records.change({ reset: true }, entry)

    expect(await records.audit(10, NOW)).toEqual(entries.toReversed())
    expect(await records.audit(2, NOW)).toEqual(entries.toReversed().slice(0, 2))
  })

  it('keeps the last 1,000 entries, 90 days from the last', async () => {
    await redis.lpush(trail, ...Array.from({ length: 1_000 }, () => entryOf('ip:old', NOW - 1)))

    await records.change({ reset: true }, entryOf('ip:new'))

    expect(await redis.llen(trail)).toBe(1_000)
    expect(await records.audit(1, NOW)).toEqual([entryOf('ip:new')])
    expect(await redis.pttl(trail)).toBeGreaterThan(90 * DAY - 10_000)
  })

  it('knows nothing of users who sign out', async () => {
    await records.signOut(subject(), { revokeBefore: 5 }, NOW)

    expect(await records.audit(10, NOW)).toEqual([])
  })

  it('takes the change with it when it cannot be written', async () => {
    const entry = entryOf(subject())
    await redis.set(trail, 'no list')

    const answer = await records.change({ blockedUntil: NOW + 9_000 }, entry)

    expect(answer).toBeUndefined()
    expect(await records.read(entry.subject)).toMatchObject({ exists: false })
  })

  it('forgets what is older than 90 days, whoever asks first', async () => {
    const old = entryOf('ip:old', NOW - 90 * DAY - 1)
    const young = entryOf('ip:young', NOW - 90 * DAY)
    await redis.rpush(trail, young, old, old)

    const read = await records.audit(10, NOW)
    await records.change({ reset: true }, entryOf('ip:new'))

    expect(read).toEqual([young])
    expect(await redis.llen(trail)).toBe(2)
  })
})

describe(`the list of changed subjects in ${storeKind}`, () => {
  const redis = new Redis({ url: storeUrl, token })
  const records = new UpstashRecords({ url: storeUrl, token, timeoutMs: 5_000 })
  const list = `${RECORD_PREFIX}:changed`
  const named = (name: string) => `ip:${name}-${crypto.randomUUID()}`
  const change = (subject: string, wanted: SubjectChange, time = NOW) =>
    records.change(wanted, entryOf(subject, time))
  const listed = async (now = NOW) => (await records.changed(now))?.map(({ subject }) => subject)
  beforeEach(async () => {
    await redis.del(list)
  })

  it('is empty before anything was changed', async () => {
    expect(await records.changed(NOW)).toEqual([])
  })

  it('has whoever was changed, with what holds and since when, the last changed first', async () => {
    const [first, second] = [named('first'), named('второй 🚀 "x"')]
    await change(first, { blockedUntil: NOW + 9_000, limits: { '60': 5 } })
    await change(second, { exemptUntil: NOW + 8_000 }, NOW + 1)
    await change(first, { notBefore: 1_789_000_000 }, NOW + 2)
    await change(first, { revoke: { id: 'j:one', expiresAt: ENDS } }, NOW + 3)

    expect(await records.changed(NOW + 3)).toEqual([
      {
        subject: first,
        changedAt: NOW + 3,
        limits: { '60': 5 },
        blockedUntil: NOW + 9_000,
        notBefore: 1_789_000_000,
        revoked: [{ id: 'j:one', expiresAt: ENDS }],
      },
      { subject: second, changedAt: NOW + 1, limits: {}, revoked: [], exemptUntil: NOW + 8_000 },
    ])
  })

  it('has nobody whose counts were reset, or of whom all was taken back', async () => {
    const [reset, pardoned] = [named('reset'), named('pardoned')]
    await change(reset, { reset: true })
    await change(pardoned, { blockedUntil: NOW + 9_000 })
    await change(pardoned, { blockedUntil: null })

    expect(await redis.exists(list)).toBe(0)
  })

  it('has nobody who signed out', async () => {
    const subject = named('signed-out')
    await records.signOut(subject, { revokeBefore: 5 }, NOW)

    expect(await records.changed(NOW)).toEqual([])
  })

  it.each<[string, SubjectChange, number]>([
    ['a block', { blockedUntil: NOW + 9_000 }, 9_000],
    ['an exemption', { exemptUntil: NOW + 9_000 }, 9_000],
    ['a revoked token', { revoke: { id: 'j:one', expiresAt: NOW / 1000 + 9 } }, 9_000],
  ])('forgets whom %s no longer holds when it is read', async (_, wanted, lasts) => {
    const [ended, other] = [named('ended'), named('other')]
    await change(ended, wanted)
    await change(other, { limits: { '60': 5 } })

    const before = await listed(NOW + lasts - 1)
    const after = await listed(NOW + lasts)

    expect(before?.toSorted()).toEqual([ended, other].toSorted())
    expect(after).toEqual([other])
    expect(await redis.zrange(list, 0, -1)).toEqual([other])
  })

  it('forgets nobody who is changed again while it is read', async () => {
    const subject = named('again')
    await change(subject, { blockedUntil: NOW + 1 })
    // As it was read before the second change.
    const stale = [subject, NOW]
    await change(subject, { blockedUntil: NOW + 9_000 }, NOW + 5)

    await redis.eval(SUBJECTS_DONE_SCRIPT, [list], stale)

    expect(await listed(NOW + 5)).toEqual([subject])
  })

  it('is read over a record that somebody spoiled', async () => {
    const [spoiled, sound] = [named('spoiled'), named('sound')]
    await change(spoiled, { limits: { '60': 5 } })
    await change(sound, { limits: { '60': 5 } })
    await new Redis({ url: storeUrl, token, automaticDeserialization: false }).set(
      `${RECORD_PREFIX}:${spoiled}`,
      'nonsense',
    )

    expect(await listed()).toEqual([sound])
  })

  it('keeps the 1,000 that were changed last', async () => {
    const many = Array.from({ length: 999 }, (_, i) => ({
      score: NOW - 999 + i,
      member: `ip:${i}`,
    }))
    await redis.zadd(list, { score: NOW - 5_000, member: 'ip:oldest' }, ...many)

    await change(named('new'), { limits: { '60': 5 } })

    expect(await redis.zcard(list)).toBe(1_000)
    expect(await redis.zscore(list, 'ip:oldest')).toBeNull()
  })

  it('reads all of 250 in their order', async () => {
    const subjects = Array.from({ length: 250 }, (_, i) => named(String(i)))
    for (const [i, subject] of subjects.entries()) {
      await change(subject, { limits: { '60': 5 } }, NOW + i)
    }

    expect(await listed()).toEqual(subjects.toReversed())
  })

  it('takes the change with it when it cannot be written', async () => {
    const subject = named('unlisted')
    await redis.set(list, 'no list')

    const answer = await change(subject, { blockedUntil: NOW + 9_000 })

    expect(answer).toBeUndefined()
    expect(await records.read(subject)).toMatchObject({ exists: false })
    expect((await records.audit(1, NOW))?.[0]?.subject).not.toBe(subject)
  })
})

describe('a store that does not answer as it should', () => {
  it.each([
    ['a wrong token', { url: storeUrl, token: 'wrong', timeoutMs: 1_000 }],
    ['nobody there', { url: 'http://127.0.0.1:9', token, timeoutMs: 1_000 }],
    ['another service', { url: upstreamUrl, token, timeoutMs: 1_000 }],
    ['none in time', { url: `${upstreamUrl}/demo/slow?ms=5000&x=`, token, timeoutMs: 200 }],
  ])('is away: %s', async (_, settings) => {
    const records = new UpstashRecords(settings)

    const answers = await Promise.all([
      records.read('ip:192.0.2.1'),
      records.change({ reset: true }, entryOf('ip:192.0.2.1')),
      records.audit(1, NOW),
      records.changed(NOW),
      records.revocations(['ip:192.0.2.1']),
      records.signOut('ip:192.0.2.1', { revokeBefore: 5 }, NOW),
    ])

    expect(answers).toEqual([undefined, undefined, undefined, undefined, undefined, false])
  })

  it.each([
    ['no JSON', 'x{'],
    ['no record', '7'],
  ])('is away for a record that is %s', async (_, text) => {
    const redis = new Redis({ url: embeddedStoreUrl, token })
    await redis.set(`${RECORD_PREFIX}:ip:garbled`, text)

    const records = new UpstashRecords({ url: embeddedStoreUrl, token, timeoutMs: 5_000 })

    expect(await records.read('ip:garbled')).toBeUndefined()
  })
})
