import { describe, expect, it } from 'vitest'
import { Pace } from '../../src/adapters/pace.ts'

const NOW = 1_790_000_000_000

/** One that was asked a first time, then so many requests ago, evenly over so long. */
function paceOf(requests: number, spanMs: number): Pace {
  const pace = new Pace()
  pace.ahead(0, NOW - spanMs)
  for (let i = 0; i < requests; i += 1) pace.note(1)
  return pace
}

describe('how many requests a subject pays for in advance', () => {
  it('is none for one that comes for the first time', () => {
    const pace = new Pace()
    pace.note(1)

    expect(pace.ahead(0, NOW)).toBe(0)
  })

  it.each([
    ['one in ten seconds', 1, 10_000, 0],
    ['one a second', 10, 10_000, 2],
    ['five a second', 10, 2_000, 10],
    ['a hundred a second', 100, 1_000, 20],
    ['four hundred a second', 400, 1_000, 20],
    ['a thousand a second', 1_000, 1_000, 50],
    ['ten thousand a second', 10_000, 1_000, 500],
    ['fifty thousand a second', 50_000, 1_000, 500],
  ])(
    'is what it sends in two seconds, 20 at most, or in 50 ms, 500 at most: of %s',
    (_, requests, spanMs, tokens) => {
      expect(paceOf(requests, spanMs).ahead(0, NOW)).toBe(tokens)
    },
  )

  it('is less by what it has left, where it sends no more than that in two seconds', () => {
    expect(paceOf(8, 1_000).ahead(5, NOW)).toBe(11)
    expect(paceOf(1_000, 1_000).ahead(5, NOW)).toBe(50)
  })

  it('takes requests that come all at once for a tenth of a second of them', () => {
    expect(paceOf(30, 1).ahead(0, NOW)).toBe(20)
    expect(paceOf(200, 1).ahead(0, NOW)).toBe(100)
  })

  it('follows the last tenth of a second and more, however often it is asked in between', () => {
    const pace = paceOf(1_000, 1_000)
    const asked = [0, 20, 40, 60].map((ms) => pace.ahead(0, NOW + ms))

    expect(asked).toEqual([50, 50, 50, 50])
    expect(pace.ahead(0, NOW + 10_000)).toBe(0)
  })
})
