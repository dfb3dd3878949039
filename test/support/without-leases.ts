import type { UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import { verdictFrom } from '../../src/adapters/verdict.ts'
import type { Charge } from '../../src/policy/charge.ts'

/** The store asked about every request, with nothing taken in advance and nothing remembered. */
export function withoutLeases(store: UpstashSubjects) {
  return {
    async charge(charge: Charge) {
      const { address, caller, cost, now } = charge
      const accounts = caller ? [address, caller] : [address]
      const bills = accounts.map((account) => ({
        ...account,
        cost,
        refund: 0,
        ends: {},
        ask: 0,
        isolate: 'a',
      }))
      return verdictFrom(charge, await store.judge(bills, now), 'store')
    },
  }
}
