import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { IssuerKeys } from '../../src/adapters/signing-keys.ts'
import type { SigningKeyLookup } from '../../src/ports.ts'
import { keyWorld, MINUTE, publicJwk, THE_ISSUER } from '../support/key-world.ts'
import { MemoryCopies } from '../support/memory-copies.ts'

let a: object
let b: object
beforeAll(async () => {
  ;[a, b] = await Promise.all([publicJwk('a'), publicJwk('b')])
})

const HEADERS = [{ alg: 'ES256', kid: 'a' }, { alg: 'ES256', kid: 'b' }, { alg: 'ES256' }]

const stands = (lookup: SigningKeyLookup) => lookup.kind !== 'unavailable' && lookup.stands()
const keysOf = (lookup: SigningKeyLookup) => (lookup.kind === 'found' ? lookup.keys : [])

type Event =
  | { readonly kind: 'pass'; readonly milliseconds: number }
  | { readonly kind: 'publish'; readonly kids: readonly string[] }
  | { readonly kind: 'find'; readonly isolate: number; readonly header: number }

const events = fc.array(
  fc.oneof<fc.Arbitrary<Event>[]>(
    fc.record({
      kind: fc.constant('pass' as const),
      milliseconds: fc.oneof(
        fc.constantFrom(-1_000, 1, 11_999, 12_001, 5 * MINUTE, 10 * MINUTE),
        fc.integer({ min: -20_000, max: 16 * MINUTE }),
      ),
    }),
    fc.record({ kind: fc.constant('publish' as const), kids: fc.subarray(['a', 'b']) }),
    fc.record({ kind: fc.constant('find' as const), isolate: fc.nat(1), header: fc.nat(2) }),
  ),
  { minLength: 5, maxLength: 40 },
)

/** Plays the events in two isolates; an issuer that publishes nothing is dark. */
async function play(played: readonly Event[]): Promise<{ wrong: string[]; stood: number }> {
  const world = keyWorld([new MemoryCopies('cache')])
  const isolates = [world.isolate(), world.isolate()]
  const lookups = new Map<string, SigningKeyLookup>()
  const wrong: string[] = []
  let stood = 0
  world.publish(a)

  async function find(keys: IssuerKeys, name: string, header: { alg: string }) {
    const before = lookups.get(name)
    const asked = world.fetchedAt.length
    const isStanding = before !== undefined && stands(before)
    const lookup = await keys.find(THE_ISSUER, header)
    await world.settle()
    lookups.set(name, lookup)
    if (!isStanding) return
    stood += 1
    if (lookup.kind !== before.kind) wrong.push(`${name}: ${before.kind}, ${lookup.kind}`)
    const [now, then] = [keysOf(lookup), keysOf(before)]
    const isSame = now.length === then.length && now.every((key, i) => key === then[i])
    if (!isSame) wrong.push(`${name}: other keys`)
    if (world.fetchedAt.length > asked) wrong.push(`${name}: asked the issuer`)
  }

  for (const happens of played) {
    if (happens.kind === 'pass') world.now += happens.milliseconds
    else if (happens.kind === 'publish') {
      if (happens.kids.length > 0)
        world.publish(...happens.kids.map((kid) => (kid === 'a' ? a : b)))
      else world.answer = () => Promise.reject(new TypeError('refused'))
    } else {
      const [keys, header] = [isolates[happens.isolate], HEADERS[happens.header]]
      if (keys && header) await find(keys, `${happens.isolate} ${happens.header}`, header)
    }
  }
  return { wrong, stood }
}

describe('keys that were looked up', () => {
  it.each([
    ['a key that is there', 'a', 5 * MINUTE],
    ['a key that is not', 'b', 12_000],
  ])('stand while their set is used unasked: %s', async (_, kid, milliseconds) => {
    const world = keyWorld()
    world.publish(a)
    const lookup = await world.isolate().find(THE_ISSUER, { alg: 'ES256', kid })

    world.now += milliseconds
    expect(stands(lookup)).toBe(true)
    world.now += 1
    expect(stands(lookup)).toBe(false)
    world.now -= milliseconds + 2
    expect(stands(lookup)).toBe(false)
  })

  it('stand no more when another set has come, were it the same', async () => {
    const world = keyWorld()
    world.publish(a)
    const keys = world.isolate()
    const lookup = await keys.find(THE_ISSUER, { alg: 'ES256', kid: 'a' })
    world.now += 13_000
    await keys.find(THE_ISSUER, { alg: 'ES256', kid: 'b' })

    expect(stands(lookup)).toBe(false)
    expect(stands(await keys.find(THE_ISSUER, { alg: 'ES256', kid: 'a' }))).toBe(true)
  })

  it('stand no more when another set of the very same time has come, after the clock went back', async () => {
    const world = keyWorld([new MemoryCopies('cache')])
    world.publish(a)
    const keys = world.isolate()
    const lookup = await keys.find(THE_ISSUER, { alg: 'ES256', kid: 'a' })
    await world.settle()
    for (const milliseconds of [-1_000, 12_001]) {
      world.now += milliseconds
      await keys.find(THE_ISSUER, { alg: 'ES256', kid: 'b' })
      await world.settle()
    }

    const again = await keys.find(THE_ISSUER, { alg: 'ES256', kid: 'a' })

    expect(keysOf(again)).not.toEqual([])
    expect(keysOf(again)[0] === keysOf(lookup)[0]).toBe(false)
    expect(stands(lookup)).toBe(false)
  })

  it('stand only where the same would be found again and nobody asked', async () => {
    let stood = 0
    await fc.assert(
      fc.asyncProperty(events, async (played) => {
        const outcome = await play(played)
        stood += outcome.stood
        expect(outcome.wrong).toEqual([])
      }),
      { numRuns: 300 },
    )
    expect(stood).toBeGreaterThan(20)
  })
})
