import { describe, expect, it } from 'vitest'
import { readinessOf } from '../../src/adapters/readiness.ts'

const STORE = 'https://store.test'
const UPSTREAM = 'https://upstream.test/base'
const START = 1_790_000_000_000

type Outside = Parameters<typeof readinessOf>[0]

const pong = async () => Response.json({ result: 'PONG' })
const fine = async () => new Response('{}')
const never = () => new Promise<never>(() => undefined)
const reset = () => Promise.reject(new TypeError('Network connection lost.'))

/** An isolate whose clock and timers are ours. */
function isolate(
  world: {
    store?: () => Promise<Response>
    upstream?: () => Promise<Response>
    keys?: () => Promise<boolean>
  } = {},
) {
  const { store = pong, upstream = fine, keys = async () => true } = world
  const asked: string[] = []
  const timers: { readonly milliseconds: number; readonly ring: () => void }[] = []
  let clock = START
  const outside: Outside = {
    store: { url: `${STORE}/`, token: 'secret', timeoutMs: 1_000 },
    upstream: new URL(UPSTREAM),
    issuers: [],
    signingKeys: {
      have() {
        asked.push('keys')
        return keys()
      },
    },
    fetch: async (address) => {
      asked.push(String(address))
      return String(address).startsWith(STORE) ? store() : upstream()
    },
    now: () => clock,
    wait: (milliseconds) =>
      new Promise((resolve) => timers.push({ milliseconds, ring: () => resolve() })),
    background: () => undefined,
  }
  const readiness = readinessOf(outside)
  return {
    asked,
    async states() {
      const { store, keys, upstream } = await readiness.check()
      return [store.state, keys.state, upstream.state]
    },
    check: () => readiness.check(),
    /** The platform forgets whoever waits. */
    drop: () => void timers.splice(0),
    /** Time passes, and the timers of so much ring. */
    pass(milliseconds: number) {
      clock += milliseconds
      for (const timer of timers.splice(0)) if (timer.milliseconds <= milliseconds) timer.ring()
    },
  }
}

const ALL = [`${STORE}/ping`, 'keys', `${UPSTREAM}/health`]

describe('who asks whether the gateway is ready', () => {
  it('has all three asked at once', async () => {
    const { asked, check } = isolate({ store: never, keys: never, upstream: never })

    void check()
    await scheduler.wait(0)

    expect(asked).toEqual(ALL)
  })

  it.each([
    ['the store', { store: never }, ['down', 'up', 'up']],
    ['the keys', { keys: never }, ['up', 'down', 'up']],
    ['the upstream', { upstream: never }, ['up', 'up', 'down']],
    ['all of them', { store: never, keys: never, upstream: never }, ['down', 'down', 'down']],
  ])('waits two seconds for what hangs, and names it: %s', async (_, world, states) => {
    const { pass, check } = isolate(world)

    const answer = check()
    await scheduler.wait(0)
    pass(2_000)

    const { store, keys, upstream } = await answer
    expect([store.state, keys.state, upstream.state]).toEqual(states)
    const waits = [store, keys, upstream].map(({ state, latencyMs }) => [state, latencyMs])
    expect(waits).toEqual(states.map((state) => [state, state === 'down' ? 2_000 : 0]))
  })

  it.each([
    ['a store that resets', { store: reset }, ['down', 'up', 'up']],
    ['a store that answers something else', { store: fine }, ['down', 'up', 'up']],
    ['an issuer that resets', { keys: reset }, ['up', 'down', 'up']],
    ['an upstream that resets', { upstream: reset }, ['up', 'up', 'down']],
    [
      'an upstream that fails',
      { upstream: async () => new Response('', { status: 500 }) },
      ['up', 'up', 'down'],
    ],
    [
      'an upstream that knows no such path',
      { upstream: async () => new Response('', { status: 404 }) },
      ['up', 'up', 'up'],
    ],
  ])('is told of %s', async (_, world, states) => {
    expect(await isolate(world).states()).toEqual(states)
  })

  it('is one of a flood that asks once', async () => {
    const { asked, check } = isolate()

    const answers = await Promise.all(Array.from({ length: 1_000 }, () => check()))

    expect(asked).toEqual(ALL)
    expect(new Set(answers)).toHaveLength(1)
  })

  it.each([
    ['a millisecond before two seconds', 1_999, 3],
    ['after two seconds', 2_000, 6],
    ['where the clock went back', -1, 6],
  ])('hears what was found a moment ago: %s', async (_, later, questions) => {
    const { asked, check, pass } = isolate()
    await check()
    pass(later)

    await check()

    expect(asked).toHaveLength(questions)
  })

  it('does not wait for good for one who has gone', async () => {
    let isGone = true
    const { asked, states, pass, drop } = isolate({ store: () => (isGone ? never() : pong()) })
    // Whoever began it was dropped by the platform, timers and all.
    void states()
    await scheduler.wait(0)
    drop()
    isGone = false

    const second = states()
    await scheduler.wait(0)
    pass(8_000)

    expect(await second).toEqual(['up', 'up', 'up'])
    expect(asked).toHaveLength(6)
  })
})
