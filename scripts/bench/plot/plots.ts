import type { Quartiles } from '../arithmetic.ts'
import { type Findings, measuredOf } from '../findings.ts'
import { goalOf } from '../goals.ts'
import type { Measured } from '../measured.ts'
import { DRAWN, drawDots, type Plot } from './dots.ts'

const HOW_TO_READ = 'Dot: median. Bar: quartiles. Upright stroke: the goal.'

export function processorPlot(findings: Findings): Promise<string> {
  return drawDots({
    ...rowsOf(findings, 'ratio', ({ ratio }) => ratio),
    title: 'Processor time per request',
    subtitle: ['Multiples of what a bare pass-through worker takes.', HOW_TO_READ],
    scale: 'log',
    ticks: [0.25, 0.5, 1, 2, 3, 4, 5, 7, 10, 20],
    limit: 1,
    digits: 1,
  })
}

export function firstBytePlot(findings: Findings): Promise<string> {
  return drawDots({
    ...rowsOf(findings, 'firstByteOver', ({ firstByteOver }) => firstByteOver),
    title: 'Milliseconds to the first byte',
    subtitle: [
      'More than through a bare pass-through worker,',
      'the store 5 ms away.',
      HOW_TO_READ,
    ],
    scale: 'symlog',
    ticks: [-5, -2, 0, 2, 5, 10, 20, 50, 100],
    limit: 0,
    digits: 1,
  })
}

function rowsOf(
  { scenarios }: Findings,
  goal: Parameters<typeof goalOf>[1],
  figure: (measured: Measured) => Quartiles | undefined,
): Pick<Plot, 'rows' | 'dots' | 'goals' | 'remarks'> {
  const lines = scenarios.flatMap((scenario) =>
    DRAWN.flatMap((target) => {
      const measured = measuredOf(scenario, target)
      return measured ? [{ row: scenario.name, target, measured }] : []
    }),
  )
  return {
    rows: scenarios.map(({ name }) => name),
    dots: lines.flatMap(({ row, target, measured }) => {
      const quartiles = figure(measured)
      return quartiles ? [{ row, target, ...quartiles }] : []
    }),
    remarks: lines
      .filter(({ measured }) => !figure(measured))
      .map(({ row, target }) => ({ row, target, says: 'answered nobody' })),
    goals: scenarios.flatMap(({ name }) => {
      const atMost = goalOf(name, goal)
      return atMost === undefined ? [] : [{ row: name, atMost }]
    }),
  }
}
