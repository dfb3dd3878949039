import type { Figures, Quantiles, Traffic } from './answers.ts'
import type { Colour, Colours } from './colours.ts'
import { milliseconds, number, percent, ratio } from './numbers.ts'
import { limitWords } from './words.ts'

export interface Line {
  readonly label: string
  readonly colour: Colour
  readonly values: readonly (number | null)[]
  /** Of the whole span; shown while no moment is pointed at. */
  readonly overall: string
}

/** One plot: a question that an operator has, and the numbers that answer it. */
export interface Panel {
  readonly id: string
  readonly title: string
  readonly unit: string
  /** The answer in a sentence. */
  readonly says: string
  readonly shape: 'stack' | 'lines'
  readonly lines: readonly Line[]
  readonly format: (value: number) => string
  /** Instead of the plot, where there is nothing to draw. */
  readonly nothing?: string
}

export type Quantile = keyof Quantiles

export const SPAN_WORDS = {
  hour: 'the last hour',
  day: 'the last day',
  week: 'the last week',
  quarter: 'the last 90 days',
} as const satisfies Readonly<Record<Traffic['span'], string>>

/** Small counts are whole: half a retry a minute is nothing that happens. */
const STEP_WORDS = {
  hour: 'each minute',
  day: 'each 5 minutes',
  week: 'each hour',
  quarter: 'each day',
} as const satisfies Readonly<Record<Traffic['span'], string>>

/** Those of codes, and those of limits. */
export interface PanelColours {
  readonly codes: Colours
  readonly limits: Colours
}

export function panelsOf(traffic: Traffic, quantile: Quantile, colours: PanelColours): Panel[] {
  return [
    answersPanel(traffic),
    codesPanel(traffic, colours.codes),
    latencyPanel(traffic),
    waitsPanel(traffic, quantile),
    troublePanel(traffic),
    costPanel(traffic),
    ...limitPanels(traffic, colours.limits),
  ]
}

/** In the order in which they are stacked: what is wrong lies on the ground, where it is seen beside any amount of good. */
const OUTCOMES: readonly (readonly [string, Colour, (figures: Figures) => number])[] = [
  ['5xx', 'red', (figures) => statusOf(figures, '5xx')],
  ['refused by a limit', 'purple', ({ refused }) => refused],
  ['other 4xx', 'orange', (figures) => Math.max(0, statusOf(figures, '4xx') - figures.refused)],
  ['3xx', 'sky', (figures) => statusOf(figures, '3xx')],
  ['2xx', 'blue', (figures) => statusOf(figures, '2xx') + statusOf(figures, '1xx')],
]

function statusOf({ statuses }: Figures, status: string): number {
  return statuses[status] ?? 0
}

function answersPanel(traffic: Traffic): Panel {
  const { totals } = traffic
  const bad = `${percent(ratio(totals.errors, totals.requests))} failed with 5xx`
  return {
    id: 'answers',
    title: 'Answers',
    unit: 'per minute',
    says: `${number(totals.requests)} in ${SPAN_WORDS[traffic.span]}; ${bad}, ${percent(ratio(totals.refused, totals.requests))} were refused by a limit.`,
    shape: 'stack',
    format: number,
    lines: OUTCOMES.map(([label, colour, of]) => ({
      label,
      colour,
      values: perMinute(traffic, of),
      overall: number(of(totals)),
    })),
    ...nothingWhere(totals.requests === 0, 'No request has come yet.'),
  }
}

const MOST_CODES = 5
function codesPanel(traffic: Traffic, colours: Colours): Panel {
  const { totals, span } = traffic
  const sorted = Object.entries(totals.codes)
    .filter(([, count]) => count > 0)
    .sort(([one, many], [other, more]) => more - many || one.localeCompare(other))
  const shown = sorted.slice(0, MOST_CODES).map(([code]) => code)
  const rest = sorted.slice(MOST_CODES).map(([code]) => code)
  const colourOf = colours.of(shown)
  const sumOf = (figures: Figures, codes: readonly string[]) =>
    codes.reduce((sum, code) => sum + (figures.codes[code] ?? 0), 0)
  const line = (label: string, codes: readonly string[]): Line => ({
    label,
    colour: colourOf.get(label) ?? 'grey',
    values: traffic.points.map((figures) => sumOf(figures, codes)),
    overall: number(sumOf(totals, codes)),
  })
  const [most] = sorted
  return {
    id: 'codes',
    title: 'Error codes',
    unit: STEP_WORDS[span],
    says: most
      ? `${number(sorted.length)} code${sorted.length === 1 ? '' : 's'}; most often ${most[0]}, ${number(most[1])} times.`
      : `No error was answered in ${SPAN_WORDS[span]}.`,
    shape: 'stack',
    format: number,
    lines: [
      ...shown.map((code) => line(code, [code])),
      ...(rest.length > 0 ? [line(`${rest.length} other`, rest)] : []),
    ],
    ...nothingWhere(!most, 'No error was answered.'),
  }
}

