import type { Answered, Exchange } from '../exchange.ts'
import type { Observer, Ports } from '../ports.ts'
import { explanationOf } from '../watch/explanation.ts'
import { subjectHashOf } from '../watch/subject-hash.ts'
import { exchangeKey, indexKey, MOST_OF_ONE_ID } from './exchange-keys.ts'
import { MinuteBudget } from './minute-budget.ts'
import type { Letter, Outbox, Pipeline, Sender } from './outbox.ts'

const KEPT_SECONDS = 86_400

/**
 * Of one isolate in a minute: an upstream that is away must not become a flood of the store. Bytes are counted as
 * characters, which is what they are but for foreign scripts.
 */
const FAILURES = { most: 120, bytes: 128 * 1024 }
const REFUSALS = { most: 60, bytes: 64 * 1024 }

/** What was handed over and may have to be sent again: all of a minute, the newest while the store stays away. */
const MOST_HANDED_OVER = FAILURES.bytes + REFUSALS.bytes

/** One explanation as it will lie in the store. */
interface Kept {
  readonly id: string
  readonly correlationId: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly json: string
}

/** Explains what ended in an error to whoever looks for it in the store, as far as the budgets go. */
export class KeptExplanations implements Observer, Sender {
  readonly #outbox: Pick<Outbox, 'expect'>
  readonly #ports: Pick<Ports, 'random' | 'background'>
  readonly #failures = new MinuteBudget(FAILURES)
  readonly #refusals = new MinuteBudget(REFUSALS)
  #waiting: Kept[] = []
  #handedOver: Kept[][] = []

  constructor(outbox: Pick<Outbox, 'expect'>, ports: Pick<Ports, 'random' | 'background'>) {
    this.#outbox = outbox
    this.#ports = ports
  }

  observe(exchange: Exchange, answered: Answered): void {
    const { denial } = exchange
    if (!denial) return
    const budget = answered.status >= 500 ? this.#failures : this.#refusals
    const now = exchange.startedAt + answered.durationMs
    if (!budget.takes(now)) return
    const keep = (subject: string | undefined) => {
      budget.pay(this.#keep(exchange, denial, answered, subject))
      this.#outbox.expect(now)
    }
    const subject = subjectHashOf(exchange)
    if (subject instanceof Promise) this.#ports.background(subject.then(keep))
    else keep(subject)
  }

  /** One for all of them, so that letters of others are not crowded out while the store is away. */
  letters(): readonly Letter[] {
    const batch = this.#waiting
    if (batch.length === 0) return []
    this.#waiting = []
    this.#handedOver = newestOf([...this.#handedOver, batch])
    return [(pipeline) => write(batch, pipeline)]
  }

  /** Answers how large it has become. */
  #keep(
    exchange: Exchange,
    denial: NonNullable<Exchange['denial']>,
    answered: Answered,
    subject?: string,
  ): number {
    const { startedAt: time, correlationId } = exchange
    // In order of time where they are in order of name; in base 36 it has eight digits until 2059.
    const id = `ex-${time.toString(36)}-${this.#ports.random(10).toHex()}`
    const json = JSON.stringify({ id, ...explanationOf(exchange, denial, answered, subject) })
    this.#waiting.push({ id, correlationId, time, json })
    return json.length
  }
}

/** The latest, as many as may be. Letters of the others may lie in the outbox still: from now on they say less. */
function newestOf(batches: readonly Kept[][]): Kept[][] {
  let room = MOST_HANDED_OVER
  for (const batch of batches.toReversed()) {
    const last = batch.findLastIndex(({ json }) => {
      room -= json.length
      return room < 0
    })
    batch.splice(0, last + 1)
  }
  return batches.filter(({ length }) => length > 0)
}

/** Sent twice it is there once: an id is written over, and an index holds it once. */
function write(batch: readonly Kept[], pipeline: Pipeline): void {
  for (const { id, correlationId, time, json } of batch) {
    pipeline.set(exchangeKey(id), json, { ex: KEPT_SECONDS })
    pipeline.zadd(indexKey(correlationId), { score: time, member: id })
  }
  for (const correlationId of new Set(batch.map((kept) => kept.correlationId))) {
    pipeline.zremrangebyrank(indexKey(correlationId), 0, -1 - MOST_OF_ONE_ID)
    pipeline.expire(indexKey(correlationId), KEPT_SECONDS)
  }
}
