import type { Events } from './answers.ts'
import { element } from './element.ts'
import { milliseconds, number, percent } from './numbers.ts'
import { moment } from './times.ts'
import { nothing } from './traffic-lists.ts'
import { routeWords } from './words.ts'

type Event = Events[number]

/** Those that began and have not ended; events come with the newest first. */
export function openOnes(events: Events): Event[] {
  const newest = new Map<string, Event>()
  for (const event of events) {
    const key = JSON.stringify([event.series, event.of])
    if (!newest.has(key)) newest.set(key, event)
  }
  return [...newest.values()].filter(({ kind }) => kind === 'anomaly.began')
}

const ENDINGS: Readonly<Record<string, string>> = {
  adapted: '; that is usual now',
  silent: '; too few requests came to tell',
}

export function anomalyWords({ series, of, usual, now, ending = '' }: Event): string {
  const said = series === 'latency' ? milliseconds : series === 'errors' ? percent : number
  const what = of.route === undefined ? Object.values(of).join(' ') : routeWords(of.route)
  const name = { latency: 'Latency', errors: 'Share of errors' }[series] ?? series
  return `${name} of ${what}: ${said(now)}, usually ${said(usual.low)} to ${said(usual.high)}${ENDINGS[ending] ?? ''}`
}

const MOST = 30

export function eventList(events: Events): HTMLElement {
  if (events.length === 0) {
    return nothing('No error rate and no latency has left its usual band in the last 90 days.')
  }
  const open = new Set(openOnes(events))
  return element(
    'ol',
    { class: 'events' },
    ...events.slice(0, MOST).map((event) => {
      const [kind, word] = open.has(event)
        ? ['open', 'goes on']
        : event.kind === 'anomaly.began'
          ? ['began', 'began']
          : ['ended', 'ended']
      return element(
        'li',
        { class: kind },
        element('b', { class: 'state' }, word),
        element('time', { datetime: event.time }, moment(event.time)),
        element('span', {}, anomalyWords(event)),
      )
    }),
  )
}
