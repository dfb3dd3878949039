import type { Judged, Report } from '../judge.ts'
import type { Finding } from '../judgement.ts'
import { shownFrom } from './shown.ts'

const MOST_SHOWN = 3
/** What is judged has no business with the terminal. */
const UNPRINTABLE = /[^\P{C}\t\n]/gu
const VERDICTS = ['held', 'broken', 'not tried', 'not applicable'] as const

export function textOf({ url, requests, judged }: Report): string {
  const counts = VERDICTS.map((verdict) => {
    const { length } = judged.filter(({ judgement }) => judgement.verdict === verdict)
    return `${length} ${verdict}`
  })
  return [`${url}: ${counts.join(', ')}; ${requests} requests`, '', ...judged.map(lineOf)].join(
    '\n',
  )
}

function lineOf({ clause: { id, sentence }, judgement }: Judged): string {
  const { verdict } = judgement
  const title = `${(verdict === 'broken' ? 'BROKEN' : verdict).padEnd(15)} ${id}: ${sentence}`
  if (verdict === 'held') return title
  if (verdict !== 'broken') return `${title}\n${indented(judgement.reason)}`

  const shown = distinct(judgement.findings).slice(0, MOST_SHOWN)
  const others = judgement.findings.filter((finding) => !shown.includes(finding))
  const paths = new Set(others.map(({ shown: { asked } }) => `${asked.method} ${asked.path}`))
  const rest = others.length > 0 ? [`and ${others.length} more: ${[...paths].join(', ')}`] : []
  return [title, ...[...shown.map(findingText), ...rest].map(indented)].join('\n')
}

/** The first of each sort. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...Map.groupBy(findings, ({ what }) => what).values()].flatMap((same) => same.slice(0, 1))
}

/** The exchange as it went over the wire, in so far as it matters. */
export function findingText({ what, shown }: Finding): string {
  const { purpose, request, answer } = shownFrom(shown)
  const headed = (headers: Readonly<Record<string, string>>, mark: string) =>
    Object.entries(headers).map(([name, value]) => `${mark} ${name}: ${value}`)
  return [
    `${what} (${purpose})`,
    `> ${request.line}`,
    ...headed(request.headers, '>'),
    ...(request.body === undefined ? [] : [`> ${request.body}`]),
    ...(answer ? [`< ${answer.status}`, ...headed(answer.headers, '<')] : []),
    ...(answer?.body ? [`< ${answer.body}`] : []),
  ]
    .join('\n')
    .replace(UNPRINTABLE, '\ufffd')
}

function indented(text: string): string {
  return text.replace(/^/gm, ' '.repeat(16))
}
