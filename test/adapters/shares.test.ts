import { describe, expect, inject, it } from 'vitest'
import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import { UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import { sleep } from '../../src/adapters/waiting-room.ts'
import { addressWith, callerWith, chargeOf } from '../support/charges.ts'

const { storeUrl: url, storeToken: token } = inject('outside')
const NOW = 1_790_000_000_000

function isolate() {
  const store = new UpstashSubjects({ url, token, timeoutMs: 5_000 })
  return new LeasingSubjects(
    store,
    crypto.randomUUID().slice(0, 8),
    () => 0,
    sleep,
    () => {},
  )
}

/** A caller of whom `inFlight` requests are being served in the isolate that asks, some of them for long. */
function callerIn(account: ReturnType<typeof callerWith>, inFlight: number, lasting = 0) {
  return { ...account, concurrency: { inFlight, lasting, most: 10 } }
}

describe('requests in flight in several isolates', () => {
  it('are bounded together, as each tells the store when it asks anyway', async () => {
    const [one, other] = [isolate(), isolate()]
    const account = callerWith([60, 100])
    const address = addressWith([60, 1_000])
    await one.charge(chargeOf(address, callerIn(account, 8), NOW))

    const verdicts = [
      await other.charge(chargeOf(address, callerIn(account, 2), NOW + 10)),
      await other.charge(chargeOf(address, callerIn(account, 3), NOW + 20)),
    ]

    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['admitted', 'busy'])
    expect(verdicts[1]?.reading).toEqual({ limit: 10, remaining: 0, resetAt: NOW + 1_020 })
  })

  it.each([
    ['that have just come are forgotten after half a second', 0, 500],
    ['that last are forgotten after two', 10, 2_000],
  ])('%s, if the isolate says no more', async (_, lasting, forgottenAfter) => {
    const [dead, other] = [isolate(), isolate()]
    const account = callerWith([60, 100])
    const address = addressWith([60, 1_000])
    await dead.charge(chargeOf(address, callerIn(account, 10, lasting), NOW))

    const verdicts = [
      await other.charge(chargeOf(address, callerIn(account, 1), NOW + forgottenAfter - 1)),
      await other.charge(chargeOf(address, callerIn(account, 1), NOW + forgottenAfter)),
    ]

    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['busy', 'admitted'])
  })

  it('cost a busy caller nothing in any window', async () => {
    const [one, other] = [isolate(), isolate()]
    const account = callerWith([60, 100])
    const address = addressWith([60, 1_000])
    await one.charge(chargeOf(address, callerIn(account, 10), NOW))
    await other.charge(chargeOf(address, callerIn(account, 1), NOW + 10))

    const later = await other.charge(chargeOf(address, callerIn(account, 1), NOW + 3_000))

    expect(later.reading.remaining).toBe(98)
  })
})
