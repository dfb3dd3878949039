import { describe, expect, it } from 'vitest'
import type { Attempted } from '../../../src/ports.ts'
import {
  askedUpstream,
  LATE,
  LOST,
  OK,
  START,
  seen,
  status,
  UNREACHABLE,
} from '../../support/asked-upstream.ts'

/** Fails so often, and then answers. */
function failing(times: number, failure: () => Attempted) {
  let left = times
  return () => {
    left -= 1
    return left >= 0 ? failure() : OK()
  }
}

describe('a request that failed', () => {
  it.each([
    ['GET', 'lost', () => LOST],
    ['GET', 'unreachable', () => UNREACHABLE],
    ['GET', '502', () => status(502)],
    ['GET', '503', () => status(503)],
    ['GET', '504', () => status(504)],
    ['GET', '520', () => status(520)],
    ['GET', '522', () => status(522)],
    ['GET', '527', () => status(527)],
    ['GET', '530', () => status(530)],
    ['HEAD', '503', () => status(503)],
    ['OPTIONS', 'lost', () => LOST],
    ['PUT', 'lost', () => LOST],
    ['DELETE', '503', () => status(503)],
  ])('is sent again: %s, %s', async (method, _, failure) => {
    const { ask, tries } = askedUpstream({ answer: failing(1, failure) })

    const outcome = await ask({ method })

    expect(seen(outcome)).toBe(200)
    expect(outcome.retries).toBe(1)
    expect(tries.length).toBe(2)
  })

  it.each([
    ['POST', 'lost', () => LOST],
    ['POST', 'unreachable', () => UNREACHABLE],
    ['POST', '503', () => status(503)],
    ['PATCH', 'lost', () => LOST],
    ['PROPFIND', 'lost', () => LOST],
    ['GET', 'late', () => LATE],
    ['GET', '200', () => status(200)],
    ['GET', '304', () => status(304)],
    ['GET', '404', () => status(404)],
    ['GET', '408', () => status(408)],
    ['GET', '429', () => status(429)],
    ['GET', '500', () => status(500)],
    ['GET', '501', () => status(501)],
    ['GET', '505', () => status(505)],
    ['GET', '531', () => status(531)],
  ])('is sent once and no more: %s, %s', async (method, _, failure) => {
    const { ask, tries } = askedUpstream({ answer: failing(1, failure) })

    const outcome = await ask({ method })

    expect(seen(outcome)).toBe(seen(failure()))
    expect(outcome.retries).toBeUndefined()
    expect(tries.length).toBe(1)
  })

  it('is not sent again once its body has been read', async () => {
    const { ask, tries } = askedUpstream({ answer: failing(1, () => LOST) })

    expect(seen(await ask({ method: 'PUT', body: '{}' }))).toBe('lost')
    expect(tries.length).toBe(1)
  })

  it('is sent three times at most, and the last failure is the answer', async () => {
    const failures = [status(502), status(503), status(504)]
    const { ask, tries } = askedUpstream({ answer: () => failures.shift() ?? OK() })

    const outcome = await ask()

    expect(seen(outcome)).toBe(504)
    expect(outcome.retries).toBe(2)
    expect(tries.length).toBe(3)
  })

  it.each([
    [0, [0, 0, 0]],
    [0.5, [0, 50, 150]],
    [1, [0, 100, 300]],
  ])('waits up to 100, then up to 200 ms, as chance will have it: %d', async (chance, expected) => {
    const { ask, tries } = askedUpstream({ answer: () => LOST, random: () => chance })

    await ask()

    expect(tries.map(({ at }) => at)).toEqual(expected)
  })
})

