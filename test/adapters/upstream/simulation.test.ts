import { describe, expect, it } from 'vitest'
import type { Attempted } from '../../../src/ports.ts'
import {
  askedUpstream,
  LATE,
  LOST,
  OK,
  seen,
  status,
  UNREACHABLE,
} from '../../support/asked-upstream.ts'

const SECOND = 1_000

/** Mulberry32: the same chances in every run. */
function chances(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Answered {
  readonly method: string
  readonly from: number
  readonly until: number
  readonly seen: number | string
}

type Trouble = (wait: (milliseconds: number) => Promise<void>, chance: number) => Promise<Attempted>

/** A minute of mixed traffic, 100 requests a second, against an upstream in trouble until second 40. */
async function minute(seed: number, trouble: Trouble, since: number) {
  const chance = chances(seed)
  const world = askedUpstream({
    random: chance,
    answer: async ({ at }, time) => {
      const wait = (milliseconds: number) => time.wait(milliseconds)
      if (at >= since * SECOND && at < 40 * SECOND) return trouble(wait, chance())
      await wait(5 + chance() * 20)
      return OK()
    },
  })
  const { time, send, tries } = world
  const startedAt = time.now
  const answers: Answered[] = []
  const arrive = (method: string) => {
    const from = time.now - startedAt
    const body = method === 'GET' ? {} : { body: '{}' }
    void send({ method, ...body, timeoutMs: 2 * SECOND }).then((outcome) =>
      answers.push({ method, from, until: time.now - startedAt, seen: seen(outcome) }),
    )
  }
  let at = 0
  while (at < 60 * SECOND) {
    const method = chance() < 0.7 ? 'GET' : 'POST'
    time.after(at, () => arrive(method))
    at += -Math.log(1 - chance()) * 10
  }
  await time.run()

  const took = answers.map(({ from, until }) => until - from).sort((a, b) => a - b)
  const during = <T>(things: readonly T[], of: (thing: T) => number, from: number, until: number) =>
    things.filter((thing) => of(thing) >= from * SECOND && of(thing) < until * SECOND).length
  const triesDuring = (from: number, until: number) => during(tries, ({ at }) => at, from, until)
  const posts = tries.flatMap(({ request }) => (request.method === 'POST' ? [request] : []))
  return {
    requests: answers.length,
    amplification: triesDuring(0, 40) / during(answers, ({ from }) => from, 0, 40),
    triesAtLast: triesDuring(30, 40),
    postsRepeated: posts.length - new Set(posts).size,
    p99: took[Math.floor(took.length * 0.99)] ?? Number.NaN,
    failedAfterwards: answers.filter(({ from, seen }) => from >= 42 * SECOND && seen !== 200)
      .length,
  }
}

const failsSometimes: Trouble = async (wait, chance) => {
  await wait(5)
  return chance < 0.3 ? status(503) : OK()
}
const resets: Trouble = async (wait) => {
  await wait(5)
  return LOST
}
const isGone: Trouble = async () => UNREACHABLE
const isOverloaded: Trouble = async (wait) => {
  await wait(300)
  return status(503, { 'Retry-After': '1' })
}
const hangs: Trouble = async (wait) => {
  await wait(2 * SECOND)
  return LATE
}

describe('a minute of traffic, with an upstream in trouble until second 40', () => {
  it.each([
    ['that fails 30 % of the time', failsSometimes, { since: 0, p99: 325, triesAtLast: 1_200 }],
    ['that resets every connection', resets, { since: 20, p99: 325, triesAtLast: 10 }],
    ['that is gone', isGone, { since: 20, p99: 325, triesAtLast: 10 }],
    ['that is overloaded and says so', isOverloaded, { since: 20, p99: 2_000, triesAtLast: 10 }],
    ['that hangs', hangs, { since: 20, p99: 2_000, triesAtLast: 10 }],
  ] as const)('%s', async (_, trouble, { since, ...most }) => {
    const seeds = [1, 2, 3, 4, 5]

    const minutes = await Promise.all(seeds.map((seed) => minute(seed, trouble, since)))

    const worst = (of: (seen: (typeof minutes)[number]) => number) => Math.max(...minutes.map(of))
    expect(Math.min(...minutes.map(({ requests }) => requests))).toBeGreaterThan(5_000)
    expect(worst(({ amplification }) => amplification)).toBeLessThanOrEqual(1.1)
    expect(worst(({ triesAtLast }) => triesAtLast)).toBeLessThanOrEqual(most.triesAtLast)
    expect(worst(({ postsRepeated }) => postsRepeated)).toBe(0)
    expect(worst(({ p99 }) => p99)).toBeLessThanOrEqual(most.p99)
    // All is well again two seconds after the upstream is, at the latest.
    expect(worst(({ failedAfterwards }) => failedAfterwards)).toBe(0)
  })
})
