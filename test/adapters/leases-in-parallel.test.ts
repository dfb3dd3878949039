import { describe, expect, inject, it } from 'vitest'
import { Holding } from '../../src/adapters/holding.ts'
import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import { type Bill, UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import type { Account } from '../../src/policy/charge.ts'
import { addressWith, callerWith, chargeOf } from '../support/charges.ts'
import { VirtualTime } from '../support/virtual-time.ts'

const { storeUrl: url, storeToken: token } = inject('outside')
const store = new UpstashSubjects({ url, token, timeoutMs: 5_000 })
const NOW = 1_790_000_000_000

interface Traffic {
  readonly connections: number
  readonly lastsMs: number
  /** From one answer to the next question of a connection. */
  readonly pauseMs: number
  readonly storeMs: number
}

type Judge = ConstructorParameters<typeof LeasingSubjects>[0]['judge']

function isolateAt(time: VirtualTime, judge: Judge): LeasingSubjects {
  return new LeasingSubjects(
    { judge },
    'a',
    () => time.now,
    (milliseconds) => time.wait(milliseconds),
    () => {},
  )
}

/** Connections that ask one after another for a while; how often that was, and how often the store was asked. */
async function drive(address: Account, caller: Account | undefined, traffic: Traffic) {
  const { connections, lastsMs, pauseMs, storeMs } = traffic
  const time = new VirtualTime(NOW)
  const counted = { requests: 0, admitted: 0, asked: 0, failed: 0 }
  const judge = async (bills: readonly Bill[], now: number) => {
    counted.asked += 1
    await time.wait(storeMs / 2)
    const judged = await time.real(store.judge(bills, now))
    await time.wait(storeMs / 2)
    return judged
  }
  const subjects = isolateAt(time, judge)
  function ask() {
    if (time.now >= NOW + lastsMs) return
    counted.requests += 1
    subjects.charge(chargeOf(address, caller, time.now)).then(
      ({ outcome }) => {
        if (outcome === 'admitted') counted.admitted += 1
        time.after(pauseMs, ask)
      },
      () => {
        counted.failed += 1
      },
    )
  }
  for (let i = 0; i < connections; i += 1) time.after(i, ask)
  await time.run()
  return counted
}

/** A caller with a hundred requests in its first second; the store's answer to its nth question takes `answerMs`. */
function busyCaller(answerMs: (nth: number) => number) {
  const time = new VirtualTime(NOW)
  const address = addressWith([60, 10_000_000])
  const caller = callerWith([60, 1_000_000])
  let asked = 0
  const judge = async (bills: readonly Bill[], now: number) => {
    asked += 1
    await time.wait(answerMs(asked))
    return time.real(store.judge(bills, now))
  }
  const subjects = isolateAt(time, judge)
  const charge = () => subjects.charge(chargeOf(address, caller, time.now))
  for (let ms = 0; ms < 1_000; ms += 10) time.after(ms, () => void charge())
  return {
    time,
    charge,
    /** How many questions since they were forgotten. */
    asked: () => asked,
    forget() {
      asked = 0
    },
  }
}

describe('of requests at once', () => {
  it.each([
    [1, 5],
    [8, 5],
    [32, 5],
    [32, 50],
  ])(
    'over %i connections, the store %i ms away, a busy caller’s ask the store for at most 15 %%',
    async (connections, storeMs) => {
      const address = addressWith([60, 10_000_000])
      const caller = callerWith([60, 1_000_000])

      const counted = await drive(address, caller, {
        connections,
        lastsMs: 1_500,
        pauseMs: 10,
        storeMs,
      })

      expect(counted.admitted).toBe(counted.requests)
      expect(counted.requests).toBeGreaterThan(50)
      expect(counted.asked / counted.requests).toBeLessThanOrEqual(0.15)
    },
  )

  it.each([1, 8, 32])(
    'over %i connections, a refused caller’s ask the store at most once in two seconds',
    async (connections) => {
      const address = addressWith([60, 10_000_000])
      const caller = callerWith([3_600, 1])

      const counted = await drive(address, caller, {
        connections,
        lastsMs: 8_000,
        pauseMs: 50,
        storeMs: 5,
      })

      expect(counted.admitted).toBe(1)
      // At first nobody knows that there is only one to be had.
      expect(counted.asked).toBeLessThanOrEqual(connections + 4)
    },
  )

  it('one asks for all, and none waits any longer than the answers take', async () => {
    const { time, charge, asked, forget } = busyCaller(() => 5)
    const waited: number[] = []
    time.after(1_000, () => {
      forget()
      for (let i = 0; i < 50; i += 1) void charge().then(() => waited.push(time.now - NOW - 1_000))
    })
    await time.run()

    expect(waited).toHaveLength(50)
    expect(asked()).toBeLessThanOrEqual(5)
    expect([...new Set(waited.map((ms) => ms % 5))]).toEqual([0])
    expect(Math.max(...waited)).toBeLessThanOrEqual(15)
  })

  it('all that wait are served by the next answer, however many they are', async () => {
    const counted = await drive(addressWith([60, 10_000_000]), callerWith([60, 1_000_000]), {
      connections: 400,
      lastsMs: 1_000,
      pauseMs: 0,
      storeMs: 20,
    })

    expect(counted.admitted).toBe(counted.requests)
    expect(counted.requests).toBeGreaterThan(5_000)
    expect(counted.asked / counted.requests).toBeLessThanOrEqual(0.02)
  })

  it('each waits for one answer, however many are under way: the first that brings something', () => {
    const holding = new Holding()
    const account = addressWith([60, 10_000])
    holding.ask(account, NOW)
    for (let i = 0; i < 50; i += 1) holding.note(1)
    const bringing = holding.ask(account, NOW + 100)
    for (let i = 0; i < 1_000; i += 1) holding.askOnly(NOW + 100)

    expect(bringing.ask).toBeGreaterThan(0)
    expect(holding.answer(1, NOW + 100)).toHaveLength(1)
    expect(holding.answer(1, NOW + 100)[0]).toBe(bringing.answer.promise)
  })

  it('a busy caller waits for the first answers alone', async () => {
    const time = new VirtualTime(NOW)
    const address = addressWith([60, 10_000_000])
    const caller = callerWith([60, 1_000_000])
    const judge = async (bills: readonly Bill[], now: number) => {
      await time.wait(20)
      return time.real(store.judge(bills, now))
    }
    const subjects = isolateAt(time, judge)
    const waitedAt: number[] = []
    for (let ms = 0; ms < 10_000; ms += 20) {
      time.after(ms, () => {
        void subjects.charge(chargeOf(address, caller, time.now)).then(() => {
          if (time.now > NOW + ms) waitedAt.push(ms)
        })
      })
    }
    await time.run()

    expect(waitedAt.length).toBeGreaterThan(0)
    expect(waitedAt.filter((ms) => ms > 200)).toEqual([])
  })

  it('one asks anew where an answer is late, and not each that waited for it', async () => {
    const { time, charge, asked, forget } = busyCaller((nth) => (nth === 1 ? 600 : 20))
    const answeredAt: number[] = []
    time.after(3_500, () => {
      forget()
      for (let i = 0; i < 100; i += 1) {
        void charge().then(() => answeredAt.push(time.now - NOW - 3_500))
      }
    })
    await time.run()

    expect(answeredAt).toHaveLength(100)
    expect(asked()).toBeLessThanOrEqual(4)
    // The one whose own question it is waits for it; the others for the next.
    expect(answeredAt.toSorted((one, other) => one - other).at(-2)).toBeLessThanOrEqual(300)
  })

  it('nobody waits long for an answer that never comes', async () => {
    const time = new VirtualTime(NOW)
    const address = addressWith([60, 10_000_000])
    const caller = callerWith([60, 1_000_000])
    let isLost = false
    const judge = async (bills: readonly Bill[], now: number) => {
      if (isLost) return new Promise<never>(() => undefined)
      return time.real(store.judge(bills, now))
    }
    const subjects = isolateAt(time, judge)
    const answeredAt: number[] = []
    for (let ms = 0; ms < 1_000; ms += 50) {
      time.after(ms, () => void subjects.charge(chargeOf(address, caller, time.now)))
    }
    time.after(3_000, () => {
      isLost = true
      void subjects.charge(chargeOf(address, caller, time.now))
      isLost = false
    })
    time.after(3_010, () => {
      void subjects
        .charge(chargeOf(address, caller, time.now))
        .then(() => answeredAt.push(time.now - NOW - 3_010))
    })
    await time.run()

    expect(answeredAt).toHaveLength(1)
    expect(answeredAt[0]).toBeLessThanOrEqual(260)
  })
})