describe('the deadline', () => {
  it('is one for all tries, and each is told what is left of it', async () => {
    const told: number[] = []
    const { ask, tries } = askedUpstream({
      answer: async (_, time) => {
        await time.wait(400)
        return LOST
      },
    })

    await ask({ timeoutMs: 2_000, renew: (left) => told.push(left) > 0 })

    expect(tries.map(({ timeoutMs }) => timeoutMs)).toEqual([2_000, 1_550, 1_050])
    expect(told).toEqual([1_550, 1_050])
  })

  it('lets no try begin that would come after it', async () => {
    const { ask, tries, time } = askedUpstream({
      answer: async (_, time) => {
        await time.wait(960)
        return LOST
      },
    })

    expect(seen(await ask({ timeoutMs: 1_000 }))).toBe('lost')
    expect(tries.length).toBe(1)
    expect(time.now - START).toBe(960)
  })

  it('of a request that cannot be made good again leaves it at the failure', async () => {
    const { ask, tries } = askedUpstream({ answer: failing(1, () => status(503)) })

    expect(seen(await ask({ renew: () => false }))).toBe(503)
    expect(tries.length).toBe(1)
  })
})

describe('the upstream’s Retry-After', () => {
  it.each([
    ['0', [0, 50]],
    ['1', [0, 1_050]],
    ['2', [0, 2_050]],
    ['Sun, 22 Nov 2026 12:00:02 GMT', [0, 2_050]],
    ['Sun, 22 Nov 2026 11:00:00 GMT', [0, 50]],
    ['soon', [0, 50]],
  ])('is waited for: %s', async (retryAfter, expected) => {
    const failure = () => status(503, { 'Retry-After': retryAfter })
    const { ask, tries } = askedUpstream({ answer: failing(1, failure) })

    expect(seen(await ask())).toBe(200)
    expect(tries.map(({ at }) => at)).toEqual(expected)
  })

  it.each([
    ['3', 30_000],
    ['3600', 30_000],
    ['Sun, 22 Nov 2026 13:00:00 GMT', 30_000],
    ['1', 1_000],
  ])(
    'is for the client to wait where it is longer than fits: %s, %i ms',
    async (after, timeoutMs) => {
      const failure = () => status(503, { 'Retry-After': after })
      const { ask, tries } = askedUpstream({ answer: failing(1, failure) })

      const outcome = await ask({ timeoutMs })

      expect(outcome.kind === 'answered' && outcome.response.headers.get('Retry-After')).toBe(after)
      expect(tries.length).toBe(1)
    },
  )
})

describe('a client that leaves', () => {
  it.each([
    ['during a try', 10],
    ['during a pause', 60],
  ])('takes the next try along: %s', async (_, leavesAt) => {
    const client = new AbortController()
    const { ask, tries, time } = askedUpstream({
      answer: async (_, time) => {
        await time.wait(30)
        return LOST
      },
    })
    time.after(leavesAt, () => client.abort())

    await ask({ signal: client.signal })

    expect(tries.length).toBe(1)
  })
})

describe('the retry budget', () => {
  it('is three in ten seconds where there is little to do', async () => {
    const { send, tries, time } = askedUpstream({ answer: () => status(503), random: () => 0 })
    for (let second = 0; second < 10; second += 1) time.after(second * 1000, () => void send())

    await time.run()

    expect(tries.length).toBe(13)
  })

  it('is there again ten seconds later', async () => {
    const { send, tries, time } = askedUpstream({ answer: () => status(503), random: () => 0 })
    for (const second of [0, 1, 10, 11]) time.after(second * 1000, () => void send())

    await time.run()

    expect(tries.map(({ at }) => at / 1000)).toEqual([0, 0, 0, 1, 1, 10, 10, 10, 11, 11])
  })

  it('is a tenth of the requests of the last ten seconds where there is much to do', async () => {
    let failing = false
    const { send, tries, time } = askedUpstream({
      answer: () => (failing ? LOST : OK()),
      random: () => 0,
    })
    for (let count = 0; count < 900; count += 1) time.after(count * 10, () => void send())
    time.after(9_000, () => {
      failing = true
      for (let count = 0; count < 100; count += 1) void send()
    })

    await time.run()

    expect(tries.length).toBe(1_100)
  })
})
