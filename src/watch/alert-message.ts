import { type AnomalyEvent, eventDocument, sentenceOf } from './anomaly-event.ts'

/** When everything fails at once, nobody reads on. */
const MOST_LINES = 10

/** What a webhook is sent: chat services show the `text`, programs read the rest. */
export function messageOf(events: readonly AnomalyEvent[], environment: string) {
  const lines = events.slice(0, MOST_LINES).map((event) => `[${environment}] ${sentenceOf(event)}`)
  const more = events.length - lines.length
  return {
    text: [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    environment,
    events: events.map((event) => eventDocument(event)),
  }
}
