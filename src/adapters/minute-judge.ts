import type { Log } from '../ports.ts'
import { type Anomaly, type Judgement, judged, newWatch, type Watch } from '../watch/anomalies.ts'
import { type AnomalyEvent, eventDocument, eventFrom } from '../watch/anomaly-event.ts'
import type { Kept } from '../watch/kept-anomalies.ts'
import type { AnomalyStore } from './anomaly-store.ts'
import type { StoredTraffic } from './metrics/stored-traffic.ts'
import type { Webhook } from './webhook.ts'

const MINUTE_MS = 60_000

/** Isolates tell within ten seconds, and more slowly where the store fails them: the minute before the last is whole. */
const TOLD_AFTER_MINUTES = 2

/** Of a longer time without the trigger, the last hour is judged. */
const MOST_MINUTES = 60

/** Longer than a webhook's tries take, shorter than it is to the next minute's. */
const HELD_MS = 50_000

/** What nobody took within an hour is no news, and so much of it is too much. */
const UNSENT_MS = 3_600_000
const MOST_UNSENT = 50

interface Outside {
  readonly store: Pick<AnomalyStore, 'read' | 'commit'>
  readonly traffic: Pick<StoredTraffic, 'minutes'>
  /** Absent: nobody wants to hear. */
  readonly webhook?: Pick<Webhook, 'send'>
  readonly log: Log
}

/** Judges what has not been judged yet, and tells of what has come of it: in the list, the log and to a webhook. */
export class MinuteJudge {
  readonly #outside: Outside

  constructor(outside: Outside) {
    this.#outside = outside
  }

  /** Never rejects. Of two that judge the same minute one is heard. */
  async judge(now: number): Promise<void> {
    const { store, webhook, log } = this.#outside
    const before = await store.read()
    const last = lastToldAt(now)
    // A trigger whose clock was wrong could have judged the future; nothing would be until that has come.
    const isBelievable = before?.watch && before.watch.through <= last + MOST_MINUTES
    const watch = isBelievable ? before.watch : newWatch(last)
    const judgement = before && (await this.#judged(watch, last))
    if (!before || !judgement) return log.write({ event: 'anomalies.unjudged' })
    const events = judgement.anomalies.map((anomaly) => eventFrom(anomaly, now))
    const unsent = webhook ? this.#unsentWith(before, events, now) : []
    const { heldUntil = 0 } = before.unsent ?? {}
    const isHeld = now < heldUntil && heldUntil <= now + HELD_MS
    const sends = unsent.length > 0 && !isHeld
    if (judgement.watch === before.watch && !sends) return
    const held = { events: unsent, heldUntil: sends ? now + HELD_MS : heldUntil }
    const version = await store.commit(
      before.version,
      { watch: judgement.watch, ...(unsent.length > 0 && { unsent: held }) },
      events,
    )
    if (version === undefined) return
    for (const event of events) log.write(recordOf(event))
    if (sends) await this.#send(unsent, judgement.watch, version)
  }

  async #judged(watch: Watch, last: number): Promise<Judgement | undefined> {
    const first = Math.max(watch.through + 1, last - MOST_MINUTES + 1)
    if (first > last) return { watch, anomalies: [] }
    const seen = await this.#outside.traffic.minutes(first, last)
    if (!seen) return undefined
    const anomalies: Anomaly[] = []
    let on = watch
    for (let minute = first; minute <= last; minute += 1) {
      const judgement = judged(on, minute, seen.get(minute)?.measures.routes ?? {})
      on = judgement.watch
      anomalies.push(...judgement.anomalies)
    }
    return { watch: on, anomalies }
  }

  #unsentWith({ unsent }: Kept, events: readonly AnomalyEvent[], now: number) {
    const all = [...(unsent?.events ?? []), ...events]
    const worth = all.filter(({ time }) => time > now - UNSENT_MS).slice(-MOST_UNSENT)
    const lost = all.length - worth.length
    if (lost > 0) this.#outside.log.write(undelivered('given up', lost))
    return worth
  }

  async #send(events: readonly AnomalyEvent[], watch: Watch, version: string): Promise<void> {
    const { webhook, store, log } = this.#outside
    const sent = await webhook?.send(events)
    if (sent?.taken) await store.commit(version, { watch }, [])
    else if (sent) log.write(undelivered(sent.reason, events.length))
  }
}

function lastToldAt(now: number): number {
  return Math.floor(now / MINUTE_MS) - TOLD_AFTER_MINUTES
}

function recordOf(event: AnomalyEvent) {
  const { time, kind, of, ...rest } = eventDocument(event)
  return { time, event: kind, ...of, ...rest }
}

function undelivered(reason: string, events: number) {
  return { event: 'alert.undelivered', reason, events }
}
