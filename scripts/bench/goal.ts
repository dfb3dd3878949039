import type { Findings } from './findings.ts'
import type { TargetName } from './targets.ts'

/** What is aimed at: at most so much, of a figure of the gateway. It is never moved to where the gateway is. */
export interface Goal {
  readonly what: string
  readonly figure: string
  readonly atMost: number
  readonly digits: number
  /** Undefined: the run has not measured it. */
  reached(findings: Findings, target: TargetName): number | undefined
}
