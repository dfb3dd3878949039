import type { Quartiles } from './arithmetic.ts'
import type { Count, CountCase, Figures as CountFigures } from './count-cases.ts'
import type { Figures } from './figures/figures.ts'
import type { Machine } from './machine.ts'
import type { Measured } from './measured.ts'

/** Everything that a run has found; what the JSON file holds. */
export interface Findings {
  readonly machine: Machine
  readonly upstream: string
  readonly load: string
  readonly rounds: number
  readonly gzipKib: number
  readonly scenarios: readonly {
    readonly name: string
    readonly about: string
    readonly measured: readonly Measured[]
  }[]
  readonly figures: Figures
  /** For which there was no time. */
  readonly leftOut: readonly string[]
}

const HEAD = [
  'scenario',
  'target',
  'processor µs',
  'ratio',
  'round trips',
  'commands',
  'first byte +ms',
  'MiB',
]

/** The page for people. */
export function pageOf(findings: Findings): string {
  const { machine, upstream, load, rounds, gzipKib, scenarios, leftOut } = findings
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`)
  const rows = scenarios.flatMap(({ name, measured }) => measured.map((one) => rowOf(name, one)))
  return `# Benchmarks

Written by \`npm run bench -- --write\`; run it on a machine that does nothing else.

Each target is the built worker in plain workerd. \`pass-through\` only fetches the upstream: the limit. \`stock\` is Hono, its
request id, jose with a remote key set, two sliding windows of @upstash/ratelimit in turn and \`hono/proxy\`, all defaults.

- Processor µs: what workerd itself was billed by the kernel, per request; the ratio is to the pass-through of the same round.
- Round trips and commands: what reached the store per request, and what a vendor bills for it (a script counts as itself
  and as each command inside it).
- First byte: milliseconds more than the pass-through's, one request at a time, the store 5 ms away unless the scenario says
  otherwise.
- MiB: resident at the end. A figure stands as its median (its quartiles) over ${rounds} rounds, the targets in turn.

${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, Linux ${machine.kernel}. ${versions.join(', ')}. Upstream: ${upstream}.
Load: ${load}. Commit ${machine.commit}. The gateway's bundle: ${gzipKib.toFixed(1)} KiB gzip.

${tableOf(HEAD, rows)}

What the scenarios are:

${tableOf(
  ['scenario', 'what is sent'],
  scenarios.map(({ name, about }) => [name, about]),
)}
${leftOut.length > 0 ? `\nLeft out for lack of time: ${leftOut.join(', ')}.\n` : ''}`
}

/** What the short form found. */
export function countsTable(
  counted: readonly {
    readonly of: CountCase
    readonly count: Count
    readonly figures: CountFigures
  }[],
): string {
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
    counted.map(({ of, count, figures }) => [
      of.name,
      String(count.requests),
      String(count.roundTrips),
      `${number(figures.roundTrips, 3)}${boundOf(of, 'roundTrips')}`,
      `${number(figures.roundTripsPerHold, 1)}${boundOf(of, 'roundTripsPerHold')}`,
      `${number(figures.commands, 3)}${boundOf(of, 'commands')}`,
      `${figures.keySetFetches}${boundOf(of, 'keySetFetches')}`,
    ]),
  )
}

function boundOf({ atMost, atLeast }: CountCase, kind: keyof CountFigures): string {
  const high = atMost?.[kind]
  if (high === undefined) return ''
  return atLeast?.[kind] === high ? ` (= ${high})` : ` (≤ ${high})`
}

function rowOf(scenario: string, measured: Measured): string[] {
  const { target, microseconds, ratio, roundTrips, commands, firstByteOver, residentMib } = measured
  return [
    scenario,
    target,
    spread(microseconds, 0),
    spread(ratio, 2),
    number(roundTrips, 3),
    number(commands, 2),
    spread(firstByteOver, 2),
    number(residentMib, 0),
  ]
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

function spread(quartiles: Quartiles | undefined, digits: number): string {
  if (!quartiles) return '–'
  const { low, median, high } = quartiles
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`
}

/** A dash: nobody was answered. */
function number(value: number | undefined, digits: number): string {
  return value === undefined ? '–' : value.toFixed(digits)
}
