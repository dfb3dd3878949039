import { describe, expect, it } from 'vitest'
import type { Attempted, UpstreamOutcome } from '../../../src/ports.ts'
import {
  type Asked,
  askedUpstream,
  BASE,
  LATE,
  LOST,
  OK,
  seen,
  status,
} from '../../support/asked-upstream.ts'

const POST: Asked = { method: 'POST', body: '{}' }

/** An upstream that is well or not as we say, and what its clients saw when. */
function switched(options: { readonly substitute?: URL } = {}) {
  const world = askedUpstream({ answer: (asked, time) => behave(asked.at, time.now), ...options })
  let behave: (at: number, now: number) => Attempted | Promise<Attempted> = OK
  const outcomes: { readonly at: number; readonly outcome: UpstreamOutcome }[] = []
  const { time, send } = world
  const startedAt = time.now
  return {
    ...world,
    become(how: typeof behave) {
      behave = how
    },
    at: (milliseconds: number, happen: () => void) =>
      time.after(startedAt + milliseconds - time.now, happen),
    /** Many at once; nothing of a POST is repeated, so each is one try. */
    burst(times: number, asked: Asked = POST) {
      for (let count = 0; count < times; count += 1)
        void send(asked).then((outcome) => outcomes.push({ at: time.now - startedAt, outcome }))
    },
    kinds: () => outcomes.map(({ outcome }) => seen(outcome)),
    outcomes,
  }
}

describe('the breaker', () => {
  it.each([
    ['closed with 29 failures of 29', 0, 29, 200],
    ['open with 15 of 30', 15, 15, 'open'],
    ['closed with 14 of 30', 16, 14, 200],
    ['open with 50 of 100', 50, 50, 'open'],
    ['closed with 300 of 1000, the third that some upstreams always fail', 700, 300, 200],
  ])('is %s', async (_, good, bad, then) => {
    const world = switched()
    world.at(0, () => world.burst(good))
    world.at(10, () => {
      world.become(() => LOST)
      world.burst(bad)
    })
    world.at(20, () => {
      world.become(OK)
      world.burst(1)
    })

    await world.time.run()

    expect(world.kinds().at(-1)).toBe(then)
  })

  it.each([
    ['lost', 'open', () => LOST],
    ['late', 'open', () => LATE],
    ['503', 'open', () => status(503)],
    ['522', 'open', () => status(522)],
    ['500', 200, () => status(500)],
    ['429', 200, () => status(429)],
    ['404', 200, () => status(404)],
  ])('judges by failures of the whole: %s', async (_, then, failure) => {
    const world = switched()
    world.become(failure)
    world.at(0, () => world.burst(30))
    world.at(20, () => {
      world.become(OK)
      world.burst(1)
    })

    await world.time.run()

    expect(world.kinds().at(-1)).toBe(then)
  })

  it('forgets what is ten seconds old', async () => {
    const world = switched()
    world.become(() => LOST)
    world.at(0, () => world.burst(20))
    world.at(10_000, () => world.burst(20))

    await world.time.run()

    expect(world.kinds()).toEqual(Array(40).fill('lost'))
  })

  it('while open sends nothing, and tells when to come back', async () => {
    const world = switched()
    world.become(() => LOST)
    world.at(0, () => world.burst(30))
    world.at(10, () => world.burst(100, {}))
    world.at(999, () => world.burst(100))

    await world.time.run()

    expect(world.tries.length).toBe(30)
    expect(world.outcomes.slice(30).map(({ outcome }) => outcome)).toEqual(
      Array(200).fill({ kind: 'open', retryAfter: 1 }),
    )
  })

  it('lets one through each second while the upstream stays away', async () => {
    const world = switched()
    world.become(() => LOST)
    world.at(0, () => world.burst(30))
    for (let at = 100; at <= 5_000; at += 100) world.at(at, () => world.burst(5, {}))

    await world.time.run()

    expect(world.tries.slice(30).map(({ at }) => at)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000])
    const probes = world.outcomes.filter(({ outcome }) => outcome.probe)
    expect(probes.map(({ outcome }) => seen(outcome))).toEqual(Array(5).fill('lost'))
  })

  it('closes with the first probe that is answered, and says both', async () => {
    const world = switched()
    world.become(() => LOST)
    world.at(0, () => world.burst(40))
    world.at(500, () => world.become(OK))
    world.at(1_000, () => world.burst(1))
    world.at(1_001, () => world.burst(50))

    await world.time.run()

    expect(world.kinds().slice(40)).toEqual(Array(51).fill(200))
    expect(world.records).toEqual([
      { event: 'upstream.open', upstream: BASE.href, requests: 30, failures: 30 },
      { event: 'upstream.closed', upstream: BASE.href, openMs: 1_000 },
    ])
  })

  it('does not wait for a probe that hangs', async () => {
    const world = switched()
    world.become(() => LOST)
    world.at(0, () => world.burst(30))
    world.at(500, () =>
      world.become(async () => {
        await world.time.wait(29_000)
        return LATE
      }),
    )
    world.at(1_000, () => world.burst(1))
    world.at(1_500, () => world.become(OK))
    world.at(2_000, () => world.burst(1))
    world.at(2_001, () => world.burst(1))

    await world.time.run()

    expect(world.kinds().slice(30)).toEqual([200, 200, 'late'])
  })

  it('lets time-outs of before it opened say nothing about after', async () => {
    const world = switched()
    world.become(async () => {
      await world.time.wait(30_000)
      return LATE
    })
    for (let at = 0; at < 25_000; at += 100) world.at(at, () => world.burst(1))
    world.at(25_000, () => world.become(OK))
    // The first thirty time out from second 30 to 33, and open it; the others until second 55.
    for (let at = 34_000; at < 60_000; at += 500) world.at(at, () => world.burst(1))

    await world.time.run()

    const after = world.outcomes.filter(({ outcome }) => outcome.kind !== 'late')
    expect(after.map(({ outcome }) => seen(outcome))).toEqual(Array(52).fill(200))
    expect(world.records.map(({ event }) => event)).toEqual(['upstream.open', 'upstream.closed'])
  })

  it('holds no client’s leaving against the upstream', async () => {
    const world = switched()
    const client = new AbortController()
    world.become(async () => {
      await world.time.wait(1_000)
      return client.signal.aborted ? LOST : OK()
    })
    world.at(0, () => world.burst(40, { signal: client.signal }))
    world.at(500, () => client.abort())
    world.at(1_500, () => world.become(OK))
    world.at(2_000, () => world.burst(1))

    await world.time.run()

    expect(world.kinds().at(-1)).toBe(200)
  })

  it('holds nothing against the upstream that may be the client’s doing', async () => {
    const world = switched()
    world.become(() => LATE)
    world.at(0, () => world.burst(40, { ...POST, excused: true }))
    world.at(10, () => {
      world.become(OK)
      world.burst(1)
    })

    await world.time.run()

    expect(world.kinds().at(-1)).toBe(200)
  })

  it('is each upstream’s own', async () => {
    const world = switched()
    world.become(() => LOST)
    world.at(0, () => world.burst(30))
    world.at(10, () => {
      world.become(OK)
      world.burst(1)
      world.burst(1, { ...POST, base: new URL('https://upstream.test/other') })
    })

    await world.time.run()

    expect(world.kinds().slice(30)).toEqual(['open', 200])
  })

  it('lives through a clock that goes back', async () => {
    const world = switched()
    world.become(() => LOST)
    world.at(0, () => world.burst(30))
    world.at(10, () => {
      world.become(OK)
      world.time.now -= 3_600_000
      world.burst(1)
    })

    await world.time.run()

    expect(world.kinds().at(-1)).toBe(200)
  })
})

