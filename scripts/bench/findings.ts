import { readFileSync } from 'node:fs'
import type { Figures as CountFigures } from './count-cases.ts'
import type { Figures } from './figures/figures.ts'
import type { Machine } from './machine.ts'
import type { Measured } from './measured.ts'
import type { TargetName } from './targets.ts'

/** Everything that a run has found; what the JSON file holds. */
export interface Findings {
  /** The day, as ISO 8601 has it. */
  readonly measuredOn: string
  readonly machine: Machine
  readonly upstream: string
  readonly load: string
  readonly rounds: number
  readonly bundles: readonly Bundle[]
  readonly scenarios: readonly MeasuredScenario[]
  /** Of what is no matter of one request after the other. */
  readonly figures: Figures
  /** Of the gateway alone, and the same on every machine. */
  readonly counted: readonly Counted[]
  /** For which there was no time. */
  readonly leftOut: readonly string[]
}

export interface Bundle {
  readonly target: TargetName
  readonly gzipKib: number
}

export interface MeasuredScenario {
  readonly name: string
  readonly about: string
  readonly measured: readonly Measured[]
}

export interface Counted {
  readonly name: string
  readonly requests: number
  readonly roundTrips: number
  readonly figures: CountFigures
}

/** As it is stored: a figure that could not be had is not in it, which reads as undefined. */
export function textFrom(findings: Findings): string {
  return `${JSON.stringify(findings, undefined, 2)}\n`
}

export interface Stored {
  readonly text: string
  readonly findings: Findings
}

export function readFindings(name: string): Stored {
  const text = readFileSync(name, 'utf8')
  return { text, findings: findingsFrom(text, name) }
}

export function findingsFrom(text: string, name: string): Findings {
  const findings: Findings | undefined = parsed(text)
  const lists = [findings?.scenarios, findings?.bundles, findings?.counted, findings?.leftOut]
  if (findings?.machine && lists.every(Array.isArray)) {
    // A run from before there were any has none.
    return { ...findings, figures: findings.figures ?? {} }
  }
  throw new Error(`${name} holds nothing that a run of this harness has found`)
}

function parsed(text: string) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function measuredOf(
  { measured }: MeasuredScenario,
  target: TargetName,
): Measured | undefined {
  return measured.find((one) => one.target === target)
}

/** In the order of the run. */
export function targetsOf({ bundles }: Findings): TargetName[] {
  return bundles.map(({ target }) => target)
}
