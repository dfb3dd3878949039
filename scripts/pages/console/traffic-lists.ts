import type { Settings, Traffic } from './answers.ts'
import { bar, element } from './element.ts'
import { milliseconds, NONE, number, percent, ratio } from './numbers.ts'
import { hashOf } from './place.ts'
import { type Cell, dataTable } from './table.ts'
import { isWindow, limitWords, routeWords, subjectWords } from './words.ts'

/** A subject as what leads to its record. */
export function subjectLink(subject: string): HTMLElement {
  const { kind, name } = subjectWords(subject)
  return element(
    'span',
    { class: 'subject' },
    element('small', {}, kind),
    element('a', { href: hashOf({ view: 'subjects', subject }), title: subject }, name),
  )
}

export function limitsTable({ limits }: Traffic, settings: Settings | undefined): Cell {
  const rows = limits
    .toSorted((one, other) => other.refused - one.refused || other.admitted - one.admitted)
    .map(({ limit, admitted, refused }): Cell[] => [
      element('span', { title: limit }, limitWords(limit)),
      mostOf(limit, settings),
      isWindow(limit) ? number(admitted) : NONE,
      number(refused),
      isWindow(limit) ? share(ratio(refused, admitted + refused)) : NONE,
    ])
  if (rows.length === 0) return nothing('No limit has been asked yet.')
  const names = ['Limit', '#At most', '#Admitted', '#Refused', '#Share refused']
  return dataTable('Admitted and refused by each limit', names, rows)
}

/** A user's depends on its tier. */
function mostOf(limit: string, settings: Settings | undefined): string {
  const some = settings?.limits.filter(({ name }) => name === limit) ?? []
  return some.map((each) => number(each.limit)).join(' / ') || NONE
}

export function limitedTable({ limited }: Traffic): Cell {
  const most = Math.max(...limited.map(({ refused }) => refused), 1)
  const rows = limited.map(({ subject, refused }): Cell[] => [
    subjectLink(subject),
    number(refused),
    bar(refused / most, 'purple'),
  ])
  if (rows.length === 0) return nothing('Nobody has been refused by a limit.')
  return dataTable('Those refused most often', ['Subject', '#Refused', 'Beside the first'], rows)
}

export function routesTable({ routes }: Traffic): Cell {
  const rows = routes.map(({ route, requests, errors, latency }): Cell[] => [
    element(route === '-' ? 'span' : 'code', { title: route }, routeWords(route)),
    number(requests),
    share(ratio(errors, requests)),
    latency ? milliseconds(latency.p50) : NONE,
    latency ? milliseconds(latency.p95) : NONE,
    latency ? milliseconds(latency.p99) : NONE,
  ])
  if (rows.length === 0) return nothing('No route has been asked for yet.')
  const names = ['Route', '#Requests', '#Failed, 5xx', '#p50', '#p95', '#p99']
  return dataTable('The routes asked for most often', names, rows)
}

function share(value: number): Cell {
  return element('span', { class: 'share' }, bar(value, 'purple'), element('b', {}, percent(value)))
}

export function nothing(text: string): HTMLElement {
  return element('p', { class: 'nothing' }, text)
}
