import uPlot from 'uplot'
import type { Span } from './answers.ts'
import type { Colour } from './colours.ts'
import { element, setText } from './element.ts'
import { scaleEnd } from './numbers.ts'
import type { Line, Panel } from './panels.ts'
import { markOf, stepOf } from './times.ts'

const HEIGHT = 190
const AXIS_WIDTH = 58
/** Beside colour: lines differ for those who see no colours, too. */
const DASHES: readonly number[][] = [[], [7, 4], [2, 3]]

const SCHEME = matchMedia('(prefers-color-scheme: dark)')

/** What one look at a panel needs. */
export interface Drawn {
  readonly panel: Panel
  readonly span: Span
  /** Seconds, as the plotting library has them. */
  readonly times: readonly number[]
}

/** A panel's picture, with a legend that tells the moment pointed at, by pointer or by arrow keys. */
export class Plot {
  readonly element = element('div', { class: 'plot' })
  readonly #legend = element('ul', { class: 'legend' })
  readonly #moment = element('p', { class: 'moment' })
  readonly #canvas = element('div', { class: 'canvas', role: 'slider', tabindex: '0' })
  readonly #resizes = new ResizeObserver(() => this.#resize())
  #drawn: Drawn
  #uplot: uPlot
  #values: HTMLElement[] = []

