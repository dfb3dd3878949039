import { describe, expect, it } from 'vitest'
import { MessageRate } from '../../src/adapters/message-rate.ts'

/** How many messages of that size pass in a row. */
function burst(rate: MessageRate, bytes: number, now: number): number {
  let count = 0
  while (rate.admits(bytes, now)) count += 1
  return count
}

describe('what a client may send', () => {
  it.each([
    ['nothing in it', 0, 2_000],
    ['a byte', 1, 2_000],
    ['32 KiB', 32_768, 2_000],
    ['a byte more', 32_769, 1_000],
    ['a mebibyte', 1_048_576, 62],
  ])('is so many at once, of messages with %s', (_, bytes, count) => {
    expect(burst(new MessageRate(0), bytes, 0)).toBe(count)
  })

  it('is 500 more with each second, and no more than a full stock', () => {
    const rate = new MessageRate(0)
    burst(rate, 1, 0)

    expect(rate.admits(1, 10)).toBe(true)
    expect(burst(rate, 1, 1_010)).toBeLessThanOrEqual(505)
    expect(burst(rate, 1, 3_010)).toBeGreaterThanOrEqual(990)
    expect(burst(rate, 1, 1_000_000)).toBe(2_000)
  })

  it('is no less where the clock runs backwards', () => {
    const rate = new MessageRate(10_000)

    expect(burst(rate, 1, 0)).toBe(2_000)
  })
})
