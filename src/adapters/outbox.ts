import type { Redis } from '@upstash/redis/cloudflare'
import { openUpstash } from './upstash-client.ts'
import type { StoreSettings } from './upstash-subjects.ts'

/** From when on a letter goes along with a round trip that happens anyway, and when it goes by itself. */
const RIDES_AFTER_MS = 5_000
const GOES_AFTER_MS = 10_000

/** Work in the background can be cut off with the request that began it: its letters are taken for lost then. */
const LOST_AFTER_MS = 15_000

/** What the store did not take is kept for its return: so many letters of a few KB at most, the newest. */
const MAX_KEPT = 300

export type Pipeline = ReturnType<Redis['pipeline']>

/** Commands for the store that nobody waits for. Sent twice, they must do what they do sent once. */
export type Letter = (pipeline: Pipeline) => void

/** Who has something to send now and then. */
export interface Sender {
  /** Hands over what has come together, and begins anew. */
  letters(now: number): readonly Letter[]
}

/** Letters on their way, and who is told how it ended. */
export interface Ride {
  readonly letters: readonly Letter[]
  arrived(): void
  failed(): void
}

interface Outside {
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly background: (work: Promise<unknown>) => void
}

/**
 * Keeps what this isolate has to tell the store until a round trip takes it along, and sends it by itself where none
 * comes. An isolate that is thrown away loses what its last ten seconds brought, or all since the store went away.
 */
export class Outbox {
  readonly #senders: Sender[] = []
  readonly #send: (letters: readonly Letter[]) => Promise<unknown>
  readonly #outside: Outside
  #kept: readonly Letter[] = []
  /** Since when something lies here; undefined: it is empty. */
  #since: number | undefined
  readonly #underWay = new Set<{ readonly letters: readonly Letter[]; readonly since: number }>()

  constructor(send: (letters: readonly Letter[]) => Promise<unknown>, outside: Outside) {
    this.#send = send
    this.#outside = outside
  }

  add(sender: Sender): void {
    this.#senders.push(sender)
  }

  /** A sender has something to send. */
  expect(now: number): void {
    if (this.#since !== undefined && Math.abs(now - this.#since) < LOST_AFTER_MS) return
    this.#since = now
    this.#outside.background(this.#goAlone())
  }

  /** What a round trip is to take along. Undefined: nothing yet. */
  ride(): Ride | undefined {
    const now = this.#outside.now()
    if (this.#since === undefined || now < this.#since + RIDES_AFTER_MS) return undefined
    return this.#leave(now)
  }

  async #goAlone(): Promise<void> {
    const { sleep, now } = this.#outside
    await sleep(GOES_AFTER_MS)
    if (this.#since === undefined || now() < this.#since + GOES_AFTER_MS) return
    const ride = this.#leave(now())
    await this.#send(ride.letters).then(ride.arrived, ride.failed)
  }

  #leave(now: number): Ride {
    const fresh = this.#senders.flatMap((sender) => sender.letters(now))
    const letters = [...this.#stranded(now), ...this.#kept, ...fresh].slice(-MAX_KEPT)
    this.#kept = []
    this.#since = undefined
    const underWay = { letters, since: now }
    this.#underWay.add(underWay)
    return {
      letters,
      arrived: () => void this.#underWay.delete(underWay),
      failed: () => {
        if (!this.#underWay.delete(underWay)) return
        this.#kept = [...letters, ...this.#kept].slice(-MAX_KEPT)
        this.expect(this.#outside.now())
      },
    }
  }

  #stranded(now: number): readonly Letter[] {
    const lost = [...this.#underWay].filter(({ since }) => now >= since + LOST_AFTER_MS)
    for (const ride of lost) this.#underWay.delete(ride)
    return lost.flatMap(({ letters }) => letters)
  }
}

/** A round trip of their own. What the store refuses, it would refuse again. */
export function sendingTo(settings: StoreSettings) {
  const redis = openUpstash(settings)
  return async (letters: readonly Letter[]): Promise<unknown> => {
    const pipeline = redis.pipeline()
    for (const letter of letters) letter(pipeline)
    return pipeline.exec({ keepErrors: true })
  }
}
