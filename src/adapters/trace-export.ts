import type { Answered, Exchange } from '../exchange.ts'
import type { Log, Observer } from '../ports.ts'
import { type Worth, worthOf } from '../watch/sampling.ts'
import { type Span, spansOf, type Upstreams } from '../watch/spans.ts'
import { type Delivery, TIMEOUT_MS } from './collector.ts'
import { LogChanges } from './log-changes.ts'
import { MinuteBudget } from './minute-budget.ts'
import { type Told, TraceQueue } from './trace-queue.ts'

/** How long exchanges come together before they go, unless these are enough. */
const GATHERS_MS = 5_000
const ENOUGH = 100

/** What is kept while the collector is away, and goes at once when it is back. */
const MAX_WAITING = 500

/** In a minute: a flood of refusals says the same over and over, and a client's wish is no order. */
const MAX_REFUSALS = 60
const MAX_ASKED = 600

/** The pauses of a collector that names none double up to a minute; one that it names is obeyed for five at most. */
const MAX_PAUSE_MS = 60_000
const MAX_RETRY_AFTER_MS = 300_000

/** Work in the background can be cut off with the request that began it: so late, it is taken for lost. */
const CUT_OFF_AFTER_MS = 10_000

interface Outside {
  readonly deliver: (spans: Uint8Array) => Promise<Delivery>
  readonly serialize: (spans: readonly Span[]) => Uint8Array
  readonly log: Log
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly background: (work: Promise<unknown>) => void
  /** From 0 to 1. */
  readonly random: () => number
  readonly newId: () => string
}

/** Tells a collector of the exchanges that are worth it, in batches of which one is under way, and makes nobody wait. */
export class TraceExport implements Observer {
  readonly #upstreams: Upstreams
  readonly #outside: Outside
  readonly #queue = new TraceQueue(MAX_WAITING)
  readonly #changes: LogChanges
  readonly #refusals = new MinuteBudget({ most: MAX_REFUSALS })
  readonly #asked = new MinuteBudget({ most: MAX_ASKED })
  /** When the next batch goes. Undefined: none is planned. */
  #due: number | undefined
  #underWay: { readonly batch: readonly Told[]; readonly since: number } | undefined
  /** Until when the collector is left alone, and how often in a row it was away. */
  #pausedUntil = 0
  #failures = 0

  constructor(upstreams: Upstreams, outside: Outside) {
    this.#upstreams = upstreams
    this.#outside = outside
    this.#changes = new LogChanges(outside.log)
  }

  observe(exchange: Exchange, answered: Answered): void {
    const worth = worthOf(exchange, answered)
    if (worth === undefined) return
    const now = exchange.startedAt + answered.durationMs
    if (!this.#affords(worth, now)) return
    const spans = spansOf(exchange, answered, this.#upstreams, this.#outside.newId)
    this.#queue.add({ spans, fault: worth === 'fault' })
    if (this.#queue.hasLost) this.#noteAway('behind')
    this.#plan(now)
  }

  #affords(worth: Worth, now: number): boolean {
    if (worth === 'refusal') return this.#refusals.takes(now)
    return worth !== 'asked' || this.#asked.takes(now)
  }

  #plan(now: number): void {
    this.#giveUpCutOff(now)
    if (this.#underWay) return
    const soonest = this.#queue.length >= ENOUGH ? now : now + GATHERS_MS
    const due = Math.max(soonest, this.#pausedUntil)
    const planned = this.#due
    if (planned !== undefined && planned <= due && now < planned + CUT_OFF_AFTER_MS) return
    this.#due = due
    this.#outside.background(this.#sendAt(due))
  }

  async #sendAt(due: number): Promise<void> {
    const { sleep, now } = this.#outside
    // Also where it is due now: the answer of whoever made it so goes first.
    await sleep(Math.max(0, due - now()))
    // Another plan has come in between.
    if (this.#due !== due) return
    this.#due = undefined
    await this.#send()
  }

  async #send(): Promise<void> {
    const { deliver, serialize, now } = this.#outside
    const batch = this.#queue.take(MAX_WAITING)
    const underWay = { batch, since: now() }
    this.#underWay = underWay
    const delivery = await deliver(serialize(batch.flatMap(({ spans }) => spans)))
    if (this.#underWay !== underWay) return
    this.#underWay = undefined
    this.#settle(delivery, batch)
    if (this.#queue.length > 0) this.#plan(now())
  }

  #settle(delivery: Delivery, batch: readonly Told[]): void {
    if (delivery.kind === 'taken') {
      this.#failures = 0
      this.#noteRejected(delivery.rejected)
      this.#changes.note('collector', '', { event: 'traces.back', lost: this.#queue.takeLost() })
      return
    }
    this.#noteAway(delivery.reason)
    if (delivery.kind === 'away') this.#queue.putBack(batch)
    else this.#queue.lose(batch)
    this.#pausedUntil = this.#outside.now() + this.#pauseAfter(delivery)
  }

  #noteAway(reason: string): void {
    this.#changes.note('collector', 'away', { event: 'traces.away', reason })
  }

  #noteRejected(spans: number): void {
    if (spans === 0) this.#changes.note('spans', '')
    else this.#changes.note('spans', 'rejected', { event: 'traces.rejected', spans })
  }

  #pauseAfter(delivery: Delivery): number {
    this.#failures += 1
    if (delivery.kind === 'away' && delivery.retryAfterMs !== undefined) {
      return Math.min(delivery.retryAfterMs, MAX_RETRY_AFTER_MS)
    }
    const pause = Math.min(GATHERS_MS * 2 ** (this.#failures - 1), MAX_PAUSE_MS)
    return pause * (1 + this.#outside.random() / 4)
  }

  /** Whether it arrived nobody knows. */
  #giveUpCutOff(now: number): void {
    if (!this.#underWay || now < this.#underWay.since + TIMEOUT_MS + CUT_OFF_AFTER_MS) return
    this.#queue.lose(this.#underWay.batch)
    this.#underWay = undefined
    this.#noteAway('cut off')
  }
}
