import { Redis } from '@upstash/redis/cloudflare'
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { KeyCopies } from '../../src/adapters/key-copies.ts'
import { CachedCopies } from '../../src/adapters/key-copies-cache.ts'
import { copiesIn } from '../../src/adapters/key-copies-layers.ts'
import { SealedCopies } from '../../src/adapters/key-copies-sealed.ts'
import { StoredCopies } from '../../src/adapters/key-copies-store.ts'
import { DAY, keyWorld, lookUp, MINUTE, publicJwk, THE_ISSUER } from '../support/key-world.ts'
import { MemoryCopies } from '../support/memory-copies.ts'

const { storeUrl, storeKind, embeddedStoreUrl, storeToken: token } = inject('outside')
const SECRET = 'a secret of at least thirty-two characters'
const settings = { url: storeUrl, token, timeoutMs: 5_000 }

describe.each<[string, () => KeyCopies]>([
  ['memory', () => new MemoryCopies('store')],
  ['the Cache API', () => new CachedCopies()],
  ['the embedded store', () => new StoredCopies({ ...settings, url: embeddedStoreUrl })],
  [storeKind, () => new StoredCopies(settings)],
  ['memory, sealed', () => new SealedCopies(new MemoryCopies('cache'), SECRET)],
  ['the Cache API, sealed', () => new SealedCopies(new CachedCopies(), SECRET)],
  [`${storeKind}, sealed`, () => new SealedCopies(new StoredCopies(settings), SECRET)],
])('copies in %s', (_, open) => {
  const name = `https://issuer.test/${crypto.randomUUID()} https://issuer.test/keys?ü#x`
  const text = `text.${JSON.stringify({ keys: ['ü', '\u0000'] })}`

  it('are read as they were written, by another isolate too where it is shared', async () => {
    const copies = open()
    await copies.write(name, 'an earlier one')
    await copies.write(name, text)

    expect(await copies.read(name)).toBe(text)
  })

  it('are of one name only', async () => {
    const copies = open()
    await copies.write(name, text)

    expect(await copies.read(`${name}x`)).toBeUndefined()
  })
})

describe('copies in the store', () => {
  it('end after a week', async () => {
    const name = crypto.randomUUID()
    await new StoredCopies(settings).write(name, 'text')

    const redis = new Redis({ url: storeUrl, token })
    expect(await redis.ttl(`gateway:1:keys:${name}`)).toBeGreaterThan((7 * DAY) / 1000 - 60)
    expect(await redis.ttl(`gateway:1:keys:${name}`)).toBeLessThanOrEqual((7 * DAY) / 1000)
  })

  it('are not there while the store is away', async () => {
    const away = new StoredCopies({ url: 'http://127.0.0.1:1', token, timeoutMs: 100 })
    await away.write('name', 'text')

    expect(await away.read('name')).toBeUndefined()
  })
})

describe('the layers', () => {
  it.each([
    ['without a secret the cache alone', undefined, ['cache']],
    ['with one the cache, then the store', SECRET, ['cache', 'store']],
  ])('are %s', (_, secret, layers) => {
    expect(copiesIn(settings, secret).map(({ layer }) => layer)).toEqual(layers)
  })
})

let a: object
let b: object
beforeAll(async () => {
  ;[a, b] = await Promise.all([publicJwk('a'), publicJwk('b')])
})

const NAME = 'https://issuer.test/ https://issuer.test/keys'
const dark = () => Promise.reject(new TypeError('refused'))

