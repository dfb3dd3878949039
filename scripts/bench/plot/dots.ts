import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { number } from '../table.ts'
import { COLOURS, NIGHT } from './colours.ts'
import { type Scale, type ScaleType, scaleFor } from './scale.ts'
import { STYLE } from './style.ts'

/** In the order in which they stand in a row. */
export const DRAWN = ['gateway', 'stock', 'previous'] as const
export type Drawn = (typeof DRAWN)[number]

/** A median with its quartiles, of one target in one row. */
export interface Dot {
  readonly row: string
  readonly target: Drawn
  readonly low: number
  readonly median: number
  readonly high: number
}

export interface Plot {
  readonly title: string
  readonly subtitle: readonly string[]
  readonly rows: readonly string[]
  readonly dots: readonly Dot[]
  /** Of the gateway. */
  readonly goals: readonly { readonly row: string; readonly atMost: number }[]
  /** Where there is no dot to draw, and why. */
  readonly remarks: readonly {
    readonly row: string
    readonly target: Drawn
    readonly says: string
  }[]
  readonly scale: ScaleType
  readonly ticks: readonly number[]
  /** Where the pass-through stands. */
  readonly limit: number
  readonly digits: number
}

const WIDTH = 400
/** Of one target's line in a row. */
const LINE = 16
const SHAPES = { gateway: 'circle', stock: 'square', previous: 'diamond' } as const
/** A share of the width. */
const LABEL = 0.1

/** A row for each scenario and in it a line for each target, so that nothing lies on anything else. */
export async function drawDots(plot: Plot): Promise<string> {
  const { spec } = compile(specOf(plot))
  const svg = await new View(parse(spec), { renderer: 'none' }).toSVG()
  return `${svg.replace('>', ` role="img"><title>${plot.title}</title><style>${NIGHT}</style>`)}\n`
}

function specOf(plot: Plot): TopLevelSpec {
  const { title, subtitle, rows, dots, goals, remarks, limit, ticks } = plot
  const present = DRAWN.filter((name) =>
    [...dots, ...remarks].some(({ target }) => target === name),
  )
  const scale = scaleFor(plot.scale, [
    limit,
    ...dots.flatMap(({ low, high }) => [low, high]),
    ...goals.map(({ atMost }) => atMost),
  ])
  const across = (field: string) => ({
    field,
    type: 'quantitative' as const,
    scale: { type: scale.type, domain: [...scale.domain], nice: false },
    axis: { values: [...ticks], orient: 'top' as const, format: '~r', title: null },
  })
  const byTarget = (range: readonly string[]) => ({
    field: 'target',
    type: 'nominal' as const,
    scale: { domain: [...present], range: [...range] },
    title: null,
  })
  const line = {
    y: {
      field: 'row',
      type: 'nominal' as const,
      sort: [...rows],
      scale: { padding: 0 },
      title: null,
    },
    yOffset: {
      field: 'target',
      type: 'nominal' as const,
      scale: { domain: [...present], paddingOuter: 0.3 },
    },
  }
  const color = byTarget(present.map((name) => COLOURS[name].light))
  const shape = byTarget(present.map((name) => SHAPES[name]))
  const words = { type: 'text', align: 'left', dx: 8 } as const
  // Under a text, so that no line goes through it.
  const paper = COLOURS.paper.light
  const halo = { ...words, color: paper, stroke: paper, strokeWidth: 4 } as const
  const labels = { values: labelsOf(plot, scale) }
  const label = { ...line, x: across('at'), text: { field: 'label' } } as const
  return {
    title: { text: title, subtitle: [...subtitle] },
    width: WIDTH,
    height: { step: LINE, for: 'offset' },
    layer: [
      {
        data: { values: [{ limit }] },
        mark: { type: 'rule', color: COLOURS.faint.light, strokeWidth: 1.5 },
        encoding: { x: across('limit') },
      },
      {
        data: { values: [...dots] },
        mark: { type: 'rule', strokeWidth: 5, opacity: 0.4 },
        encoding: { ...line, x: across('low'), x2: { field: 'high' }, color },
      },
      {
        data: { values: [...dots] },
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: { ...line, x: across('median'), color, shape },
      },
      {
        data: { values: goals.map((goal) => ({ ...goal, target: 'gateway' })) },
        mark: { type: 'tick', thickness: 2.5, size: LINE, color: COLOURS.ink.light },
        encoding: { ...line, x: across('atMost') },
      },
      { data: labels, mark: halo, encoding: label },
      { data: labels, mark: words, encoding: { ...label, color } },
      {
        data: { values: remarks.map((remark) => ({ ...remark, limit })) },
        mark: words,
        encoding: { ...line, x: across('limit'), text: { field: 'says' }, color },
      },
    ],
    config: STYLE,
  }
}

/** Right of the bar, or right of the goal where that stands in the way. */
function labelsOf({ dots, goals, digits }: Plot, { distance }: Scale) {
  return dots.map(({ row, target, median, high }) => {
    const goal = target === 'gateway' && goals.find((one) => one.row === row)?.atMost
    const isInTheWay = goal && goal > high && distance(high, goal) < LABEL
    return { row, target, label: number(median, digits), at: isInTheWay ? goal : high }
  })
}
