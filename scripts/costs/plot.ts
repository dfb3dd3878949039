import { parse, View } from 'vega'
import { compile } from 'vega-lite'
import { COLOURS, NIGHT } from '../bench/plot/colours.ts'
import type { Benchmarks } from './benchmarks.ts'
import { perMillionRequests } from './bill.ts'
import { type Growth, ISOLATES, LOADS } from './growth.ts'
import { nameOf } from './simulated-part.ts'
import { simulatedUse, stockUse } from './uses.ts'

interface Place {
  readonly line: string
  readonly target: 'gateway' | 'stock'
  readonly x: number
  readonly y: number
}

interface Panel {
  readonly title: string
  readonly subtitle: string
  readonly places: readonly Place[]
  readonly ticks: readonly number[]
  /** Where each line has its name under it. */
  readonly namedAt: number
}

const FONT = 'system-ui, -apple-system, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif'
const WIDTH = 480
const HEIGHT = 230

/** The bill by load, and the store's commands by isolates. */
export async function drawCosts(
  growth: Growth,
  benchmarks: Benchmarks | undefined,
): Promise<string> {
  const { spec } = compile({
    vconcat: [panelOf(byLoad(growth, benchmarks)), panelOf(byIsolates(growth, benchmarks))],
    spacing: 28,
    background: COLOURS.paper.light,
    padding: 12,
    config: CONFIG,
  })
  const svg = await new View(parse(spec), { renderer: 'none' }).toSVG()
  return `${svg.replace('>', `><style>${NIGHT}</style>`)}\n`
}

function byLoad({ byLoad: grown }: Growth, benchmarks: Benchmarks | undefined): Panel {
  const stock = stockUse(benchmarks)
  const own = grown.map(({ point, simulated }): Place => {
    const y = perMillionRequests(simulatedUse(simulated, benchmarks)).total
    return { line: nameOf(point), target: 'gateway', x: point.requestsPerDay, y }
  })
  return {
    title: 'Dollars for a million requests',
    subtitle: 'By requests a day: the gateway in three fleets, stock in any',
    places: [...own, ...flat(LOADS, stock && perMillionRequests(stock).total)],
    ticks: LOADS.filter((_, i) => i % 3 === 0),
    namedAt: 10,
  }
}

function byIsolates({ byVisit }: Growth, benchmarks: Benchmarks | undefined): Panel {
  const own = byVisit.flatMap(({ visit, grown }) =>
    grown.map(({ point, simulated }): Place => {
      return { line: visit.name, target: 'gateway', x: point.isolates, y: simulated.commands }
    }),
  )
  return {
    title: 'Store commands for one request',
    subtitle: "By isolates in the user's data centre, for three kinds of visit",
    places: [...own, ...flat(ISOLATES, stockUse(benchmarks)?.commands)],
    ticks: ISOLATES,
    namedAt: 2,
  }
}

/** What the stock composition costs, whoever asks it and wherever. */
function flat(across: readonly number[], y: number | undefined): Place[] {
  return y === undefined ? [] : across.map((x) => ({ line: 'stock', target: 'stock', x, y }))
}

function panelOf({ title, subtitle, places, ticks, namedAt }: Panel) {
  const last = Math.max(...ticks)
  const named = places.filter(({ x }) => x === namedAt)
  const x = {
    field: 'x',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [1, last], nice: false },
    axis: { values: [...ticks], format: ',', title: null, labelFlush: false },
  }
  const y = { field: 'y', type: 'quantitative' as const, axis: { title: null, tickCount: 5 } }
  const color = {
    field: 'target',
    type: 'nominal' as const,
    scale: {
      domain: ['gateway', 'stock'],
      range: [COLOURS.gateway.light, COLOURS.stock.light],
    },
    legend: null,
  }
  return {
    title: { text: title, subtitle },
    width: WIDTH,
    height: HEIGHT,
    data: { values: [...places] },
    layer: [
      {
        mark: { type: 'line' as const, strokeWidth: 2.5, point: { size: 40, filled: true } },
        encoding: { x, y, color, detail: { field: 'line', type: 'nominal' as const } },
      },
      {
        data: { values: named },
        mark: { type: 'text' as const, align: 'left' as const, baseline: 'top' as const, dy: 6 },
        encoding: { x, y, color, text: { field: 'line' } },
      },
    ],
  }
}

const CONFIG = {
  font: FONT,
  aria: false,
  view: { stroke: null },
  text: { fontSize: 13 },
  title: {
    anchor: 'start',
    frame: 'group',
    fontSize: 16,
    color: COLOURS.ink.light,
    subtitleFontSize: 13,
    subtitleColor: COLOURS.faint.light,
    subtitlePadding: 6,
    offset: 8,
  },
  axis: {
    domain: false,
    ticks: false,
    gridColor: COLOURS.line.light,
    labelColor: COLOURS.ink.light,
    labelFontSize: 13,
    labelPadding: 8,
  },
  axisX: { grid: false },
} as const
