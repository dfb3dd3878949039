import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import { type Bill, UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import { addressWith, callerWith, chargeOf } from '../support/charges.ts'
import { VirtualTime } from '../support/virtual-time.ts'

const { storeUrl: url, storeToken: token } = inject('outside')
const store = new UpstashSubjects({ url, token, timeoutMs: 5_000 })
const NOW = 1_790_000_000_000
const LIMIT = 40
const WINDOW_SECONDS = 3

const traffic = fc.record({
  isolates: fc.integer({ min: 1, max: 3 }),
  /** How long a question or its answer may be under way, milliseconds. */
  slowness: fc.constantFrom(5, 50, 400),
  loss: fc.constantFrom(0, 0, 10),
  requests: fc.array(
    fc.record({
      gap: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 0, max: 40 }) },
        fc.integer({ min: 300, max: 3_200 }),
      ),
      isolate: fc.nat(2),
      luck: fc.integer({ min: 0, max: 99 }),
    }),
    { minLength: 80, maxLength: 160 },
  ),
})

describe('leases whose questions and answers are under way', () => {
  it('never admit more than the limit of a window, nor show a number beyond it', async () => {
    await fc.assert(
      fc.asyncProperty(traffic, async ({ isolates, slowness, loss, requests }) => {
        const time = new VirtualTime(NOW)
        const caller = callerWith([WINDOW_SECONDS, LIMIT])
        const address = addressWith([60, 10_000_000])
        let luck = 0
        const judge = async (bills: readonly Bill[], now: number) => {
          await time.wait((luck * slowness) / 100)
          const judged = await time.real(store.judge(bills, now))
          await time.wait(((99 - luck) * slowness) / 100)
          if (luck < loss) throw new Error('the answer was lost')
          return judged
        }
        const served = Array.from(
          { length: isolates },
          (_, i) =>
            new LeasingSubjects(
              { judge },
              `${i}`,
              () => time.now,
              (ms) => time.wait(ms),
              () => {},
            ),
        )

        let answered = 0
        const admitted = new Map<number, number>()
        const beyond: unknown[] = []
        let at = 0
        for (const request of requests) {
          at += request.gap
          time.after(at, () => {
            luck = request.luck
            const subjects = served[request.isolate % isolates]
            subjects?.charge(chargeOf(address, caller, time.now)).then(
              ({ outcome, reading }) => {
                answered += 1
                const { remaining, limit, resetAt } = reading
                if (remaining < 0 || remaining > limit) beyond.push(reading)
                if (outcome !== 'admitted' || limit !== LIMIT) return
                admitted.set(resetAt, (admitted.get(resetAt) ?? 0) + 1)
              },
              () => {
                answered += 1
              },
            )
          })
        }
        await time.run()

        expect(answered).toBe(requests.length)
        expect(beyond).toEqual([])
        expect(Math.max(0, ...admitted.values())).toBeLessThanOrEqual(LIMIT)
      }),
      { numRuns: 12 },
    )
  }, 30_000)
})
