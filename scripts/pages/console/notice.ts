import type { Lost, Refused } from './asking.ts'
import { element } from './element.ts'
import { clock } from './times.ts'
import { wordsOf } from './words.ts'

/** Why something is not there, and what to do. */
export function notice(no: Refused | Lost, more?: string): HTMLElement {
  const { title, text } = wordsOf(no)
  const made = element(
    'div',
    { class: 'notice bad' },
    element('strong', {}, title),
    element('p', {}, more === undefined ? text : `${text} ${more}`),
  )
  if (no.kind !== 'refused') return made
  if (no.problems.length > 0) {
    made.append(element('ul', {}, ...no.problems.map((problem) => element('li', {}, problem))))
  }
  const id = no.correlationId
  made.append(
    element(
      'p',
      { class: 'quiet' },
      element(
        'a',
        { href: `/_gateway/errors/${no.code}`, target: '_blank', rel: 'noopener' },
        no.code,
      ),
      id === undefined ? undefined : `, correlation id `,
      id === undefined ? undefined : element('code', {}, id),
    ),
  )
  return made
}

/** What is shown is of before. */
export function sinceWords(since: number): string {
  return `What you see is of ${clock(since)}; it is asked for again by itself.`
}
