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
      '| busy | processor time, pass-through = 1 | ≤ 1.4 | 1.40 | yes | – | 5.00 |',
    ],
    [
      'a goal that is missed by less than is shown',
      '| bundle | KiB gzip, without assets | ≤ 64 | 64.0 | **no** | – | 43.0 |',
    ],
    [
      'a goal that nobody has measured',
      '| cold | round trips per request | ≤ 1 | – | not measured | – | – |',
    ],
    [
      'a goal of what is counted',
      '| refused-user | round trips per 2 s | ≤ 1 | 1.5 | **no** | – |',
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
    ['what is counted', '| refused-user | 900 | 3 | 0.003 | 1.5 (≤ 1) | 0.010 | 0 (≤ 0) |'],
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
      'Left out, for lack of time or because they failed: cold, expired.',
    )
  })

  it('is the same of figures that were stored in between', () => {
    expect(pageOf(findingsFrom(textFrom(SAMPLE), 'x.json'))).toBe(page)
  })
})

describe('the figures that are no scenario', () => {
  const spread = { median: 1.25, p95: 4, most: 900 }
  const page = pageOf({
    ...SAMPLE,
    figures: {
      connections: {
        openFiles: 20_000,
        targets: [
          {
            target: 'gateway',
            levels: [10, 1_000, 6_000].map((connections, n) => ({
              connections,
              microseconds: 100,
              slope: 1 + n * 0.25,
              roundTrips: 0.05,
              residentMib: 70,
            })),
          },
        ],
      },
      heap: [
        {
          target: 'gateway',
          crowd: 'admitted',
          looks: [
            { users: 1, objectsMib: 3, buffersMib: 1, residentMib: 60 },
            { users: 50_000, objectsMib: 20, buffersMib: 4.5, residentMib: 90 },
          ],
        },
      ],
      starts: {
        starts: 9,
        targets: [
          { target: 'empty', listeningMs: 30, answeredMs: 31, overEmptyMs: 0, firstAnswerMs: 2 },
          { target: 'gateway', listeningMs: 45, answeredMs: 51, overEmptyMs: 20, firstAnswerMs: 7 },
        ],
      },
      keys: { atOnce: 20, targets: [{ target: 'stock', fetches: [20, 19, 20] }] },
      outage: [
        {
          outage: 'store hanging',
          target: 'gateway',
          first: [{ status: 200, ms: 1_003.4, isTrue: true }],
          laterMs: spread,
          laterStatuses: [200],
          requests: 70,
          untrueHeaders: 2,
        },
        {
          outage: 'key set hanging',
          target: 'gateway',
          first: [4_041, 4_011].map((ms) => ({ status: 503, ms, isTrue: true })),
          laterMs: undefined,
          laterStatuses: [],
          requests: 2,
          untrueHeaders: 0,
        },
      ],
      streams: [
        {
          type: 'text/event-stream',
          target: 'gateway',
          firstByteMs: spread,
          firstByteOverMs: 0.31,
          delayMs: spread,
          addedGapMs: undefined,
        },
      ],
      sockets: [
        {
          target: 'pump',
          roundTripMicroseconds: spread,
          overMicroseconds: 40,
          messageMicroseconds: 12.5,
        },
      ],
    },
  })

  it.each([
    ['a slope', '| gateway | 6000 | 100 | 1.50 | 0.050 | 70 |'],
    [
      'a slope beyond its goal',
      '| processor time at 6000, at 10 = 1 | ≤ 1.4 | 1.50 | **no** | – |',
    ],
    ['a heap', '| gateway | admitted | 50000 | 20.0 | 4.5 | 90 |'],
    [
      'a heap beyond its goal',
      '| MiB that live, the most at any look | ≤ 24 | 24.5 | **no** | – |',
    ],
    ['a start', '| gateway | 45.0 | 51.0 | 20.0 | 7.0 |'],
    ['a start at its goal', 'over an empty worker | ≤ 20 | 20.0 | yes | – |'],
    ['key sets', '| stock | 20, 19, 20 |'],
    ['key sets of stock alone', '| ≤ 1 | – | not measured | – | 20 |'],
    ['an outage', '| store hanging | gateway | 200 in 1003 ms | 1.3, 4.0, 900.0 | 200 | 2 of 70 |'],
    [
      'an outage within its goal',
      '| store hanging | ms to 95 % of the answers once it is known | ≤ 5 | 4.0 | yes |',
    ],
    [
      'an outage of which nothing was learnt',
      '| key set hanging | ms to 95 % of the answers once it is known | ≤ 5 | 4011.0 | **no** |',
    ],
    [
      'untrue headers',
      '| store hanging | answers with untrue rate-limit headers | ≤ 0 | 2 | **no** |',
    ],
    ['a stream', '| text/event-stream | gateway | 0.31 | 1.25, 4.00, 900.00 | – |'],
    ['sockets', '| pump | 1, 4, 900 | 40 | 12.5 |'],
  ])('are shown: %s', (_, text) => {
    expect(page).toContain(text)
  })

  it('have no chapter where nobody has measured them', () => {
    expect(pageOf(SAMPLE)).not.toContain('## Open connections')
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