const MOST_LIMITS = 5

const DECISIONS = [
  ['refused', 'Refused by limits', 'No limit has refused anything.'],
  ['admitted', 'Admitted by limits', 'No limit has admitted anything.'],
] as const

/** Of the same limits in the same colours, those that refused most. */
function limitPanels({ limits, points, span }: Traffic, colours: Colours): Panel[] {
  const sorted = limits
    .toSorted((one, other) => other.refused - one.refused || other.admitted - one.admitted)
    .map(({ limit }) => limit)
  const shown = sorted.slice(0, MOST_LIMITS)
  const rest = sorted.slice(MOST_LIMITS)
  const colourOf = colours.of(shown)
  return DECISIONS.map(([decision, title, nothing]): Panel => {
    const line = (label: string, colour: Colour, names: readonly string[]): Line => ({
      label,
      colour,
      values: points.map((point) =>
        names.reduce((sum, name) => sum + (point.limits[name]?.[decision] ?? 0), 0),
      ),
      overall: number(
        limits.reduce((sum, each) => sum + (names.includes(each.limit) ? each[decision] : 0), 0),
      ),
    })
    const all = limits.reduce((sum, each) => sum + each[decision], 0)
    const [most] = limits.toSorted((one, other) => other[decision] - one[decision])
    return {
      id: decision,
      title,
      unit: STEP_WORDS[span],
      says: most
        ? `${number(all)} in ${SPAN_WORDS[span]}; most by “${limitWords(most.limit)}”, ${number(most[decision])}.`
        : nothing,
      shape: 'stack',
      format: number,
      lines: [
        ...shown.map((name) => line(limitWords(name), colourOf.get(name) ?? 'grey', [name])),
        ...(rest.length > 0 ? [line(`${rest.length} other`, 'grey', rest)] : []),
      ],
      ...nothingWhere(all === 0, nothing),
    }
  })
}

const QUANTILES: readonly (readonly [Quantile, string, Colour])[] = [
  ['p50', 'half within (p50)', 'green'],
  ['p95', '95 % within (p95)', 'blue'],
  ['p99', '99 % within (p99)', 'red'],
]

function latencyPanel({ points, totals }: Traffic): Panel {
  const { latency } = totals
  return {
    id: 'latency',
    title: 'Latency',
    unit: 'to the answer’s header',
    says: latency
      ? `Half of the answers began within ${milliseconds(latency.p50)}, 99 % within ${milliseconds(latency.p99)}.`
      : 'Nothing was measured.',
    shape: 'lines',
    format: milliseconds,
    lines: QUANTILES.map(([quantile, label, colour]) => ({
      label,
      colour,
      values: points.map((point) => point.latency?.[quantile] ?? null),
      overall: latency ? milliseconds(latency[quantile]) : '–',
    })),
    ...nothingWhere(!latency, 'Nothing was measured yet.'),
  }
}

const WAITED: readonly (readonly ['store' | 'keys' | 'upstream', string, Colour])[] = [
  ['upstream', 'upstream', 'blue'],
  ['store', 'store', 'orange'],
  ['keys', 'keys', 'green'],
]

function waitsPanel({ points, totals }: Traffic, quantile: Quantile): Panel {
  const known = WAITED.flatMap(([name]) => {
    const figures = totals[name]
    return figures ? [`${name} ${milliseconds(figures[quantile])}`] : []
  })
  return {
    id: 'waits',
    title: 'Time spent waiting',
    unit: `for each, ${quantile}`,
    says:
      known.length > 0 ? `Of those that waited: ${known.join(', ')}.` : 'Nobody was waited for.',
    shape: 'lines',
    format: milliseconds,
    lines: WAITED.map(([name, label, colour]) => {
      const overall = totals[name]
      return {
        label,
        colour,
        values: points.map((point) => point[name]?.[quantile] ?? null),
        overall: overall ? milliseconds(overall[quantile]) : '–',
      }
    }),
    ...nothingWhere(known.length === 0, 'Nobody was waited for yet.'),
  }
}

