import type { Report } from '../judge.ts'
import type { Judgement } from '../judgement.ts'
import { findingText } from './text.ts'

/** A test case per clause: broken is a failure, what was not judged is skipped. */
export function junitOf({ url, judged }: Report): string {
  const verdicts = judged.map(({ judgement }) => judgement.verdict)
  const failures = verdicts.filter((verdict) => verdict === 'broken').length
  const skipped = verdicts.filter((verdict) => verdict.startsWith('not ')).length
  const counts = `tests="${judged.length}" failures="${failures}" skipped="${skipped}" errors="0"`
  const cases = judged.map(({ clause, judgement }) => {
    const name = escaped(`${clause.id}: ${clause.sentence}`)
    const outcome = outcomeOf(judgement)
    const open = `    <testcase classname="contract" name="${name}"`
    return outcome ? `${open}>${outcome}</testcase>` : `${open}/>`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escaped(url)}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')
}

function outcomeOf(judgement: Judgement): string {
  if (judgement.verdict === 'held') return ''
  if (judgement.verdict !== 'broken') {
    return `<skipped message="${escaped(`${judgement.verdict}: ${judgement.reason}`)}"/>`
  }
  const { findings } = judgement
  const text = findings.map(findingText).join('\n\n')
  return `<failure message="${escaped(findings[0]?.what ?? '')}">${escaped(text)}</failure>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** XML 1.0, section 2.2: most control characters have no place in it, not even as references. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
}
