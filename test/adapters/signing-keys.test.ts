import { beforeAll, describe, expect, it } from 'vitest'
import { DAY, keyWorld, lookUp, MINUTE, publicJwk, THE_ISSUER } from '../support/key-world.ts'
import { MemoryCopies } from '../support/memory-copies.ts'

let a: object
let b: object
beforeAll(async () => {
  ;[a, b] = await Promise.all([publicJwk('a'), publicJwk('b')])
})

const dark = () => Promise.reject(new TypeError('refused'))
const never = () => new Promise<Response>(() => undefined)

describe('a key set', () => {
  it('is used as it is for five minutes', async () => {
    const world = keyWorld()
    world.publish(a)
    const keys = world.isolate()
    await lookUp(keys, 'a')
    world.now += 5 * MINUTE

    expect(await lookUp(keys, 'a')).toBe('found')
    await world.settle()
    expect(world.fetchedAt).toHaveLength(1)
  })

  it('is refreshed in the background until it is fifteen minutes old', async () => {
    const world = keyWorld()
    world.publish(a, b)
    const keys = world.isolate()
    await lookUp(keys, 'a')
    world.publish(a)
    world.now += 15 * MINUTE

    expect(await lookUp(keys, 'b')).toBe('found')
    await world.settle()
    expect(await lookUp(keys, 'b')).toBe('unknown')
    expect(world.fetchedAt).toHaveLength(2)
  })

  it('waits for no issuer meanwhile', async () => {
    const world = keyWorld()
    world.publish(a)
    const keys = world.isolate()
    await lookUp(keys, 'a')
    world.answer = never
    world.now += 15 * MINUTE

    const found = await Promise.all(Array.from({ length: 100 }, () => lookUp(keys, 'a')))

    expect(found).toEqual(Array(100).fill('found'))
    expect([world.fetchedAt.length, world.waiting()]).toEqual([2, 0])
  })

  it('is refreshed before it is used from then on', async () => {
    const world = keyWorld()
    world.publish(a, b)
    const keys = world.isolate()
    await lookUp(keys, 'a')
    world.publish(a)
    world.now += 15 * MINUTE + 1

    expect(await lookUp(keys, 'b')).toBe('unknown')
  })

  it.each([
    ['a week', 7 * DAY, 'found'],
    ['longer', 7 * DAY + 1, 'unavailable'],
  ])('is used for %s while the issuer is dark: %i ms', async (_, age, expected) => {
    const world = keyWorld()
    world.publish(a)
    const keys = world.isolate()
    await lookUp(keys, 'a')
    world.answer = dark
    world.now += age

    expect(await lookUp(keys, 'a')).toBe(expected)
  })

  it('of an issuer that has just failed is used without waiting for it', async () => {
    const world = keyWorld()
    world.publish(a)
    const keys = world.isolate()
    await lookUp(keys, 'a')
    world.answer = dark
    world.now += 20 * MINUTE
    await lookUp(keys, 'a')
    world.answer = never
    world.now += 13_000

    expect(await lookUp(keys, 'a')).toBe('found')
    expect(world.fetchedAt).toHaveLength(3)
  })

  it('of an issuer that failed a while ago is refreshed first: it may have removed a key since', async () => {
    const world = keyWorld()
    world.publish(a, b)
    const keys = world.isolate()
    await lookUp(keys, 'a')
    world.answer = dark
    world.now += 20 * MINUTE
    await lookUp(keys, 'a')
    world.publish(a)
    world.now += 15 * MINUTE

    expect(await lookUp(keys, 'b')).toBe('unknown')
  })

  it('keeps the very same keys over a refresh that does not change them', async () => {
    const world = keyWorld()
    world.publish(a, b)
    const keys = world.isolate()
    const before = await keys.find(THE_ISSUER, { alg: 'ES256', kid: 'a' })
    world.publish(await publicJwk('c'), { use: 'sig', ...a, 'x-note': 'the same key' })
    world.now += 16 * MINUTE
    const after = await keys.find(THE_ISSUER, { alg: 'ES256', kid: 'a' })

    expect(after.kind === 'found' && after.keys[0]).toBe(before.kind === 'found' && before.keys[0])
    expect(world.fetchedAt).toHaveLength(2)
  })
})

