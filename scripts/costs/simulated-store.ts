import { NOTHING_REVOKED } from '../../src/adapters/known-revocations.ts'
import type { Answered, Bill } from '../../src/adapters/upstash-subjects.ts'
import { ReferenceModel } from '../../test/support/reference-model.ts'

/** The script, and the command that reads both records; each record that is written is one more. */
const COMMANDS_TO_READ = 2

const OUTCOMES = ['admitted', 'over'] as const

/**
 * The subject records in memory, a round trip away: the model that the script is held to by its tests, and what the
 * vendor would bill.
 */
export class SimulatedStore {
  readonly #model = new ReferenceModel()
  readonly #roundTrip: () => Promise<void>
  roundTrips = 0
  commands = 0

  constructor(roundTrip: () => Promise<void>) {
    this.#roundTrip = roundTrip
  }

  async judge(bills: readonly Bill[], now: number): Promise<Answered> {
    const { records } = this.#model
    const before = bills.map(({ subject }) => records.get(subject))
    const answer = this.#model.judge(bills.map(wantedFrom), now)
    const written = bills.filter(({ subject }, i) => records.get(subject) !== before[i])
    this.roundTrips += 1
    this.commands += COMMANDS_TO_READ + written.length
    await this.#roundTrip()
    return answeredFrom(answer, bills.length)
  }
}

function wantedFrom(bill: Bill) {
  const windows = bill.windows.map(({ id, seconds, limit }) => [id, seconds, limit] as const)
  return { ...bill, windows }
}

/** Nobody is blocked, revoked or exempted here. */
function answeredFrom([said, ...rest]: readonly unknown[], accounts: number): Answered {
  const outcome = OUTCOMES.find((known) => known === said)
  if (!outcome) throw new TypeError(`The model answered ${said}`)
  const [account = 0, ...numbers] = rest.slice(0, -1).map(Number)
  const windows = numbers.slice(3 * accounts)
  return {
    outcome,
    account,
    granted: numbers.slice(0, accounts),
    elsewhere: numbers.slice(accounts, 2 * accounts),
    blockedUntil: numbers.slice(2 * accounts, 3 * accounts),
    windows: Array.from({ length: windows.length / 4 }, (_, i) => {
      const [limit = 0, count = 0, resetAt = 0] = windows.slice(4 * i)
      return { limit, count, resetAt }
    }),
    revoked: Array.from({ length: accounts }, () => NOTHING_REVOKED),
  }
}
