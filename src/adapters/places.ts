import type { Place, Places } from '../ports.ts'

/** A queue that has not moved for so long is not worth waiting in. */
const PATIENCE_MS = 1_000
const LONGEST_WAIT_MS = 5_000
/** However far back a request stands, it looks this often whether its turn has come. */
const SELDOM_MS = 250
const MOST_WAITING = 1_000
/** One user may not fill the queue alone. */
const MOST_WAITING_OF_ONE = 400

/**
 * A place that nobody has spoken for so long is free again: the platform may drop a request without a word, and its
 * user must not be shut out for that. Longer than any answer's header takes.
 */
const FORGOTTEN_MS = 150_000
const RENEW_EVERY_MS = 60_000

/** From here on a request is likely to go on for a while: a stream, a long poll. */
const LASTING_MS = 1_000

type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>

/** The requests of each subject that this isolate is serving. It holds nothing of a subject that has none. */
export class BoundedPlaces implements Places {
  readonly #now: () => number
  readonly #sleep: Sleep
  readonly #queues = new Map<string, Queue>()
  #waiting = 0

  constructor(now: () => number, sleep: Sleep) {
    this.#now = now
    this.#sleep = sleep
  }

  async take(subject: string, most: number, signal: AbortSignal): Promise<Place | undefined> {
    const queue = this.#queues.get(subject) ?? new Queue(this.#now, () => this.#left(subject))
    this.#queues.set(subject, queue)
    const place = queue.takeNow(most)
    if (place) return place
    if (this.#waiting >= MOST_WAITING || queue.length >= MOST_WAITING_OF_ONE) return undefined
    this.#waiting += 1
    try {
      return await queue.takeInTurn(most, signal, this.#sleep)
    } finally {
      this.#waiting -= 1
    }
  }

  #left(subject: string): void {
    if (this.#queues.get(subject)?.isEmpty) this.#queues.delete(subject)
  }
}

interface Waiter {
  readonly most: number
  place?: Place
}

/** The places of one subject, and who waits for one: first come, first served. */
class Queue {
  readonly #now: () => number
  readonly #left: () => void
  readonly #taken = new Set<TakenPlace>()
  #waiters: Waiter[] = []
  #movedAt = 0

  constructor(now: () => number, left: () => void) {
    this.#now = now
    this.#left = left
  }

  get length(): number {
    return this.#waiters.length
  }

  get isEmpty(): boolean {
    return this.#taken.size === 0 && this.#waiters.length === 0
  }

  takeNow(most: number): Place | undefined {
    if (this.#waiters.length > 0) return undefined
    if (this.#taken.size >= most) this.#forget()
    return this.#taken.size < most ? this.#occupy() : undefined
  }

  /**
   * Waits while others come to their turn; gives up when nobody does. Every request looks for itself, whoever is
   * further back less often: on Workers a promise that another request resolves may never settle.
   */
  async takeInTurn(most: number, signal: AbortSignal, sleep: Sleep): Promise<Place | undefined> {
    const waiter: Waiter = { most }
    const since = this.#now()
    this.#waiters.push(waiter)
    while (!waiter.place) {
      await sleep(Math.min(2 + 2 * this.#waiters.indexOf(waiter), SELDOM_MS), signal)
      const now = this.#now()
      const idle = now - Math.max(since, this.#movedAt)
      const isOver = signal.aborted || idle >= PATIENCE_MS || now - since >= LONGEST_WAIT_MS
      if (isOver && !waiter.place) {
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        this.#left()
        break
      }
    }
    return waiter.place
  }

  #occupy(): Place {
    const place: TakenPlace = new TakenPlace(this.#now, this.#taken, () => {
      if (this.#taken.delete(place)) this.#advance()
    })
    this.#taken.add(place)
    return place
  }

  #advance(): void {
    this.#movedAt = this.#now()
    const [first] = this.#waiters
    if (first && this.#taken.size < first.most) {
      this.#waiters.shift()
      first.place = this.#occupy()
    }
    this.#left()
  }

  #forget(): void {
    const now = this.#now()
    for (const place of this.#taken) if (place.isForgotten(now)) this.#taken.delete(place)
  }
}

class TakenPlace implements Place {
  readonly #now: () => number
  readonly #all: ReadonlySet<TakenPlace>
  readonly leave: () => void
  readonly #since: number
  #heardOfAt: number

  constructor(now: () => number, all: ReadonlySet<TakenPlace>, leave: () => void) {
    this.#now = now
    this.#all = all
    this.leave = leave
    this.#since = now()
    this.#heardOfAt = this.#since
  }

  get inFlight(): number {
    return this.#all.size
  }

  get lasting(): number {
    const before = this.#now() - LASTING_MS
    let count = 0
    // Who came first is looked at first: of thousands only those that last.
    for (const place of this.#all) {
      if (place.#since > before) break
      count += 1
    }
    return count
  }

  isForgotten(now: number): boolean {
    return now - this.#heardOfAt > FORGOTTEN_MS
  }

  /** The timer belongs to the request: where the platform drops that, the place is not renewed any more. */
  async keepUntil(ended: Promise<unknown>): Promise<void> {
    const timer = setInterval(() => {
      this.#heardOfAt = this.#now()
    }, RENEW_EVERY_MS)
    try {
      await ended
    } catch {
      // However it ended, it has.
    } finally {
      clearInterval(timer)
      this.leave()
    }
  }
}
