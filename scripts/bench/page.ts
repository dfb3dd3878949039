import { COUNT_CASES, type CountCase, type Figures } from './count-cases.ts'
import { figuresPart } from './figures-page.ts'
import { type Counted, type Findings, measuredOf, targetsOf } from './findings.ts'
import { goalsTable, scoreOf } from './goals-table.ts'
import type { Measured } from './measured.ts'
import { number, spread, tableOf } from './table.ts'
import type { TargetName } from './targets.ts'

/** The page for people. */
export function pageOf(findings: Findings): string {
  const { machine, upstream, load, rounds, bundles, scenarios, figures, counted, leftOut } =
    findings
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`)
  const sizes = bundles.map(({ target, gzipKib }) => `${target} ${number(gzipKib, 1)} KiB`)
  const score = scoreOf(findings)
  return `# Benchmarks

Written by \`npm run bench -- --write\` from what one run has measured ([benchmarks.json](benchmarks.json)); how to run it, what
the goals mean and what stands in the way of those that are missed: [performance.md](performance.md).

Each target is the built worker in plain workerd, a process of its own. **pass-through** only fetches the upstream: the limit.
${targetsOf(findings).includes('floor') ? FLOOR : ''}**stock** is Hono, its request id, jose with a remote key set, two sliding windows of @upstash/ratelimit in turn and
\`hono/proxy\`, all defaults. **gateway** is this one${targetsOf(findings).includes('previous') ? ', **previous** an earlier state of it' : ''}.

![Processor time per request of gateway and stock in every scenario, as a multiple of the pass-through's](benchmarks.svg)

## Goals

${score.reached} of the ${score.measured} that were measured are reached.

${goalsTable(findings)}

## Processor time

What workerd itself was billed by the kernel, per request: of the pass-through in microseconds, of the others as a multiple of
the pass-through's in the same round. A figure stands as its median (its quartiles) over ${rounds} rounds, the targets in turn.

${byTarget(findings, [
  { head: (target) => target, cell: processorTime, of: ['pass-through', ...OTHERS] },
])}

## Store

Round trips are what reached the store per request; commands are what a vendor bills for it, a script as itself and as each
command inside it. The pass-through asks no store.

${byTarget(findings, [
  {
    head: (target) => `round trips, ${target}`,
    cell: ({ roundTrips }) => number(roundTrips, 3),
    of: OTHERS,
  },
  {
    head: (target) => `commands, ${target}`,
    cell: ({ commands }) => number(commands, 2),
    of: OTHERS,
  },
])}
${countsSection(counted)}
## First byte and memory

Milliseconds to the first byte more than the pass-through takes in the same round, one request at a time, the store 5 ms away
unless the scenario says otherwise; memory is what is resident at the end.

![Milliseconds to the first byte over the pass-through's, of gateway and stock in every scenario](benchmarks-first-byte.svg)

${byTarget(findings, [
  {
    head: (target) => `first byte +ms, ${target}`,
    cell: ({ firstByteOver }) => spread(firstByteOver, 2),
    of: OTHERS,
  },
  {
    head: (target) => `MiB, ${target}`,
    cell: ({ residentMib }) => number(residentMib, 0),
    of: ['pass-through', ...OTHERS],
  },
])}

${figuresPart(figures)}## What was run

${tableOf(
  ['scenario', 'what is sent'],
  scenarios.map(({ name, about }) => [name, about]),
)}
${leftOut.length > 0 ? `\nLeft out, for lack of time or because they failed: ${leftOut.join(', ')}.\n` : ''}
- Measured on ${findings.measuredOn}, ${rounds} rounds, at commit ${machine.commit}.
- Machine: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, Linux ${machine.kernel}.
- Versions: ${versions.join(', ')}.
- Upstream: ${upstream}. Load: ${load}. Store: a Redis of its own behind a bridge that speaks the vendor's REST.
- Bundles, gzip: ${sizes.join(', ')}.
`
}

const FLOOR = `**floor** writes the headers, the error body and the log line that the contract and the operators ask for, and has nothing
else of a gateway: what its figures are above the pass-through's, the platform asks for them.
`

const OTHERS: readonly TargetName[] = ['floor', 'gateway', 'stock', 'previous']

interface Columns {
  /** One for each of these targets that was measured. */
  readonly of: readonly TargetName[]
  head(target: TargetName): string
  cell(measured: Measured): string
}

/** A row for each scenario. */
function byTarget(findings: Findings, groups: readonly Columns[]): string {
  const present = targetsOf(findings)
  const columns = groups.flatMap(({ of, head, cell }) =>
    of.filter((target) => present.includes(target)).map((target) => ({ target, head, cell })),
  )
  return tableOf(
    ['scenario', ...columns.map(({ target, head }) => head(target))],
    findings.scenarios.map((scenario) => [
      scenario.name,
      ...columns.map(({ target, cell }) => {
        const measured = measuredOf(scenario, target)
        return measured ? cell(measured) : number(undefined, 0)
      }),
    ]),
  )
}

function processorTime({ target, microseconds, ratio }: Measured): string {
  return target === 'pass-through' ? `${spread(microseconds, 0)} µs` : spread(ratio, 2)
}

function countsSection(counted: readonly Counted[]): string {
  if (counted.length === 0) return ''
  return `
Counted, and so the same on every machine (what \`npm run bench -- --counts\` holds to its bounds):

${countsTable(counted)}
`
}

/** What the short form found. */
export function countsTable(counted: readonly Counted[]): string {
  return tableOf(
    [
      'case',
      'requests',
      'round trips',
      'per request',
      'per 2 s',
      'commands per request',
      'key sets',
    ],
    counted.map(({ name, requests, roundTrips, figures }) => {
      const bound = (kind: keyof Figures) => boundOf(name, kind)
      return [
        name,
        String(requests),
        String(roundTrips),
        `${number(figures.roundTrips, 3)}${bound('roundTrips')}`,
        `${number(figures.roundTripsPerHold, 1)}${bound('roundTripsPerHold')}`,
        `${number(figures.commands, 3)}${bound('commands')}`,
        `${number(figures.keySetFetches, 0)}${bound('keySetFetches')}`,
      ]
    }),
  )
}

function boundOf(name: CountCase['name'], kind: keyof Figures): string {
  const { atMost, atLeast } = COUNT_CASES.find((one) => one.name === name) ?? {}
  const high = atMost?.[kind]
  if (high === undefined) return ''
  return atLeast?.[kind] === high ? ` (= ${high})` : ` (≤ ${high})`
}