describe.each(['cache', 'store'] as const)('a copy in the %s', (layer) => {
  let lying: MemoryCopies
  let world: ReturnType<typeof keyWorld>
  beforeEach(() => {
    lying = new MemoryCopies(layer)
    world = keyWorld([new SealedCopies(lying, SECRET)])
  })

  /** Some isolate has asked the issuer, and is gone. */
  async function leaveCopy(...keys: object[]) {
    world.publish(...keys)
    await lookUp(world.isolate(), 'a')
    await world.settle()
  }

  async function seal(text: string) {
    await new SealedCopies(lying, SECRET).write(NAME, text)
  }

  const copyText = () => (lying.texts.get(NAME) ?? '').replace(/^[0-9a-f]{64}\./, '')

  it('spares a cold isolate the issuer', async () => {
    await leaveCopy(a)
    world.now += 5 * MINUTE

    expect(await lookUp(world.isolate(), 'a')).toBe('found')
    expect(world.fetchedAt).toHaveLength(1)
  })

  it('is refreshed in the background when it is over five minutes old', async () => {
    await leaveCopy(a, b)
    world.publish(a)
    world.now += 5 * MINUTE + 1
    const keys = world.isolate()

    expect(await lookUp(keys, 'b')).toBe('found')
    await world.settle()
    expect(await lookUp(keys, 'b')).toBe('unknown')
  })

  it('does not make its set look younger', async () => {
    await leaveCopy(a, b)
    world.answer = dark
    world.now += 14 * MINUTE
    const keys = world.isolate()
    const early = await lookUp(keys, 'b')
    await world.settle()
    world.publish(a)
    world.now += MINUTE + 1

    expect([early, await lookUp(keys, 'b')]).toEqual(['found', 'unknown'])
  })

  it.each([
    ['six hours', 6 * 60 * MINUTE, 'found'],
    ['a week', 7 * DAY, 'found'],
    ['longer', 7 * DAY + 1, 'unavailable'],
  ])('serves a cold isolate while the issuer is dark: %s', async (_, age, expected) => {
    await leaveCopy(a)
    world.answer = dark
    world.now += age

    expect(await lookUp(world.isolate(), 'a')).toBe(expected)
  })

  it('holds what verifies, and nothing else that the issuer published', async () => {
    const rest = { kid: 'd', kty: 'oct', k: 'c2VjcmV0' }
    await leaveCopy({ ...a, 'x-note': 'very private' }, { ...b, d: 'AAAA' }, rest)

    expect(JSON.parse(copyText())).toEqual({
      issuer: THE_ISSUER.issuer,
      jwksUrl: THE_ISSUER.jwksUrl,
      fetchedAt: world.now,
      keys: [expect.objectContaining({ kid: 'a', kty: 'EC', crv: 'P-256' })],
    })
    expect(copyText()).not.toMatch(/x-note|"d"|"k"/)
  })

  it.each<[string, (text: string) => Promise<void> | void, string]>([
    [
      'with one letter changed',
      () => {
        lying.texts.set(NAME, (lying.texts.get(NAME) ?? '').replace('"kid":"a"', '"kid":"b"'))
      },
      'a copy that KEYS_SECRET did not seal',
    ],
    [
      'without a seal',
      (text) => {
        lying.texts.set(NAME, text)
      },
      'a copy that KEYS_SECRET did not seal',
    ],
    [
      'under another secret',
      (text) => new SealedCopies(lying, `${SECRET}x`).write(NAME, text),
      'a copy that KEYS_SECRET did not seal',
    ],
    [
      'sealed under another name',
      async (text) => {
        await new SealedCopies(lying, SECRET).write('another', text)
        lying.texts.set(NAME, lying.texts.get('another') ?? '')
      },
      'a copy that KEYS_SECRET did not seal',
    ],
    [
      'of another issuer',
      (text) => seal(text.replace('"issuer":"https://issuer.', '"issuer":"https://evil.')),
      'a copy of another issuer',
    ],
    [
      'of other keys of the issuer',
      (text) => seal(text.replace('/keys"', '/other-keys"')),
      'a copy of another issuer',
    ],
    [
      'from the future',
      (text) => seal(text.replace(/("fetchedAt":)(\d+)/, (_, key, at) => `${key}${+at + 60_000}`)),
      'a copy from the future',
    ],
    ['that is no JSON', () => seal('{'), 'no copy of a key set'],
    ['that is another thing', () => seal('{"keys":[]}'), 'no copy of a key set'],
    [
      'of no key',
      (text) => seal(text.replace(/"keys":.*$/, '"keys":[]}')),
      'no signing key in the set',
    ],
  ])('%s is ignored, and logged once', async (_, spoil, reason) => {
    await leaveCopy(a)
    await spoil(copyText())
    world.answer = dark
    const keys = world.isolate()
    const first = await lookUp(keys, 'a')
    world.now += 1_001
    const second = await lookUp(keys, 'a')

    expect([first, second]).toEqual(['unavailable', 'unavailable'])
    expect(world.records).toEqual([
      { event: 'keys.copy.refused', issuer: THE_ISSUER.issuer, layer, reason },
      { event: 'keys.unavailable', issuer: THE_ISSUER.issuer, reason: 'unreachable' },
    ])
  })

  it('that is older than the set in hand is left where it is', async () => {
    await leaveCopy(a, b)
    const old = copyText()
    world.publish(a)
    world.now += 20_000
    const keys = world.isolate()
    await lookUp(keys, 'new')
    await world.settle()
    await seal(old)
    world.answer = dark
    world.now += 16 * MINUTE

    expect(await lookUp(keys, 'a')).toBe('found')
    expect(await lookUp(keys, 'b')).toBe('unavailable')
  })

  it('from a clock a little ahead is used, as if it were of this moment', async () => {
    await leaveCopy(a)
    world.now -= 5_000

    expect(await lookUp(world.isolate(), 'a')).toBe('found')
    expect(world.fetchedAt).toHaveLength(1)
  })
})

describe('copies in both layers', () => {
  it('are left by whoever asks the issuer', async () => {
    const [cache, store] = [new MemoryCopies('cache'), new MemoryCopies('store')]
    const world = keyWorld([cache, store])
    world.publish(a)
    await lookUp(world.isolate(), 'a')
    await world.settle()

    expect([...cache.texts]).toEqual([...store.texts])
    expect([...cache.texts.keys()]).toEqual([NAME])
  })

  it('are asked in their order: the store not at all where the cache is young enough', async () => {
    const asked: string[] = []
    class Watched extends MemoryCopies {
      override read(name: string) {
        asked.push(this.layer)
        return super.read(name)
      }
    }
    const world = keyWorld([new Watched('cache'), new Watched('store')])
    world.publish(a)
    await lookUp(world.isolate(), 'a')
    await world.settle()
    world.now += 15 * MINUTE
    await lookUp(world.isolate(), 'a')

    expect(asked.slice(0, 3)).toEqual(['cache', 'store', 'cache'])
  })
})
