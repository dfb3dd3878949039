import { describe, expect, it } from 'vitest'
import { findingsFrom, textFrom } from '../../../scripts/bench/findings.ts'
import { goalOf } from '../../../scripts/bench/goals.ts'
import { pageOf } from '../../../scripts/bench/page.ts'
import { readmeWith } from '../../../scripts/bench/readme.ts'
import { number, spread } from '../../../scripts/bench/table.ts'
import { measured, SAMPLE } from './sample-findings.ts'

describe('numbers', () => {
  it.each([
    ['rounded', 1.456, 2, '1.46'],
    ['with a minus, not a hyphen', -1.25, 1, '−1.3'],
    ['nothing without a sign', -0.04, 1, '0.0'],
    ['a dash where there is none', undefined, 2, '–'],
    ['a dash where a process was gone', Number.NaN, 2, '–'],
  ])('%s', (_, value, digits, text) => {
    expect(number(value, digits)).toBe(text)
  })

  it('stand with their quartiles', () => {
    expect(spread({ low: -0.5, median: 1, high: 2.25 }, 1)).toBe('1.0 (−0.5 to 2.3)')
  })
})

describe('goals', () => {
  it.each([
    ['busy', 'ratio', 1.4],
    ['busy', 'commands', 0.4],
    ['exact', 'ratio', 2.2],
    ['exact', 'commands', 4.2],
    ['cold', 'ratio', 2.5],
    ['cold', 'firstByteOver', 6],
    ['refused-user', 'ratio', 0.7],
    ['refused-address', 'ratio', 0.65],
    ['malformed', 'ratio', 0.8],
    ['bad-signature', 'ratio', 1.2],
    ['expired', 'keySetFetches', 0],
    ['upstream-500-json', 'ratio', 1.7],
    ['upstream-500-empty', 'ratio', 1.7],
    ['post-10-kb', 'ratio', 1.7],
    ['megabyte', 'ratio', 1.15],
    ['busy-elsewhere', 'ratio', undefined],
    ['store-down', 'ratio', undefined],
  ] as const)('are what was set out to be reached: %s, %s', (scenario, figure, goal) => {
    expect(goalOf(scenario, figure)).toBe(goal)
  })
})

describe('the page', () => {
  const page = pageOf(SAMPLE)

  it.each([
    [
      'a goal that is reached at its bound',
      '| busy | processor time, pass-through = 1 | ≤ 1.4 | 1.40 | yes | 5.00 |',
    ],
    [
      'a goal that is missed by less than is shown',
      '| bundle | KiB gzip, without assets | ≤ 64 | 64.0 | **no** | 43.0 |',
    ],
    [
      'a goal that nobody has measured',
      '| cold | round trips per request | ≤ 1 | – | not measured | – |',
    ],
    [
      'a goal of what is counted',
      '| refused user | round trips per 2 s | ≤ 1 | 1.5 | **no** | – |',
    ],
    ['how many goals are reached', '3 of the 6 that were measured are reached.'],
    [
      'processor time',
      '| busy | 200 (200 to 201) µs | 1.40 (1.15 to 1.90) | 5.00 (4.75 to 5.50) |',
    ],
    ['processor time where nobody was answered', '| 2.00 (1.75 to 2.50) | – |'],
    ['round trips and commands', '| busy | 0.050 | 2.000 | 0.41 | 8.00 |'],
    [
      'first bytes and memory',
      '| busy | −0.75 (−1.00 to −0.25) | 12.00 (11.75 to 12.50) | 64 | 64 | 64 |',
    ],
    ['what is counted', '| refused user | 900 | 3 | 0.003 | 1.5 (≤ 1) | 0.010 |'],
    ['what a scenario is', '| store-down | nothing answers |'],
    ['the day and the commit', 'Measured on 2026-02-28, 7 rounds, at commit abc1234.'],
    ['the machine', 'Machine: Abacus, 3 cores, 5 GiB, Linux 6.1.'],
    ['the versions', 'Versions: workerd 2026-01-01, wrangler 4.0.0.'],
    ['the outside', 'Upstream: nginx. Load: wrk.'],
    ['the bundles', 'Bundles, gzip: pass-through 0.2 KiB, stock 43.0 KiB, gateway 64.0 KiB.'],
    ['its plots', '](benchmarks.svg)'],
  ])('shows %s', (_, text) => {
    expect(page).toContain(text)
  })

  it('has a column for a previous state that was measured, and else none', () => {
    const [busy] = SAMPLE.scenarios
    const previous = measured({ target: 'previous', roundTrips: 0.5 })
    const with4 = {
      ...SAMPLE,
      bundles: [...SAMPLE.bundles, { target: 'previous' as const, gzipKib: 90 }],
      scenarios: [{ name: 'busy', about: '', measured: [...(busy?.measured ?? []), previous] }],
    }

    expect(page).not.toContain('previous')
    expect(pageOf(with4)).toContain('| busy | 0.050 | 2.000 | 0.500 | 0.41 | 8.00 | 0.00 |')
  })

  it('names what there was no time for', () => {
    expect(pageOf({ ...SAMPLE, leftOut: ['cold', 'expired'] })).toContain(
      'Left out for lack of time: cold, expired.',
    )
  })

  it('is the same of figures that were stored in between', () => {
    expect(pageOf(findingsFrom(textFrom(SAMPLE), 'x.json'))).toBe(page)
  })
})

describe('stored figures', () => {
  it.each(['', '{', '[]', 'null', '{"scenarios":[]}', '{"machine":{},"scenarios":{}}'])(
    'are no other file: %j',
    (text) => {
      expect(() => findingsFrom(text, 'x.json')).toThrow('x.json holds nothing')
    },
  )
})

describe('the README', () => {
  const BEGIN = '<!-- figures of the benchmark -->'
  const END = '<!-- end of the figures -->'

  it('has the figures between its two comments, and is otherwise as it was', () => {
    const readme = readmeWith(`before\n${BEGIN}\nold\n${END}\nafter\n`, SAMPLE)

    expect(readme).toMatch(new RegExp(`^before\n${BEGIN}\n[^]*\n${END}\nafter\n$`))
    expect(readme).not.toContain('old')
    expect(readme).toContain('| store commands billed for a busy caller | 0.41 | 8.00 |')
    expect(readme).toMatch(/the store 5 ms away \| −0\.[78] ms \| 12\.0 ms \|/)
    expect(readme).toMatch(/has never seen \| – \| – \|/)
    expect(readmeWith(readme, SAMPLE)).toBe(readme)
  })

  it.each([
    ['no place for them', 'before'],
    ['no end of it', BEGIN],
    ['two places', `${BEGIN}${END}${BEGIN}${END}`],
  ])('is an error with %s', (_, readme) => {
    expect(() => readmeWith(readme, SAMPLE)).toThrow('README.md does not have one place')
  })
})