const TROUBLE: readonly (readonly [string, Colour, (figures: Figures) => number])[] = [
  ['retries', 'blue', ({ retries }) => retries],
  ['refused by the open breaker', 'red', ({ breakerOpen }) => breakerOpen],
  ['readings without the store', 'orange', ({ fallbackReadings }) => fallbackReadings],
]

function troublePanel(traffic: Traffic): Panel {
  const { totals, span } = traffic
  const some = TROUBLE.filter(([, , of]) => of(totals) > 0)
  const words = some.map(([label, , of]) => `${number(of(totals))} ${label}`)
  return {
    id: 'trouble',
    title: 'Retries, breaker, fallback',
    unit: STEP_WORDS[span],
    says: some.length > 0 ? `${words.join(', ')}.` : `None in ${SPAN_WORDS[span]}.`,
    shape: 'stack',
    format: number,
    lines: TROUBLE.map(([label, colour, of]) => ({
      label,
      colour,
      values: traffic.points.map(of),
      overall: number(of(totals)),
    })),
    ...nothingWhere(
      some.length === 0,
      'No retry, no open breaker, and every reading came from the store.',
    ),
  }
}

const COSTS: readonly (readonly [string, Colour, (figures: Figures) => number])[] = [
  ['store commands', 'blue', ({ storeCommands }) => storeCommands],
  ['store round trips', 'orange', ({ storeRoundTrips }) => storeRoundTrips],
]

function costPanel({ points, totals }: Traffic): Panel {
  return {
    id: 'cost',
    title: 'Cost of the store',
    unit: `per request, of ${COST_STEPS} steps`,
    says: `${number(totals.storeCommands)} commands in ${number(totals.storeRoundTrips)} round trips.`,
    shape: 'lines',
    format: number,
    lines: COSTS.map(([label, colour, of]) => ({
      label,
      colour,
      values: points.map((point, at) => {
        const recent = points.slice(Math.max(0, at + 1 - COST_STEPS), at + 1)
        return point.requests > 0 ? ratio(sumOver(recent, of), sumOver(recent, requestsOf)) : null
      }),
      overall: number(ratio(of(totals), totals.requests)),
    })),
    ...nothingWhere(totals.requests === 0, 'No request has come yet.'),
  }
}

/** What is asked of the store for a request may be counted in the next step, in which hardly any came. */
const COST_STEPS = 5

function sumOver(some: readonly Figures[], of: (figures: Figures) => number): number {
  return some.reduce((sum, figures) => sum + of(figures), 0)
}

function requestsOf({ requests }: Figures): number {
  return requests
}

/** The step that is still running is counted as if it were over, so its last point only grows. */
function perMinute({ points, stepSeconds }: Traffic, of: (figures: Figures) => number): number[] {
  return points.map((point) => (of(point) * 60) / stepSeconds)
}

function nothingWhere(isNothing: boolean, nothing: string): { readonly nothing?: string } {
  return isNothing ? { nothing } : {}
}

export interface Tile {
  readonly label: string
  readonly value: string
  readonly isBad: boolean
}

/** From here on a figure is drawn as a warning. */
const BAD_ERRORS = 0.01
const BAD_FALLBACK = 0.01

/** At a glance. */
export function tilesOf({ totals, points, stepSeconds }: Traffic): Tile[] {
  const { requests, errors, refused, latency, storeCommands, fallbackReadings } = totals
  const minutes = (points.length * stepSeconds) / 60
  const failed = ratio(errors, requests)
  const made = ratio(fallbackReadings, requests)
  const tile = (label: string, value: string, isBad = false): Tile => ({ label, value, isBad })
  return [
    tile('Requests a minute', number(ratio(requests, minutes))),
    tile('Failed, 5xx', percent(failed), failed >= BAD_ERRORS),
    tile('Refused by limits', percent(ratio(refused, requests))),
    tile('Latency, p95', latency ? milliseconds(latency.p95) : '–'),
    tile('Readings without the store', percent(made), made >= BAD_FALLBACK),
    tile('Commands per request', number(ratio(storeCommands, requests))),
  ]
}
