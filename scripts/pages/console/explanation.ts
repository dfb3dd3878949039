import type { Explanation } from './answers.ts'
import { bar, element } from './element.ts'
import { factList, factsOf, inWords } from './facts.ts'
import { milliseconds } from './numbers.ts'
import { moment } from './times.ts'

/** How one exchange came to its error: what decided first, the rest below. */
export function explanationArticle(told: Explanation, isOpen: boolean): HTMLElement {
  const { id, time, method, route, status, code, cause, durationMs, ...rest } = told
  const { decidedBy, steps, readings, caller, upstream, timings, ...others } = rest
  const { step, ...reasons } = decidedBy
  const { original, ...answered } = upstream ?? {}
  const title = element(
    'h3',
    { id: `exchange-${id}` },
    element('span', { class: `status s${Math.floor(status / 100)}` }, `${status}`),
    ` ${code}`,
  )
  return element(
    'article',
    { class: 'panel explanation', 'aria-labelledby': title.id },
    title,
    element(
      'p',
      {},
      element('code', {}, `${method} ${route ?? '(no route)'}`),
      `, ${moment(time)}`,
    ),
    element(
      'p',
      { class: 'decided' },
      element('b', {}, `Decided at “${inWords(step)}”`),
      cause ? `: ${cause}` : undefined,
    ),
    factList(factsOf(reasons)),
    element(
      'details',
      { open: isOpen },
      element('summary', {}, 'Steps, time, readings and the rest'),
      element('h4', {}, 'Steps'),
      stepList(steps),
      element('h4', {}, `Time: ${milliseconds(durationMs)} in all`),
      timeline(timings, durationMs),
      ...part('Readings', readings),
      ...part('Caller', caller),
      ...part('Upstream', upstream && answered),
      ...(typeof original === 'string'
        ? [
            element('h4', {}, 'What the upstream said'),
            element('pre', { tabindex: '0' }, element('code', {}, original)),
          ]
        : []),
      ...part('More', { ...others, exchange: id }),
    ),
  )
}

function part(title: string, fields: Readonly<Record<string, unknown>> | null | undefined) {
  return fields ? [element('h4', {}, title), factList(factsOf(fields))] : []
}

const MARKS: Readonly<Record<string, string>> = { passed: '✓', refused: '✕', 'not reached': '·' }

function stepList(steps: Explanation['steps']): HTMLElement {
  return element(
    'ol',
    { class: 'steps' },
    ...steps.map(({ step, outcome, ms }) =>
      element(
        'li',
        { class: outcome.replace(' ', '-') },
        element('i', { 'aria-hidden': 'true' }, MARKS[outcome] ?? '?'),
        element('span', {}, inWords(step)),
        element(
          'small',
          {},
          ms === null || ms === undefined ? outcome : `${outcome}, ${milliseconds(ms)}`,
        ),
      ),
    ),
  )
}

/** Each wait where it lay in the whole. */
function timeline(timings: Explanation['timings'], durationMs: number): HTMLElement {
  const whole = Math.max(durationMs, 1)
  const rows = Object.entries(timings)
    .toSorted(([, one], [, other]) => one.since - other.since)
    .map(([whom, { since, ms }]) => {
      const track = bar(ms / whole)
      track.style.setProperty('--from', `${Math.min(100, (since / whole) * 100).toFixed(1)}%`)
      const text = `${milliseconds(ms)}, from ${milliseconds(since)}`
      return element('li', {}, element('span', {}, whom), track, element('small', {}, text))
    })
  if (rows.length === 0) return element('p', { class: 'nothing' }, 'It waited for nobody.')
  return element('ol', { class: 'timeline' }, ...rows)
}