describe('a key in hand', () => {
  async function handed() {
    const world = keyWorld()
    world.publish(a, b)
    const keys = world.isolate()
    const lookup = await keys.find(THE_ISSUER, { alg: 'ES256', kid: 'b' })
    if (lookup.kind !== 'found' || !lookup.keys[0]) throw new Error('no key')
    return { world, keys, key: lookup.keys[0] }
  }

  it('is held while its set is at most fifteen minutes old', async () => {
    const { world, keys, key } = await handed()

    expect(keys.holds(THE_ISSUER, key)).toBe(true)
    world.now += 15 * MINUTE
    expect(keys.holds(THE_ISSUER, key)).toBe(true)
    world.now += 1
    expect(keys.holds(THE_ISSUER, key)).toBe(false)
  })

  it('is held again after a refresh, and no more once it is removed', async () => {
    const { world, keys, key } = await handed()
    world.now += 16 * MINUTE
    await lookUp(keys, 'a')
    const kept = keys.holds(THE_ISSUER, key)
    world.publish(a)
    world.now += 16 * MINUTE
    await lookUp(keys, 'a')

    expect([kept, keys.holds(THE_ISSUER, key)]).toEqual([true, false])
  })

  it('is held of its own issuer only, and never another object of equal content', async () => {
    const { world, keys, key } = await handed()
    const other = await world.isolate().find(THE_ISSUER, { alg: 'ES256', kid: 'b' })

    expect(keys.holds({ ...THE_ISSUER, issuer: 'https://other.test/' }, key)).toBe(false)
    expect(
      other.kind === 'found' && other.keys.map((twin) => keys.holds(THE_ISSUER, twin)),
    ).toEqual([false])
  })
})

describe('an unknown key id', () => {
  it.each([
    [12_000, 'unknown', 1],
    [12_001, 'found', 2],
  ])('against a set %i ms old: %s', async (age, expected, fetches) => {
    const world = keyWorld()
    world.publish(a)
    const keys = world.isolate()
    await lookUp(keys, 'a')
    world.publish(a, b)
    world.now += age

    expect(await lookUp(keys, 'b')).toBe(expected)
    expect(world.fetchedAt).toHaveLength(fetches)
  })

  it('ten thousand times in a minute asks five times, and delays a new key by twelve seconds', async () => {
    const world = keyWorld()
    world.publish(a)
    const keys = world.isolate()
    const start = world.now
    const rotatedAt = start + 20_000
    let acceptedAt = Number.POSITIVE_INFINITY
    for (let asked = 0; asked < 10_000; asked += 1) {
      world.now = start + asked * 6
      if (world.now >= rotatedAt) world.publish(a, b)
      await lookUp(keys, `made-up-${asked}`)
      const accepted = world.now >= rotatedAt && (await lookUp(keys, 'b')) === 'found'
      if (accepted) acceptedAt = Math.min(acceptedAt, world.now)
    }

    expect(world.fetchedAt.length).toBeLessThanOrEqual(5)
    expect(acceptedAt - rotatedAt).toBeLessThanOrEqual(12_006)
  })

  it('asks at most five times in any minute of a longer flood, the issuer failing or not', async () => {
    const world = keyWorld()
    const keys = world.isolate()
    world.publish(a)
    await lookUp(keys, 'a')
    for (let asked = 0; asked < 3_000; asked += 1) {
      world.now += 100
      world.answer = asked % 600 < 300 ? dark : () => Response.json({ keys: [a] })
      await lookUp(keys, `made-up-${asked}`)
    }
    const inOneMinute = world.fetchedAt.map(
      (from) => world.fetchedAt.filter((at) => at >= from && at < from + MINUTE).length,
    )

    expect(Math.max(...inOneMinute)).toBe(5)
  })

  it('is unavailable, not unknown, while the issuer cannot be asked', async () => {
    const world = keyWorld()
    world.publish(a)
    const keys = world.isolate()
    await lookUp(keys, 'a')
    world.answer = dark
    world.now += 13_000

    expect(await lookUp(keys, 'b')).toBe('unavailable')
    expect(await lookUp(keys, 'a')).toBe('found')
  })

  it('is found in what another isolate has learned before the issuer went dark', async () => {
    const world = keyWorld([new MemoryCopies('cache'), new MemoryCopies('store')])
    const keys = world.isolate()
    world.publish(a)
    await lookUp(keys, 'a')
    world.now += 60_000
    world.publish(a, b)
    await lookUp(world.isolate(), 'b')
    await world.settle()
    world.answer = dark

    expect(await lookUp(keys, 'b')).toBe('found')
  })
})

