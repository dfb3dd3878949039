import * as v from 'valibot'
import { type ErrorCode, isErrorCode } from '../contract/catalogue.ts'
import type { Watch } from './anomalies.ts'
import type { AnomalyEvent } from './anomaly-event.ts'

/** What is kept from one minute to the next. */
export interface Kept {
  readonly watch?: Watch
  /** What the webhook has not taken yet. Until then nobody but its sender sends it. */
  readonly unsent?: { readonly events: readonly AnomalyEvent[]; readonly heldUntil: number }
}

const number = v.number()
const band = v.object({ low: number, high: number })
const series = v.object({
  usual: v.object({ steps: number, mean: number, variance: number }),
  recent: number,
  at: number,
  since: v.exactOptional(number),
  open: v.exactOptional(v.object({ now: number, usual: band })),
})
const gathered = v.object({ since: number, counts: v.record(v.string(), number) })
const watched = v.object({
  errors: series,
  latency: series,
  rate: number,
  outcomes: v.exactOptional(gathered),
  latencies: v.exactOptional(gathered),
})
const event = v.object({
  time: number,
  kind: v.picklist(['anomaly.began', 'anomaly.ended']),
  series: v.picklist(['errors', 'latency']),
  of: v.union([
    v.object({
      code: v.custom<ErrorCode>((code) => typeof code === 'string' && isErrorCode(code)),
    }),
    v.object({ route: v.string() }),
  ]),
  usual: band,
  now: number,
  since: number,
  ending: v.exactOptional(v.picklist(['usual', 'adapted', 'silent'])),
})
const kept = v.object({
  watch: v.exactOptional(
    v.object({
      through: number,
      all: watched,
      routes: v.record(v.string(), watched),
      codes: v.record(v.string(), series),
    }),
  ),
  unsent: v.exactOptional(v.object({ events: v.array(event), heldUntil: number })),
})

/** Five digits are enough to learn from, and half of the text. */
export function textOfKept(what: Kept): string {
  return JSON.stringify(what, (_, value) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value,
  )
}

/** What another release has written, or somebody spoiled, is begun anew. */
export function keptFrom(state: unknown): Kept {
  const parsed = v.safeParse(kept, state)
  return parsed.success ? parsed.output : {}
}

/** Undefined: it cannot be read. */
export function eventFromStore(entry: unknown): AnomalyEvent | undefined {
  const parsed = v.safeParse(event, entry)
  return parsed.success ? parsed.output : undefined
}
