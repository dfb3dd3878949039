import * as v from 'valibot'
import { Dependencies, type Readiness } from './answers.ts'
import type { Outcome } from './asking.ts'

/** They are told in the refusal too, where one of them is away. */
export function dependenciesIn(
  outcome: Outcome<v.InferOutput<typeof Readiness>>,
): Dependencies | undefined {
  if (outcome.kind === 'answered') return outcome.value.dependencies
  if (outcome.kind === 'lost') return undefined
  const told = v.safeParse(Dependencies, outcome.details.dependencies)
  return told.success ? told.output : undefined
}
