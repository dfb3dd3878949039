import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RevocationWatch } from '../../src/adapters/revocation-watch.ts'
import { type Clock, guard } from '../../src/adapters/socket-guard.ts'
import type { Revocations } from '../../src/policy/revocations.ts'
import type { SocketHolder } from '../../src/ports.ts'
import { VirtualTime } from '../support/virtual-time.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const MINUTE = 60_000

/** Sockets of one isolate and the store that it asks, in virtual time. */
function isolate() {
  const time = new VirtualTime(START)
  const now = () => time.now
  const store = new Map<string, Revocations>()
  const lookUps: { readonly at: number; readonly subjects: readonly string[] }[] = []
  let answer = async (): Promise<boolean> => true
  const watch = new RevocationWatch(
    {
      async revocations(subjects) {
        lookUps.push({ at: time.now - START, subjects })
        if (!(await answer())) return undefined
        return new Map([...store].filter(([subject]) => subjects.includes(subject)))
      },
    },
    now,
  )

  /** A socket, and what ended it when. `cutOff` is what the platform does to a request: not even its timers run. */
  function open(holder: Partial<SocketHolder> = {}) {
    const socket: { ended?: readonly [why: string, at: number]; stop(): void; cutOff(): void } = {
      stop: () => stop(),
      cutOff: () => {
        alive = false
      },
    }
    let alive = true
    const after: Clock['after'] = (milliseconds, happen) => {
      let pending = true
      time.after(milliseconds, () => {
        if (alive && pending) happen()
      })
      return () => {
        pending = false
      }
    }
    const stop = guard(
      { address: 'ip:192.0.2.1', ...holder },
      (why) => {
        socket.ended = [why, time.now - START]
        socket.stop()
      },
      watch,
      { now, after },
    )
    time.after(10 * MINUTE, () => stop())
    return socket
  }

  return {
    time,
    store,
    lookUps,
    open,
    /** How the store answers from now on: true when it does. */
    answering: (how: typeof answer) => {
      answer = how
    },
  }
}

/** A user's socket with a token of an hour. */
const user = (name: string, tokenId = 'j:1'): Partial<SocketHolder> => ({
  caller: `user:${name}`,
  token: { tokenId, issuedAt: START / 1000, expiresAt: START / 1000 + 3_600 },
})

describe('a socket whose token ends', () => {
  it('is ended at that very moment, and not before', async () => {
    const { time, open } = isolate()
    const token = { tokenId: 'j:1', issuedAt: START / 1000, expiresAt: START / 1000 + 90.5 }
    const socket = open({ caller: 'user:a', token })
    await time.run()

    expect(socket.ended).toEqual(['tokenExpired', 90_500])
  })

  it('is not ended early for a token of years, longer than any timer', () => {
    const years = 10 * 365 * 86_400_000
    let now = START
    const waits: number[] = []
    let next = () => {}
    let endedAt: number | undefined
    const token = { tokenId: 'j:1', issuedAt: START / 1000, expiresAt: (START + years) / 1000 }
    guard(
      { address: 'ip:192.0.2.1', token },
      () => {
        endedAt = now
      },
      { watch: () => Number.POSITIVE_INFINITY, hear: async () => undefined },
      {
        now: () => now,
        after: (milliseconds, happen) => {
          if (milliseconds === Number.POSITIVE_INFINITY) return () => {}
          waits.push(milliseconds)
          next = () => {
            now += milliseconds
            happen()
          }
          return () => {}
        },
      },
    )
    while (endedAt === undefined) next()

    expect(Math.max(...waits)).toBeLessThanOrEqual(2_147_483_647)
    expect(endedAt).toBe(START + years)
  })
})

