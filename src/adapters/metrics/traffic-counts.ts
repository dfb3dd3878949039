import type { Answered, Exchange } from '../../exchange.ts'
import type { Observer } from '../../ports.ts'
import { textOf } from '../../watch/measures-text.ts'
import type { Letter, Outbox, Sender } from '../outbox.ts'
import type { StoreUse } from '../store-use.ts'
import type { Analytics } from './analytics.ts'
import { MINUTE_MS, RAW_MS, rawKey } from './metrics-keys.ts'
import { Tally } from './tally.ts'

interface Outside {
  readonly outbox: Pick<Outbox, 'expect'>
  readonly use: Readonly<StoreUse>
  /** Names this isolate among all others. */
  readonly isolate: string
  readonly analytics?: Analytics
}

/** Adds up what this isolate sees, and tells the store every few seconds what came to it since. */
export class TrafficCounts implements Observer, Sender {
  readonly #outside: Outside
  /** One as a rule: what is told of is younger than ten seconds. */
  #tallies = new Map<number, Tally>()
  #minute = Number.NaN
  #tally = new Tally()
  #letters = 0
  /** The last minute whose key this isolate has given an end. */
  #ended = 0
  #told = { roundTrips: 0, commands: 0 }

  constructor(outside: Outside) {
    this.#outside = outside
  }

  observe(exchange: Exchange, answered: Answered): void {
    const now = exchange.startedAt + answered.durationMs
    this.#tallyOf(now).add(exchange, answered)
    this.#outside.outbox.expect(now)
  }

  letters(now: number): readonly Letter[] {
    const { roundTrips, commands } = this.#outside.use
    if (roundTrips > this.#told.roundTrips) {
      const tally = this.#tallyOf(now)
      tally.count('storeRoundTrips', roundTrips - this.#told.roundTrips)
      tally.count('storeCommands', commands - this.#told.commands)
      this.#told = { roundTrips, commands }
    }
    const tallies = this.#tallies
    this.#tallies = new Map()
    this.#outside.analytics?.(tallies.values())
    this.#minute = Number.NaN
    return [...tallies].map(([minute, one]) => this.#letter(minute, one))
  }

  /** Under a name that no other letter has: sent twice, it is there once. */
  #letter(minute: number, tally: Tally): Letter {
    this.#letters += 1
    const key = rawKey(minute)
    const told = { [`${this.#outside.isolate}-${this.#letters}`]: textOf(tally.measures()) }
    const isFirst = this.#ended !== minute
    this.#ended = minute
    return (pipeline) => {
      pipeline.hset(key, told)
      if (isFirst) pipeline.pexpire(key, RAW_MS)
    }
  }

  #tallyOf(now: number): Tally {
    const minute = now - (now % MINUTE_MS)
    if (minute === this.#minute) return this.#tally
    let tally = this.#tallies.get(minute)
    if (!tally) {
      tally = new Tally()
      this.#tallies.set(minute, tally)
    }
    this.#minute = minute
    this.#tally = tally
    return tally
  }
}
