import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  duration,
  milliseconds,
  number,
  percent,
  scaleEnd,
} from '../../../scripts/pages/console/numbers.ts'

describe('numbers on the console', () => {
  it.each([
    [0, '0'],
    [0.0013, '0.0013'],
    [0.47, '0.47'],
    [2.5, '2.5'],
    [12.34, '12.3'],
    [999.6, '1,000'],
    [12_345, '12,345'],
    [1_950_000, '1.95M'],
  ])('%d is read as %s', (value, text) => {
    expect(number(value)).toBe(text)
  })

  it.each([
    [0, '0 ms'],
    [0.4, '< 1 ms'],
    [3.27, '3.3 ms'],
    [238.4, '238 ms'],
    [1_020, '1.02 s'],
    [90_000, '1 minute 30 seconds'],
  ])('%d milliseconds are %s', (value, text) => {
    expect(milliseconds(value)).toBe(text)
  })

  it.each([
    [0, '0 %'],
    [0.000_01, '< 0.01 %'],
    [0.0034, '0.34 %'],
    [0.215, '21.5 %'],
    [0.9999, '> 99.9 %'],
    [1, '100 %'],
  ])('a share of %d is %s', (value, text) => {
    expect(percent(value)).toBe(text)
  })

  it('never makes nothing or all of a share that is neither', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (share) => {
        expect(['0 %', '100 %']).not.toContain(percent(share))
      }),
    )
  })

  it.each([
    [1, '1 second'],
    [600, '10 minutes'],
    [3_600, '1 hour'],
    [604_800, '7 days'],
    [93_784, '1 day 2 hours'],
    [0, '0 seconds'],
  ])('%d seconds are %s', (value, text) => {
    expect(duration(value)).toBe(text)
  })

  it('ends a scale above what is drawn, and not far above', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (highest) => {
        const end = scaleEnd(highest)
        expect(end).toBeGreaterThanOrEqual(highest)
        expect(end).toBeLessThanOrEqual(highest * 2.6)
      }),
    )
    expect([0, -1, Number.NaN].map(scaleEnd)).toEqual([1, 1, 1])
  })
})