describe('a socket whose caller is revoked', () => {
  it('is ended within 30 seconds, whenever it was opened and however slow the store', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(2 * MINUTE), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 2 * MINUTE, max: 3 * MINUTE }),
        fc.nat(1_000),
        async (openedAt, revokedAt, latencyMs) => {
          const { time, store, open, answering } = isolate()
          answering(() => time.wait(latencyMs).then(() => true))
          const sockets: ReturnType<typeof open>[] = []
          for (const at of openedAt) time.after(at, () => void sockets.push(open(user('a'))))
          time.after(revokedAt, () => {
            store.set('user:a', { notBefore: START / 1000 + 1, tokens: [] })
          })
          await time.run()

          expect(new Set(sockets.map(({ ended }) => ended?.[0]))).toEqual(new Set(['tokenRevoked']))
          const endedAt = sockets.map(({ ended }) => ended?.[1] ?? Number.NaN)
          expect(Math.min(...endedAt)).toBeGreaterThanOrEqual(revokedAt)
          expect(Math.max(...endedAt)).toBeLessThanOrEqual(revokedAt + 30_000)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('is ended within 30 seconds although whoever asked for it was cut off', async () => {
    const { time, store, open, answering } = isolate()
    const leader = open(user('leader'))
    const others = [open(user('a')), open(user('b'))]
    store.set('user:a', { tokens: ['j:1'] })
    store.set('user:b', { tokens: ['j:1'] })
    // The answer to the first question never comes, as its request is gone.
    let asked = 0
    answering(async () => {
      asked += 1
      if (asked > 1) return true
      leader.cutOff()
      return new Promise(() => {})
    })
    await time.run()

    expect(others.map(({ ended }) => ended?.[0])).toEqual(['tokenRevoked', 'tokenRevoked'])
    expect(Math.max(...others.map(({ ended }) => ended?.[1] ?? Infinity))).toBeLessThanOrEqual(
      30_000,
    )
  })

  it.each([
    ['its token', { tokens: ['j:1'] }, 'tokenRevoked'],
    ['another token', { tokens: ['j:2'] }, undefined],
    ['the tokens before its own', { tokens: [], notBefore: START / 1000 }, undefined],
    ['the tokens before a later one', { tokens: [], notBefore: START / 1000 + 1 }, 'tokenRevoked'],
    ['the user, for a while', { tokens: [], blockedUntil: START + 5 * MINUTE }, 'blocked'],
    ['the user, until a moment ago', { tokens: [], blockedUntil: START + 1_000 }, undefined],
  ])('is ended by what concerns it: %s', async (_, revocations, why) => {
    const { time, store, open } = isolate()
    store.set('user:a', revocations)
    const socket = open(user('a'))
    await time.run()

    expect(socket.ended?.[0]).toBe(why)
  })

  it('is ended when its address is blocked, whoever it is', async () => {
    const { time, store, open } = isolate()
    store.set('ip:192.0.2.1', { tokens: [], blockedUntil: START + 5 * MINUTE })
    const sockets = [
      open(),
      open(user('a')),
      open({ caller: 'key:0123' }),
      open({ address: 'ip:192.0.2.2' }),
    ]
    await time.run()

    expect(sockets.map(({ ended }) => ended?.[0])).toEqual([
      'blocked',
      'blocked',
      'blocked',
      undefined,
    ])
  })

  it('is not ended by what the store said before it was opened', async () => {
    const { time, store, open, answering } = isolate()
    answering(() => time.wait(500).then(() => true))
    // Somebody who asks first, so that there is something older to hear while the answer is on its way.
    open({ address: 'ip:192.0.2.2' })
    open(user('a'))
    store.set('user:a', { tokens: [], blockedUntil: START + 10 * MINUTE })
    let late: ReturnType<typeof open> | undefined
    time.after(25_000, () => {
      store.clear()
      late = open(user('a'))
    })
    await time.run()

    expect(late?.ended).toBeUndefined()
  })
})

describe('the store', () => {
  it('is asked once for all sockets of an isolate, three times a minute', async () => {
    const { time, lookUps, open } = isolate()
    for (let i = 0; i < 200; i += 1) time.after(i * 97, () => void open(user(`${i}`)))
    await time.run()

    const settled = lookUps.filter(({ at }) => at > 20_000 && at < 10 * MINUTE)
    expect(settled.length).toBeLessThanOrEqual(30)
    expect(new Set(settled.map(({ subjects }) => subjects.length))).toEqual(new Set([201]))
  })

  it('is not asked about sockets that have ended', async () => {
    const { time, lookUps, open } = isolate()
    const gone = open(user('gone'))
    open(user('here'))
    time.after(30_000, () => gone.stop())
    await time.run()

    expect(lookUps.at(-1)?.subjects).toEqual(['ip:192.0.2.1', 'user:here'])
  })

  it('is not asked when no socket is open', async () => {
    const { time, lookUps, open } = isolate()
    time.after(15_000, open(user('a')).stop)
    await time.run()

    expect(lookUps).toEqual([])
  })

  it('is asked again, by someone else, where one socket’s questions fail', async () => {
    const { time, store, open, answering } = isolate()
    store.set('user:a', { tokens: ['j:1'] })
    let asked = 0
    answering(async () => {
      asked += 1
      return asked > 1
    })
    const first = open()
    const second = open(user('a'))
    await time.run()

    expect(first.ended).toBeUndefined()
    expect(second.ended?.[1]).toBeLessThanOrEqual(30_000)
  })

  it('ends no socket while it is away, and is asked again', async () => {
    const { time, store, open, answering } = isolate()
    store.set('user:a', { tokens: ['j:1'] })
    answering(async () => time.now >= START + 2 * MINUTE)
    const socket = open(user('a'))
    await time.run()

    expect(socket.ended?.[0]).toBe('tokenRevoked')
    expect(socket.ended?.[1]).toBeGreaterThanOrEqual(2 * MINUTE)
    expect(socket.ended?.[1]).toBeLessThanOrEqual(2 * MINUTE + 30_000)
  })
})
