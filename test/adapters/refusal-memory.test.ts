import { describe, expect, it } from 'vitest'
import { RefusalMemory } from '../../src/adapters/refusal-memory.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const MINUTE = 60_000

function memory(maxBytes?: number) {
  let clock = START
  let standing = true
  const tokens = new RefusalMemory(() => clock, maxBytes)
  return {
    refuse: (...texts: readonly string[]) => {
      for (const text of texts) {
        tokens.set(text, {
          allowed: false,
          code: 'INVALID_TOKEN',
          cause: text,
          stands: () => standing,
        })
      }
    },
    held: (...texts: readonly string[]) => texts.filter((text) => tokens.get(text)?.cause === text),
    pass: (milliseconds: number) => {
      clock += milliseconds
    },
    stand: (stands: boolean) => {
      standing = stands
    },
  }
}

const texts = (count: number, length: number) =>
  Array.from({ length: count }, (_, i) => String(i).padStart(length, 'x'))

describe('the memory of refused tokens', () => {
  it.each([
    ['short', 4_000, 200],
    ['of usual length', 2_000, 1_000],
    ['long', 200, 16_384],
  ])('holds a mebibyte and no more of tokens that are %s', (_, count, length) => {
    const { refuse, held } = memory()
    const all = texts(count, length)
    refuse(...all)

    const bytes = held(...all).length * length
    expect(bytes).toBeLessThanOrEqual(1_048_576)
    expect(bytes).toBeGreaterThan(256 * 1_024)
  })

  it('forgets the tokens that came longest ago', () => {
    const { refuse, held } = memory(20_000)
    const [first = '', second = '', ...others] = texts(20, 1_000)
    refuse(first, second)
    for (const text of others) {
      held(first)
      refuse(text)
    }

    expect(held(first, second, ...others.slice(-3))).toEqual([first, ...others.slice(-3)])
  })

  it('counts a token that is refused again once', () => {
    const { refuse, held } = memory(5_000)
    const all = texts(3, 1_000)
    refuse(...all)

    for (let i = 0; i < 100; i += 1) refuse(all[0] ?? '')

    expect(held(...all)).toEqual(all)
  })

  it('has no place for a token larger than itself, and takes others after it', () => {
    const { refuse, held } = memory(5_000)
    const huge = 'x'.repeat(16_000)
    refuse(huge, 'a')

    expect(held(huge, 'a')).toEqual(['a'])
  })

  it('ends after five minutes, however often it was asked', () => {
    const { refuse, held, pass } = memory()
    refuse('a')
    pass(4 * MINUTE)
    expect(held('a')).toEqual(['a'])
    pass(MINUTE - 1)
    expect(held('a')).toEqual(['a'])

    pass(1)

    expect(held('a')).toEqual([])
  })

  it('believes no refusal that is still to come', () => {
    const { refuse, held, pass } = memory()
    refuse('a')
    pass(-1)
    expect(held('a')).toEqual([])

    pass(1)

    expect(held('a')).toEqual([])
  })

  it('forgets a refusal whose keys stand no more, even if they come back', () => {
    const { refuse, held, stand } = memory()
    refuse('a')
    stand(false)
    expect(held('a')).toEqual([])

    stand(true)

    expect(held('a')).toEqual([])
  })

  it('knows a token by its whole text', () => {
    const { refuse, held } = memory()
    refuse('a.b.c')

    expect(held('a.b.c', 'a.b.C', 'a.b.c ', 'a.b', '__proto__', '')).toEqual(['a.b.c'])
  })
})