describe('a cold isolate', () => {
  it('asked twenty times at once asks once', async () => {
    const world = keyWorld([new MemoryCopies('cache')])
    world.publish(a)
    const keys = world.isolate()

    const found = await Promise.all(Array.from({ length: 20 }, () => lookUp(keys, 'a')))

    expect(found).toEqual(Array(20).fill('found'))
    expect(world.fetchedAt).toHaveLength(1)
  })

  it('goes on by itself when the request that asked is gone, again with one question for all', async () => {
    const world = keyWorld()
    world.answer = never
    const keys = world.isolate()
    lookUp(keys, 'a').catch(() => undefined)
    const waiting = Array.from({ length: 19 }, () => lookUp(keys, 'a'))
    await new Promise((resolve) => setTimeout(resolve, 0))
    world.publish(a)
    world.now += 8_000
    world.losePatience()

    expect(await Promise.all(waiting)).toEqual(Array(19).fill('found'))
    expect(world.fetchedAt).toHaveLength(2)
  })

  it('asks again after a second when nothing was to be had', async () => {
    const world = keyWorld()
    const keys = world.isolate()
    const first = await lookUp(keys, 'a')
    world.publish(a)
    const atOnce = await lookUp(keys, 'a')
    world.now += 1_001

    expect([first, atOnce, await lookUp(keys, 'a')]).toEqual([
      'unavailable',
      'unavailable',
      'found',
    ])
  })

  it('lets nobody wait twice for an issuer that does not answer, and has its keys when it does', async () => {
    const world = keyWorld()
    const keys = world.isolate()
    world.answer = () => {
      world.now += 4_000
      return dark()
    }
    const first = await lookUp(keys, 'a')
    world.now += 2_000
    world.answer = never
    const second = await lookUp(keys, 'a')
    world.now += 8_000
    world.losePatience()
    world.publish(a)
    const third = await lookUp(keys, 'a')
    await world.settle()

    expect([first, second, third, await lookUp(keys, 'a')]).toEqual([
      'unavailable',
      'unavailable',
      'unavailable',
      'found',
    ])
  })
})

describe('the log', () => {
  it('tells of an outage once, of each new reason once, and of its end', async () => {
    const world = keyWorld()
    const keys = world.isolate()
    const answers = [dark, dark, dark, () => new Response('<html>'), () => new Response('<html>')]
    for (const answer of answers) {
      world.answer = answer
      world.now += 2_000
      await lookUp(keys, 'a')
    }
    world.publish(a)
    world.now += 2_000
    await lookUp(keys, 'a')

    const { issuer } = THE_ISSUER
    expect(world.records).toEqual([
      { event: 'keys.unavailable', issuer, reason: 'unreachable' },
      { event: 'keys.unavailable', issuer, reason: 'no JSON' },
      { event: 'keys.back', issuer },
    ])
  })

  it('tells once which kinds of keys were left out', async () => {
    const world = keyWorld()
    const keys = world.isolate()
    world.publish(a, { ...b, use: 'enc' }, { kty: 'oct', k: 'AAAA' })
    for (let times = 0; times < 3; times += 1) {
      await lookUp(keys, 'a')
      world.now += 16 * MINUTE
    }

    expect(world.records).toEqual([
      {
        event: 'keys.dropped',
        issuer: THE_ISSUER.issuer,
        flaws: ['not for signatures', 'symmetric'],
      },
    ])
  })
})
