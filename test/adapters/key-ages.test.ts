import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { IssuerKeys } from '../../src/adapters/signing-keys.ts'
import { keyWorld, lookUp, MINUTE, publicJwk } from '../support/key-world.ts'
import { MemoryCopies } from '../support/memory-copies.ts'

let steady: object
let doomed: object
beforeAll(async () => {
  ;[steady, doomed] = await Promise.all([publicJwk('steady'), publicJwk('doomed')])
})

type Event =
  | { readonly kind: 'pass'; readonly milliseconds: number }
  | { readonly kind: 'ask'; readonly isolate: number; readonly kid: string }
  | { readonly kind: 'restart'; readonly isolate: number }
  | { readonly kind: 'forget'; readonly layer: number }
  | { readonly kind: 'dark' | 'back' | 'remove' }

const isolate = fc.nat(2)
const events = fc.array(
  fc.oneof<fc.Arbitrary<Event>[]>(
    fc.record({
      kind: fc.constant('pass' as const),
      milliseconds: fc.oneof(
        fc.constantFrom(1, 13_000, 5 * MINUTE + 1, 14 * MINUTE, 15 * MINUTE + 1, 6 * 60 * MINUTE),
        fc.nat(20 * MINUTE),
      ),
    }),
    fc.record({
      kind: fc.constant('ask' as const),
      isolate,
      kid: fc.constantFrom('steady', 'doomed', 'made-up'),
    }),
    fc.record({ kind: fc.constant('restart' as const), isolate }),
    fc.record({ kind: fc.constant('forget' as const), layer: fc.constant(0) }),
    fc.record({ kind: fc.constantFrom('dark' as const, 'back' as const, 'remove' as const) }),
  ),
  { minLength: 5, maxLength: 40 },
)

/** Plays the events; gives back each answer that the promise forbids. */
async function brokenPromises(played: readonly Event[]): Promise<string[]> {
  const layers = [new MemoryCopies('cache'), new MemoryCopies('store')]
  const world = keyWorld(layers)
  const isolates: IssuerKeys[] = [world.isolate(), world.isolate(), world.isolate()]
  const wrong: string[] = []
  let isDark = false
  let reachableSince = world.now
  let removedAt = Number.POSITIVE_INFINITY
  let learnedAt = Number.NEGATIVE_INFINITY
  const tell = () => {
    const keys = removedAt === Number.POSITIVE_INFINITY ? [steady, doomed] : [steady]
    if (isDark) world.answer = () => Promise.reject(new TypeError('refused'))
    else world.publish(...keys)
  }
  tell()

  async function ask(keys: IssuerKeys, kid: string) {
    const before = world.fetchedAt.length
    const answer = await lookUp(keys, kid)
    await world.settle()
    if (!isDark && world.fetchedAt.length > before) learnedAt = world.now
    const mayBeHad = !isDark || world.now - learnedAt <= 7 * 24 * 60 * MINUTE
    if (kid === 'steady' && mayBeHad && answer !== 'found') wrong.push(`${kid} ${answer}`)
    const isOver = !isDark && world.now - Math.max(reachableSince, removedAt) > 15 * MINUTE
    if (kid === 'doomed' && isOver && answer === 'found') wrong.push('doomed found')
    if (kid === 'made-up' && answer === 'found') wrong.push('made-up found')
  }

  for (const event of played) {
    switch (event.kind) {
      case 'pass':
        world.now += event.milliseconds
        break
      case 'ask': {
        const asked = isolates[event.isolate]
        if (asked) await ask(asked, event.kid)
        break
      }
      case 'restart':
        isolates[event.isolate] = world.isolate()
        break
      case 'forget':
        layers[event.layer]?.texts.clear()
        break
      case 'dark':
        isDark = true
        break
      case 'back':
        // Whoever had nothing asks again after a second.
        world.now += 1_001
        if (isDark) reachableSince = world.now
        isDark = false
        break
      case 'remove':
        removedAt = Math.min(removedAt, world.now)
        break
    }
    tell()
  }
  return wrong
}

describe('through outages, removals, cold starts and a forgetful cache', () => {
  it('a valid key is always found, a removed one never later than fifteen minutes after its issuer could say so', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (played) => {
        expect(await brokenPromises(played)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
