import { describe, expect, it } from 'vitest'
import { checkStatuses } from '../../../scripts/bench/client.ts'
import { checkReport } from '../../../scripts/bench/measure.ts'

const answers = (...statuses: number[]) => statuses.map((status) => ({ status, firstByteMs: 1 }))

describe('a scenario that is not answered as it should be', () => {
  it.each([
    ['a single answer', answers(200, 200, 500), 200, 500],
    ['another refusal', answers(429, 401), 401, 429],
    ['good answers where none should be', answers(200), 401, 200],
  ])('fails by its statuses: %s', (_, given, expected, found) => {
    expect(() => checkStatuses('busy, stock', given, expected)).toThrow(
      `busy, stock: answered ${found}, not ${expected}`,
    )
  })

  it.each([
    [
      'one refused among many',
      { sent: 1_000, answered: 990, refused: 1 },
      200,
      '1 of 990 refused, not 0',
    ],
    [
      'one admitted among many',
      { sent: 1_000, answered: 990, refused: 989 },
      429,
      '989 of 990 refused, not 990',
    ],
    [
      'failures that came out well',
      { sent: 16, answered: 16, refused: 0 },
      500,
      '0 of 16 refused, not 16',
    ],
  ])('fails by what the load reports: %s', (_, report, expected, words) => {
    expect(() => checkReport('cold, gateway', report, expected)).toThrow(`cold, gateway: ${words}`)
  })

  it.each([
    ['all of them good', { sent: 20, answered: 16, refused: 0 }, 200],
    ['all of them refused', { sent: 20, answered: 16, refused: 16 }, 401],
    ['nobody was answered', { sent: 20, answered: 0, refused: 0 }, 200],
  ])('and one that is does not: %s', (_, report, expected) => {
    expect(() => checkReport('busy, stock', report, expected)).not.toThrow()
  })
})
