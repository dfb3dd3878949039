import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import type { Account, Window } from '../../src/policy/charge.ts'
import { VirtualTime } from '../../test/support/virtual-time.ts'
import { SimulatedStore } from './simulated-store.ts'

/** A scenario of the benchmark, as far as the store has to do with it. */
export interface Replay {
  readonly scenario: string
  /** How many users take their turns. */
  readonly users: number
  readonly connections: number
  readonly storeMs: number
  /** Without a token the address alone is counted. */
  readonly isKnown: boolean
  /** Answered in each second of load. */
  readonly perSecond: number
}

export interface Replayed {
  readonly roundTrips: number
  readonly commands: number
}

const START = 1_790_000_000_000
/** What nobody reaches. */
const FAR = 1_000_000_000
const USER_WINDOWS: readonly Window[] = [60, 3_600, 2_592_000].map((seconds) => ({
  id: `${seconds}`,
  seconds,
  limit: FAR,
  code: 'RATE_LIMIT_EXCEEDED',
  outage: 'admit',
}))
const ADDRESS_WINDOWS = USER_WINDOWS.slice(0, 2)

/** As the benchmark does it: a second to warm up, then rounds of a second each with the other targets' turns between. */
const SECOND_MS = 1_000
const BETWEEN_MS = 3_000
const ROUNDS = 3

/** Sends what the benchmark sent, as fast as it was answered there, through one isolate. */
export async function replay(of: Replay): Promise<Replayed> {
  const time = new VirtualTime(START)
  const store = new SimulatedStore(() => time.wait(of.storeMs))
  const isolate = new LeasingSubjects(
    store,
    'isolate',
    () => time.now,
    (milliseconds) => time.wait(milliseconds),
    () => undefined,
  )
  const serviceMs = (of.connections * SECOND_MS) / of.perSecond
  let requests = 0

  async function connection(first: number, until: number): Promise<void> {
    await time.wait((serviceMs * first) / of.connections)
    for (let n = first; time.now < until; n += of.connections) {
      requests += 1
      const who = accountsOf(n % of.users, of.isKnown)
      await isolate.charge({ ...who, cost: 1, now: time.now })
      await time.wait(serviceMs)
    }
  }
  async function load(): Promise<void> {
    const until = time.now + SECOND_MS
    await Promise.all(Array.from({ length: of.connections }, (_, n) => connection(n, until)))
    await time.wait(BETWEEN_MS)
  }
  const counted = { requests: 0, roundTrips: 0, commands: 0 }
  async function rounds(): Promise<void> {
    await load()
    const before = { requests, roundTrips: store.roundTrips, commands: store.commands }
    for (let round = 0; round < ROUNDS; round += 1) await load()
    counted.requests = requests - before.requests
    counted.roundTrips = store.roundTrips - before.roundTrips
    counted.commands = store.commands - before.commands
  }
  time.after(0, () => void rounds())
  await time.run()
  return {
    roundTrips: counted.roundTrips / counted.requests,
    commands: counted.commands / counted.requests,
  }
}

function accountsOf(user: number, isKnown: boolean): { address: Account; caller?: Account } {
  return {
    address: { subject: `ip:${user}`, windows: ADDRESS_WINDOWS },
    ...(isKnown && { caller: { subject: `user:${user}`, windows: USER_WINDOWS } }),
  }
}