describe('a retry', () => {
  it('is not sent to an upstream that is left alone meanwhile', async () => {
    const world = switched()
    world.become(() => LOST)
    world.at(0, () => world.burst(1, {}))
    world.at(10, () => world.burst(29))

    await world.time.run()

    expect(world.records.map(({ event }) => event)).toEqual(['upstream.open'])
    expect(world.tries.length).toBe(30)
  })
})

describe('a second upstream', () => {
  const substitute = new URL('https://second.test')
  const other = new URL('https://other.test')

  it.each([
    ['GET', BASE, substitute],
    ['HEAD', BASE, substitute],
    ['PUT', BASE, BASE],
    ['DELETE', BASE, BASE],
    ['POST', BASE, BASE],
    ['GET', other, other],
  ])('stands in for the first while that is left alone: %s', async (method, base, expected) => {
    const world = switched({ substitute })
    const chosen: URL[] = []
    const choose = () => chosen.push(world.upstream.baseFor(base, method))
    world.at(0, choose)
    world.at(5, () => {
      world.become(() => LOST)
      world.burst(30)
      world.burst(30, { ...POST, base: other })
    })
    world.at(10, choose)
    // A probe is due, and only the first upstream's own requests can be one.
    world.at(1_005, choose)

    await world.time.run()

    expect(chosen.map(String)).toEqual([base, expected, base].map(String))
  })

  it('is a setting: without it there is none', async () => {
    const world = switched()
    world.become(() => LOST)
    world.at(0, () => world.burst(30))

    await world.time.run()

    expect(world.upstream.baseFor(BASE, 'GET')).toBe(BASE)
  })
})
