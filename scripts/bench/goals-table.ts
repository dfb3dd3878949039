import type { Findings } from './findings.ts'
import type { Goal } from './goal.ts'
import { goalsOf } from './goals.ts'
import { number, tableOf } from './table.ts'

/** The goals beside what was reached. */
export function goalsTable(findings: Findings): string {
  return tableOf(
    ['what', 'figure', 'goal', 'gateway', 'reached', 'floor', 'stock'],
    goalsOf(findings).map((goal) => {
      const reached = goal.reached(findings, 'gateway')
      return [
        goal.what,
        goal.figure,
        `≤ ${goal.atMost}`,
        number(reached, goal.digits),
        WORDS[verdictOf(goal, reached)],
        number(goal.reached(findings, 'floor'), goal.digits),
        number(goal.reached(findings, 'stock'), goal.digits),
      ]
    }),
  )
}

export interface Score {
  readonly reached: number
  readonly measured: number
}

export function scoreOf(findings: Findings): Score {
  const verdicts = goalsOf(findings).map((goal) =>
    verdictOf(goal, goal.reached(findings, 'gateway')),
  )
  return {
    reached: verdicts.filter((verdict) => verdict === 'reached').length,
    measured: verdicts.filter((verdict) => verdict !== 'unknown').length,
  }
}

const WORDS = { reached: 'yes', missed: '**no**', unknown: 'not measured' } as const
type Verdict = keyof typeof WORDS

/** By the figure itself and not as it is rounded for the page. */
function verdictOf({ atMost }: Goal, reached: number | undefined): Verdict {
  if (reached === undefined) return 'unknown'
  return reached <= atMost ? 'reached' : 'missed'
}
