import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import type { VirtualTime } from '../../test/support/virtual-time.ts'
import { MINUTE_MS, TELLS_AFTER_MS } from './operators-use.ts'
import type { Random } from './random.ts'
import type { SimulatedStore } from './simulated-store.ts'

/** How long the platform keeps an isolate that is asked nothing, and one that is. It publishes neither. */
export const IDLE_MS = 60_000
export const MEAN_LIFE_MS = 3_600_000
/** A signing key set is looked for anew when it is so old. */
const KEYS_FRESH_MS = 300_000

interface Isolate {
  readonly subjects: LeasingSubjects
  readonly endsAt: number
  usedAt: number
  keysAt: number
  /** When it had something to tell first since it last told. */
  tellsSince: number
}

/** The isolates of a data centre, each begun when it is first needed and ended by the platform as it likes. */
export class Isolates {
  readonly #store: SimulatedStore
  readonly #time: VirtualTime
  readonly #random: Random
  readonly #isolates: (Isolate | undefined)[]
  readonly #isIdleFatal: boolean
  /** How often one began, and how often one looked for signing keys. */
  starts = 0
  keyLooks = 0
  /** Commands for what isolates tell of themselves. */
  told = 0

  /** `isIdleFatal`: false where others than those simulated keep it awake. */
  constructor(
    store: SimulatedStore,
    time: VirtualTime,
    random: Random,
    count: number,
    isIdleFatal: boolean,
  ) {
    this.#store = store
    this.#time = time
    this.#random = random
    this.#isolates = Array.from({ length: count })
    this.#isIdleFatal = isIdleFatal
  }

  /** The one of this number, which may be another than the last time. */
  at(index: number): LeasingSubjects {
    const { now } = this.#time
    const isolate = this.#living(index) ?? this.#begin(index)
    if (now - isolate.keysAt > KEYS_FRESH_MS) {
      this.keyLooks += 1
      isolate.keysAt = now
    }
    isolate.usedAt = now
    if (now - isolate.tellsSince > TELLS_AFTER_MS) {
      const isFirst = Math.floor(now / MINUTE_MS) > Math.floor(isolate.tellsSince / MINUTE_MS)
      this.told += isFirst ? 2 : 1
      isolate.tellsSince = now
    }
    return isolate.subjects
  }

  #living(index: number): Isolate | undefined {
    const { now } = this.#time
    const isolate = this.#isolates[index]
    const isIdle = this.#isIdleFatal && isolate !== undefined && now - isolate.usedAt > IDLE_MS
    return isolate === undefined || isIdle || now >= isolate.endsAt ? undefined : isolate
  }

  #begin(index: number): Isolate {
    const time = this.#time
    this.starts += 1
    const isolate: Isolate = {
      subjects: new LeasingSubjects(
        this.#store,
        `isolate-${this.starts}`,
        () => time.now,
        (milliseconds) => time.wait(milliseconds),
        () => undefined,
      ),
      endsAt: time.now + this.#random.gap(MEAN_LIFE_MS),
      usedAt: time.now,
      keysAt: Number.NEGATIVE_INFINITY,
      tellsSince: Number.NEGATIVE_INFINITY,
    }
    this.#isolates[index] = isolate
    return isolate
  }
}
