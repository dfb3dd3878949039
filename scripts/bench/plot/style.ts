import { COLOURS } from './colours.ts'

const INK = COLOURS.ink.light
const FAINT = COLOURS.faint.light

/** For vega; large enough to be read on a phone, where everything is about half as big. */
export const STYLE = {
  font: 'system-ui, -apple-system, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif',
  background: COLOURS.paper.light,
  padding: 12,
  // What it shows stands as a table beside it, which a screen reader reads better.
  aria: false,
  view: { stroke: null },
  text: { fontSize: 13 },
  title: {
    anchor: 'start',
    frame: 'bounds',
    fontSize: 16,
    color: INK,
    subtitleFontSize: 13,
    subtitleColor: FAINT,
    subtitlePadding: 6,
    offset: 8,
  },
  legend: {
    orient: 'top',
    labelFontSize: 14,
    labelColor: INK,
    symbolSize: 90,
    symbolOpacity: 1,
    padding: 0,
    columnPadding: 24,
    offset: 10,
  },
  axis: {
    domain: false,
    ticks: false,
    grid: true,
    gridColor: COLOURS.line.light,
    labelColor: INK,
    labelFontSize: 13,
    labelPadding: 8,
    // No name is cut.
    labelLimit: 0,
  },
  // Lines between the rows, not through them.
  axisY: { tickBand: 'extent' },
} as const
