import type { Finding } from './finding.ts'

const LABELS = { ok: 'ok     ', note: 'note   ', problem: 'PROBLEM' } as const
const INDENT = ' '.repeat(LABELS.ok.length + 2)

export function textOf(environment: string, findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ check, state, says, do: what }) => [
    `${LABELS[state]}  ${check}: ${says}`,
    ...(what ? [`${INDENT}${what}`] : []),
  ])
  const problems = countOf(findings)
  const end =
    problems === 0
      ? `${environment}: ${environment === 'local' ? 'all is there' : 'nothing stands in the way of a deployment'}`
      : `${environment}: ${problems} ${problems === 1 ? 'problem' : 'problems'}`
  return [...lines, '', end].join('\n')
}

export function jsonOf(environment: string, findings: readonly Finding[]): string {
  return JSON.stringify({ environment, problems: countOf(findings), findings }, undefined, 2)
}

export function countOf(findings: readonly Finding[]): number {
  return findings.filter(({ state }) => state === 'problem').length
}
