import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { Traffic } from '../../../scripts/pages/console/answers.ts'
import { Colours } from '../../../scripts/pages/console/colours.ts'
import { panelsOf, tilesOf } from '../../../scripts/pages/console/panels.ts'

const QUIET = {
  requests: 0,
  errors: 0,
  refused: 0,
  statuses: {},
  codes: {},
  latency: null,
  store: null,
  keys: null,
  upstream: null,
  retries: 0,
  breakerOpen: 0,
  fallbackReadings: 0,
  storeRoundTrips: 0,
  storeCommands: 0,
}

const UNASKED = { ...QUIET, limits: {} }

const BUSY = {
  ...QUIET,
  requests: 100,
  errors: 2,
  refused: 30,
  statuses: { '2xx': 60, '3xx': 1, '4xx': 37, '5xx': 2 },
  codes: { RATE_LIMIT_EXCEEDED_IP: 30, NOT_FOUND: 7, SERVICE_ERROR: 2 },
  latency: { p50: 10, p95: 40, p99: 400 },
  upstream: { p50: 8, p95: 35, p99: 390 },
  retries: 3,
  storeRoundTrips: 10,
  storeCommands: 40,
}

const LIMITS = { 'ip:60': { admitted: 60, refused: 30 }, 'user:60': { admitted: 7, refused: 0 } }

const colours = () => ({ codes: new Colours(), limits: new Colours() })

/** As the API answers it: a day, of which two steps of five minutes are shown. */
const traffic = (busy: object = BUSY, limits: object = LIMITS) =>
  v.parse(Traffic, {
    span: 'day',
    stepSeconds: 300,
    from: '2026-11-22T12:00:00Z',
    to: '2026-11-22T12:10:00Z',
    points: [
      { time: '2026-11-22T12:00:00Z', ...busy, limits },
      { time: '2026-11-22T12:05:00Z', ...UNASKED },
    ],
    totals: busy,
    routes: [],
    limits: Object.entries(limits).map(([limit, counts]) => ({ limit, ...counts })),
    limited: [],
    isolates: 1,
  })

function valuesOf(id: string, of = traffic()) {
  const panel = panelsOf(of, 'p95', colours()).find((each) => each.id === id)
  return Object.fromEntries(panel?.lines.map(({ label, values }) => [label, values]) ?? [])
}

describe('what is plotted', () => {
  it('tells each answer once, by minutes', () => {
    expect(valuesOf('answers')).toEqual({
      '5xx': [0.4, 0],
      'refused by a limit': [6, 0],
      'other 4xx': [1.4, 0],
      '3xx': [0.2, 0],
      '2xx': [12, 0],
    })
  })

  it('tells codes as they are counted, the most frequent first', () => {
    const values = valuesOf('codes')

    expect(Object.entries(values)).toEqual([
      ['RATE_LIMIT_EXCEEDED_IP', [30, 0]],
      ['NOT_FOUND', [7, 0]],
      ['SERVICE_ERROR', [2, 0]],
    ])
  })

  it('puts codes beyond five together', () => {
    const codes = { A: 9, B: 8, C: 7, D: 6, E: 5, F: 4, G: 3 }

    expect(valuesOf('codes', traffic({ ...BUSY, codes }))['2 other']).toEqual([7, 0])
  })

  it('tells what each limit refused and admitted, as they are counted', () => {
    expect(valuesOf('refused')).toEqual({
      'Address per minute': [30, 0],
      'User per minute': [0, 0],
    })
    expect(valuesOf('admitted')).toEqual({
      'Address per minute': [60, 0],
      'User per minute': [7, 0],
    })
  })

  it('puts limits beyond five together, those that refused least', () => {
    const windows = ['1', '60', '3600', '86400', '2592000', 'block', 'concurrency']
    const limits = windows.map((id, nth) => [`user:${id}`, { admitted: nth, refused: 9 - nth }])

    expect(Object.entries(valuesOf('refused', traffic(BUSY, Object.fromEntries(limits))))).toEqual([
      ['User per second', [9, 0]],
      ['User per minute', [8, 0]],
      ['User per hour', [7, 0]],
      ['User per day', [6, 0]],
      ['User per 30 days', [5, 0]],
      ['2 other', [7, 0]],
    ])
  })

  it('has no latency where nothing was measured, rather than none', () => {
    expect(valuesOf('latency')['95 % within (p95)']).toEqual([40, null])
    expect(valuesOf('waits')).toEqual({
      upstream: [35, null],
      store: [null, null],
      keys: [null, null],
    })
  })

  it('has no cost per request where none came', () => {
    expect(valuesOf('cost')).toEqual({
      'store commands': [0.4, null],
      'store round trips': [0.1, null],
    })
  })

  it('spreads what is asked of the store over the steps before', () => {
    const quiet = traffic(BUSY)
    const late = { ...UNASKED, requests: 1, storeCommands: 61 }
    const points = [quiet.points[0], { time: '2026-11-22T12:05:00Z', ...late }].flatMap(
      (each) => each ?? [],
    )

    expect(valuesOf('cost', { ...quiet, points })['store commands']).toEqual([0.4, 1])
  })

  it('says that there is nothing, where there is nothing', () => {
    const panels = panelsOf(traffic(QUIET, {}), 'p95', colours())

    expect(panels.map(({ nothing }) => nothing !== undefined)).toEqual(Array(8).fill(true))
  })

  it('answers in words', () => {
    const said = panelsOf(traffic(), 'p99', colours()).map(({ says }) => says)

    expect(said).toEqual([
      '100 in the last day; 2 % failed with 5xx, 30 % were refused by a limit.',
      '3 codes; most often RATE_LIMIT_EXCEEDED_IP, 30 times.',
      'Half of the answers began within 10 ms, 99 % within 400 ms.',
      'Of those that waited: upstream 390 ms.',
      '3 retries.',
      '40 commands in 10 round trips.',
      '30 in the last day; most by “Address per minute”, 30.',
      '67 in the last day; most by “Address per minute”, 60.',
    ])
  })

  it('warns of failures and of readings without the store', () => {
    const tiles = tilesOf(traffic({ ...BUSY, fallbackReadings: 5 }))

    expect(tiles.map(({ label, value, isBad }) => [label, value, isBad])).toEqual([
      ['Requests a minute', '10', false],
      ['Failed, 5xx', '2 %', true],
      ['Refused by limits', '30 %', false],
      ['Latency, p95', '40 ms', false],
      ['Readings without the store', '5 %', true],
      ['Commands per request', '0.4', false],
    ])
  })
})

describe('the colours of codes', () => {
  it('stay as codes change places', () => {
    const colours = new Colours()
    const before = new Map(colours.of(['NOT_FOUND', 'MISSING_TOKEN', 'INVALID_TOKEN']))

    expect(colours.of(['INVALID_TOKEN', 'NOT_FOUND', 'MISSING_TOKEN'])).toEqual(before)
  })

  it('are those that the answers have: a limit’s and a failure’s', () => {
    const colours = new Colours().of(['RATE_LIMIT_EXCEEDED', 'SERVICE_ERROR', 'NOT_FOUND'])

    expect([...colours.values()]).toEqual(['purple', 'red', 'orange'])
  })

  it('differ, and are given back', () => {
    const colours = new Colours()
    colours.of(['A', 'B', 'C', 'D', 'E'])

    expect(new Set(colours.of(['F', 'G', 'H', 'I', 'J']).values()).size).toBe(5)
    expect(colours.of(['F', 'G', 'H', 'I', 'J']).has('A')).toBe(false)
  })
})