  constructor(drawn: Drawn) {
    this.#drawn = drawn
    this.element.append(this.#canvas, this.#moment, this.#legend)
    this.#uplot = this.#create()
    this.#canvas.addEventListener('keydown', (event) => this.#move(event))
    this.#canvas.addEventListener('focus', () => this.#pointAt(this.#index ?? this.#last))
    this.#canvas.addEventListener('blur', () => this.#pointAt(undefined))
    this.#resizes.observe(this.#canvas)
    SCHEME.addEventListener('change', this.#repaint)
  }

  show(drawn: Drawn): void {
    const isAlike =
      drawn.span === this.#drawn.span && namesOf(drawn.panel) === namesOf(this.#drawn.panel)
    this.#drawn = drawn
    if (isAlike) {
      this.#uplot.setData(dataOf(drawn))
      this.#tell()
      return
    }
    this.#uplot.destroy()
    this.#uplot = this.#create()
  }

  get #last(): number {
    return this.#drawn.times.length - 1
  }

  get #index(): number | undefined {
    const { idx } = this.#uplot.cursor
    return typeof idx === 'number' ? Math.min(idx, this.#last) : undefined
  }

  #create(): uPlot {
    const { panel } = this.#drawn
    this.#values = panel.lines.map(() => element('b'))
    this.#legend.replaceChildren(
      ...panel.lines.map((line, nth) =>
        element(
          'li',
          {},
          swatch(line, panel, nth),
          element('span', {}, line.label),
          this.#values[nth],
        ),
      ),
    )
    const uplot = new uPlot(this.#options(), dataOf(this.#drawn), this.#canvas)
    this.#canvas.setAttribute('aria-label', `${panel.title}, ${panel.unit}: moment`)
    this.#canvas.setAttribute('aria-valuemin', '0')
    queueMicrotask(() => this.#tell())
    return uplot
  }

  #options(): uPlot.Options {
    const { panel, span } = this.#drawn
    const axis = {
      stroke: () => colourOf('quiet'),
      font: '12px system-ui, sans-serif',
      ticks: { show: false },
      grid: { stroke: () => colourOf('line'), width: 1 },
    }
    return {
      width: Math.max(this.#canvas.clientWidth, 200),
      height: HEIGHT,
      legend: { show: false },
      // A pointer that moves over one plot points at the same moment in all.
      cursor: {
        sync: { key: 'traffic' },
        drag: { x: false, y: false, setScale: false },
        y: false,
        points: { show: panel.shape === 'lines' },
      },
      scales: {
        // A step ends where the next begins: without room for it, nobody sees the one that is running.
        x: { range: (_, first, last) => [first, last + stepIn(this.#drawn)] },
        y: { range: (_, __, highest) => [0, scaleEnd(highest)] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          gap: 4,
          space: 64,
          values: (_, times) => times.map((time) => markOf(span, time * 1000)),
        },
        {
          ...axis,
          size: AXIS_WIDTH,
          space: 36,
          values: (_, values) => values.map((value) => panel.format(value)),
        },
      ],
      series: [{}, ...seriesOf(panel, this.#drawn.times.length)],
      hooks: { setCursor: [() => this.#tell()] },
    }
  }

  #move(event: KeyboardEvent): void {
    const at = this.#index ?? this.#last
    const far = Math.max(1, Math.round(this.#drawn.times.length / 10))
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      PageDown: at - far,
      PageUp: at + far,
      Home: 0,
      End: this.#last,
    }
    const to = moves[event.key]
    if (to === undefined) return
    event.preventDefault()
    this.#pointAt(Math.min(this.#last, Math.max(0, to)))
  }

  #pointAt(index: number | undefined): void {
    const time = index === undefined ? undefined : this.#drawn.times[index]
    const left = time === undefined ? -10 : this.#uplot.valToPos(time, 'x')
    this.#uplot.setCursor({ left, top: time === undefined ? -10 : 0 })
  }

  /** The numbers of the moment that is pointed at, else those of the whole span. */
  #tell(): void {
    const { panel, span, times } = this.#drawn
    const index = this.#index
    const time = index === undefined ? undefined : times[index]
    const texts = panel.lines.map(({ values, overall }) => {
      if (index === undefined) return overall
      const value = values[index]
      return value === null || value === undefined ? '–' : panel.format(value)
    })
    for (const [nth, text] of texts.entries()) {
      const shown = this.#values[nth]
      if (shown) setText(shown, text)
    }
    const moment = time === undefined ? 'In all' : stepOf(span, time * 1000)
    setText(this.#moment, moment)
    const said = panel.lines.map(({ label }, nth) => `${label} ${texts[nth]}`)
    this.#canvas.setAttribute('aria-valuemax', `${this.#last}`)
    this.#canvas.setAttribute('aria-valuenow', `${index ?? this.#last}`)
    this.#canvas.setAttribute('aria-valuetext', `${moment}: ${said.join(', ')}`)
  }

  #resize(): void {
    const width = this.#canvas.clientWidth
    if (width > 0 && width !== this.#uplot.width) this.#uplot.setSize({ width, height: HEIGHT })
  }

  readonly #repaint = () => this.#uplot.redraw()

  /** The library and the browser would keep it otherwise, to tell it what happens. */
  discard(): void {
    SCHEME.removeEventListener('change', this.#repaint)
    this.#resizes.disconnect()
    this.#uplot.destroy()
  }
}

/** Stacked lines are sums, the largest drawn first: each next covers what is not its own. */
function dataOf({ panel, times }: Drawn): uPlot.AlignedData {
  if (panel.shape === 'lines') {
    return [[...times], ...panel.lines.map(({ values }) => [...values])]
  }
  const sums = times.map(() => 0)
  const stacked = panel.lines.map(({ values }) => {
    for (const [at, value] of values.entries()) sums[at] = (sums[at] ?? 0) + (value ?? 0)
    return [...sums]
  })
  if (times.length <= MOST_BARS) return [[...times], ...stacked.reverse()]
  // An area is drawn from point to point: the last step needs an end.
  const end = (times.at(-1) ?? 0) + stepIn({ times })
  return [[...times, end], ...stacked.reverse().map((sums) => [...sums, ...sums.slice(-1)])]
}

function stepIn({ times }: Pick<Drawn, 'times'>): number {
  const [first = 0, second = first] = times
  return second - first
}

function seriesOf({ shape, lines }: Panel, steps: number): uPlot.Series[] {
  if (shape === 'stack') {
    const paths = pathsOf(steps)
    return lines
      .map(({ label, colour }) => ({
        label,
        fill: () => colourOf(colour),
        width: 0,
        points: { show: false },
        ...(paths && { paths }),
      }))
      .reverse()
  }
  return lines.map(({ label, colour }, nth) => ({
    label,
    stroke: () => colourOf(colour),
    width: 2,
    dash: dashOf(nth),
    points: { show: true, size: 5, fill: () => colourOf(colour), filter: aloneIn },
  }))
}

/** Bars that are hardly wider than a pixel leave patterns that mean nothing: many of them are one area. */
const MOST_BARS = 100

function pathsOf(steps: number): uPlot.Series.PathBuilder | undefined {
  const { bars, stepped } = uPlot.paths
  return steps > MOST_BARS ? stepped?.({ align: 1 }) : bars?.({ size: [0.86, 26], align: 1 })
}

/** A value between two that are missing is no line: it is drawn as a point. */
const aloneIn: uPlot.Series.Points.Filter = (plot, series) => {
  const values = plot.data[series] ?? []
  return [...values.keys()].filter(
    (at) => isThere(values[at]) && !isThere(values[at - 1]) && !isThere(values[at + 1]),
  )
}

function isThere(value: number | null | undefined): boolean {
  return value !== null && value !== undefined
}

function swatch({ colour }: Line, { shape }: Panel, nth: number): HTMLElement {
  const dash = shape === 'stack' ? 'solid' : (['line', 'dashed', 'dotted'][nth] ?? 'line')
  return element('i', { class: `swatch ${colour} ${dash}`, 'aria-hidden': 'true' })
}

function dashOf(nth: number): number[] {
  return DASHES[nth] ?? []
}

function namesOf({ unit, lines }: Panel): string {
  return JSON.stringify([unit, lines.map(({ label, colour }) => [label, colour])])
}

/** As the style sheet has it just now. */
function colourOf(name: Colour | 'quiet' | 'line'): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`)
}
