import type { Report } from '../judge.ts'
import { shownFrom } from './shown.ts'

export function jsonOf({ url, requests, judged }: Report): string {
  const clauses = judged.map(({ clause: { id, sentence }, judgement }) => ({
    id,
    sentence,
    ...(judgement.verdict === 'broken'
      ? {
          verdict: judgement.verdict,
          findings: judgement.findings.map(({ what, shown }) => ({ what, ...shownFrom(shown) })),
        }
      : judgement),
  }))
  return JSON.stringify({ url, requests, clauses }, undefined, 2)
}
