import { type Findings, measuredOf } from './findings.ts'
import { scoreOf } from './goals-table.ts'
import type { Measured } from './measured.ts'
import { number, tableOf } from './table.ts'

const BEGIN = '<!-- figures of the benchmark -->'
const END = '<!-- end of the figures -->'

/** The README with the figures of a run between its two comments. */
export function readmeWith(readme: string, findings: Findings): string {
  const [before, inside, ...rest] = readme.split(BEGIN)
  const [, after, ...others] = inside?.split(END) ?? []
  if (after === undefined || rest.length + others.length > 0) {
    throw new Error(`README.md does not have one place between ${BEGIN} and ${END}`)
  }
  return `${before}${BEGIN}\n${figuresOf(findings)}\n${END}${after}`
}

function figuresOf(findings: Findings): string {
  const { reached, measured } = scoreOf(findings)
  return `${tableOf(
    ['per request', 'this gateway', 'stock'],
    [
      row('processor time of a busy caller, a bare pass-through worker being 1', 'busy', ratio),
      row('the same of a caller that this isolate has never seen', 'cold', ratio),
      row('store commands billed for a busy caller', 'busy', commands),
      row('first byte to a busy caller over the pass-through, the store 5 ms away', 'busy', first),
    ],
  )}

Medians of ${findings.rounds} rounds on ${findings.machine.cores} cores (${findings.measuredOn}). Of the ${measured} goals that were measured ${reached} are reached.`

  function row(words: string, name: string, figure: (of: Measured) => string): string[] {
    const scenario = findings.scenarios.find((one) => one.name === name)
    const cells = (['gateway', 'stock'] as const).map((target) => {
      const measured = scenario && measuredOf(scenario, target)
      return measured ? figure(measured) : number(undefined, 0)
    })
    return [words, ...cells]
  }
}

const ratio = (measured: Measured) => number(measured.ratio?.median, 1)
const commands = (measured: Measured) => number(measured.commands, 2)
const first = (measured: Measured) => `${number(measured.firstByteOver?.median, 1)} ms`
