import { describe, expect, it } from 'vitest'
import {
  type Anomaly,
  judged,
  type MinuteSeen,
  newWatch,
  type Watch,
} from '../../src/watch/anomalies.ts'
import { keptFrom, textOfKept } from '../../src/watch/kept-anomalies.ts'
import { atHour, minuteOf, type SimulatedRoute, seeded } from '../support/simulated-traffic.ts'

const DAY = 1_440

const QUIET: readonly SimulatedRoute[] = [
  { path: '/busy', perMinute: 600, medianMs: 40, codes: { INTERNAL_ERROR: 0.001 } },
  { path: '/wide', perMinute: 60, medianMs: 120, spread: 0.9, codes: { MISSING_TOKEN: 0.05 } },
  { path: '/shaky', perMinute: 6, medianMs: 15, codes: { EXTERNAL_SERVICE_UNAVAILABLE: 0.05 } },
  { path: '/rare', perMinute: 0.5, medianMs: 300, codes: { SERVICE_ERROR: 0.02 } },
  { path: '/-', perMinute: 20, medianMs: 3, spread: 1.2, codes: { NOT_FOUND: 0.3 } },
]
const BUSY: SimulatedRoute = {
  path: '/tunnels/*',
  perMinute: 600,
  medianMs: 40,
  codes: { INTERNAL_ERROR: 0.001 },
}

/** Minutes one after another, as a cron trigger judges them; `told` in minutes since the last `mark`. */
function watching(seed = 7) {
  const random = seeded(seed)
  let minute = 29_000_000
  let marked = minute
  let watch: Watch = newWatch(minute)
  const told: (Anomaly & { readonly at: number })[] = []
  const judge = (seen: MinuteSeen) => {
    const { anomalies, watch: next } = judged(watch, minute, seen)
    watch = next
    told.push(...anomalies.map((anomaly) => ({ ...anomaly, at: minute - marked })))
    minute += 1
  }
  return {
    told,
    judge,
    minutes(count: number, routes: readonly SimulatedRoute[]) {
      for (let i = 0; i < count; i += 1) {
        judge(
          minuteOf(
            routes.map((route) => atHour(route, minute)),
            random,
          ),
        )
      }
    },
    /** The same at every hour. */
    steady(count: number, routes: readonly SimulatedRoute[]) {
      for (let i = 0; i < count; i += 1) judge(minuteOf(routes, random))
    },
    silence(count: number) {
      for (let i = 0; i < count; i += 1) judge({})
    },
    /** The trigger did not come: these minutes are never judged. */
    missed(count: number) {
      minute += count
    },
    /** The trigger came again for the last minute. */
    again(routes: readonly SimulatedRoute[]) {
      minute -= 1
      judge(minuteOf(routes, random))
    },
    mark() {
      marked = minute
      told.length = 0
    },
    watch: () => watch,
    keep() {
      const { watch: again } = keptFrom(JSON.parse(textOfKept({ watch })))
      if (!again) throw new Error('it cannot be read')
      watch = again
    },
  }
}

const errors = (share: number, route: SimulatedRoute = BUSY): readonly SimulatedRoute[] => [
  { ...route, codes: { INTERNAL_ERROR: share } },
]
const slow = (factor: number, route: SimulatedRoute = BUSY): readonly SimulatedRoute[] => [
  { ...route, medianMs: factor * route.medianMs },
]
const namesOf = (told: readonly Anomaly[]) =>
  told.map(({ kind, series, of }) => `${kind} ${series} ${'code' in of ? of.code : of.route}`)

describe('quiet traffic', () => {
  it.each([1, 2, 3])('with its days and nights raises nothing in two weeks, seed %i', (seed) => {
    const world = watching(seed)

    world.minutes(14 * DAY, QUIET)

    expect(world.told).toEqual([])
  })

  it('raises nothing for one error in three requests, now and then', () => {
    const world = watching()
    const measures = (outcomes: Record<string, number>): MinuteSeen => ({
      '/rare': { outcomes, latency: { 10: 3 } },
    })
    for (let i = 0; i < 600; i += 1) world.judge(measures({ '2xx': 3 }))

    world.judge(measures({ '2xx': 2, INTERNAL_ERROR: 1 }))
    for (let i = 0; i < 60; i += 1) world.judge(measures({ '2xx': 3 }))

    expect(world.told).toEqual([])
  })

  it('raises nothing for two bad minutes', () => {
    const world = watching()
    world.minutes(120, [BUSY])

    world.minutes(2, errors(0.5))
    world.minutes(60, [BUSY])

    expect(world.told).toEqual([])
  })
})

describe('an anomaly', () => {
  // At ten requests a second.
  it.each([1, 2, 3, 4])(
    'is raised within five minutes when one error in 1,000 becomes one in 20, seed %i',
    (seed) => {
      const world = watching(seed)
      world.steady(DAY, [BUSY])
      world.mark()

      world.steady(5, errors(0.05))

      expect(namesOf(world.told)).toEqual([
        'began errors *',
        'began errors INTERNAL_ERROR',
        'began errors /tunnels/*',
      ])
      expect(world.told[0]?.now).toBeGreaterThan(0.02)
      expect(world.told[0]?.usual.high).toBeLessThan(0.02)
    },
  )

  it.each([1, 2, 3, 4])('is raised within five minutes when latency doubles, seed %i', (seed) => {
    const world = watching(seed)
    world.steady(DAY, [BUSY])
    world.mark()

    world.steady(5, slow(2))

    expect(namesOf(world.told)).toEqual(['began latency *', 'began latency /tunnels/*'])
    expect(world.told[0]?.now).toBeGreaterThan(1.6 * 90)
  })

  it('tells since when, which is before it is raised', () => {
    const world = watching()
    world.minutes(120, [BUSY])
    world.mark()

    world.minutes(3, errors(0.2))

    expect(world.told[0]).toMatchObject({ at: 2, since: 29_000_120 })
  })

  it('is raised for a code that never came up before', () => {
    const world = watching()
    world.minutes(120, [{ ...BUSY, codes: {} }])

    world.minutes(3, [{ ...BUSY, codes: { RATE_LIMIT_EXCEEDED_IP: 0.1 } }])

    expect(namesOf(world.told)).toEqual(['began errors RATE_LIMIT_EXCEEDED_IP'])
  })

  it('of one route is not lost among the requests of the others', () => {
    const world = watching()
    const small = { ...BUSY, path: '/small', perMinute: 3 }
    const big = { ...BUSY, perMinute: 6_000 }
    world.minutes(DAY / 4, [big, small])
    world.mark()

    world.minutes(20, [big, ...errors(1, small)])

    expect(namesOf(world.told)).toEqual(['began errors /small'])
  })

  it('comes and goes and is raised nevertheless', () => {
    const world = watching()
    world.minutes(120, [BUSY])
    world.mark()

    for (let i = 0; i < 3; i += 1) {
      world.minutes(1, errors(0.2))
      world.minutes(1, [BUSY])
    }

    expect(world.told.filter(({ of }) => 'code' in of)).toMatchObject([{ kind: 'began', at: 4 }])
  })

  it('is told once, and its end once, five minutes after it is over', () => {
    const world = watching()
    world.minutes(120, [BUSY])
    world.minutes(30, errors(0.2))
    world.mark()

    world.minutes(4, [BUSY])
    expect(world.told).toEqual([])
    world.minutes(60, [BUSY])

    expect(namesOf(world.told)).toEqual([
      'ended errors *',
      'ended errors INTERNAL_ERROR',
      'ended errors /tunnels/*',
    ])
    expect(world.told[0]).toMatchObject({ at: 4, since: 29_000_120, ending: 'usual' })
  })

  it('does not become the usual while it lasts for hours', () => {
    const world = watching()
    world.minutes(DAY, [BUSY])
    const { high } = bandAfter(world, 0)
    world.minutes(300, errors(0.2))

    expect(bandAfter(world, 5).high).toBeCloseTo(high, 3)
  })

  it('becomes the usual where it lasts for half a day', () => {
    const world = watching()
    world.minutes(DAY, [BUSY])
    world.mark()
    world.minutes(DAY / 2, errors(0.2))

    const ended = world.told.filter(({ kind }) => kind === 'ended')
    expect(ended.map(({ ending }) => ending)).toEqual(['adapted', 'adapted', 'adapted'])
    expect(ended[0]?.at).toBeGreaterThan(360)
    world.mark()
    world.minutes(60, errors(0.2))
    expect(world.told).toEqual([])
  })

  it('is not raised where things get better: fewer errors, less latency, less traffic', () => {
    const world = watching()
    const bad = { ...BUSY, codes: { INTERNAL_ERROR: 0.3 } }
    world.minutes(DAY, [bad])

    world.minutes(60, [{ ...bad, codes: {}, medianMs: 2, perMinute: 12 }])

    expect(world.told).toEqual([])
  })
})

describe('what is not known yet', () => {
  it('raises nothing in its first half hour', () => {
    const world = watching()
    world.minutes(15, [BUSY])

    world.minutes(15, errors(0.5))

    expect(world.told).toEqual([])
  })

  it('is forgotten within hours', () => {
    const world = watching()
    world.minutes(30, errors(0.5))
    world.minutes(DAY / 2, [BUSY])
    world.mark()

    world.minutes(3, errors(0.3))

    expect(world.told).toHaveLength(3)
  })
})

describe('minutes that are not there', () => {
  it('without requests end an anomaly after an hour, as nobody asks any more', () => {
    const world = watching()
    world.minutes(120, [BUSY])
    world.minutes(10, errors(0.2))
    world.mark()

    world.silence(60)
    expect(world.told).toEqual([])
    world.silence(1)

    expect(world.told).toMatchObject([
      { kind: 'ended', ending: 'silent', of: { route: '*' } },
      { kind: 'ended', ending: 'silent', of: { code: 'INTERNAL_ERROR' } },
      { kind: 'ended', ending: 'silent', of: { route: '/tunnels/*' } },
    ])
    expect(world.told[0]?.now).toBeGreaterThan(0.1)
  })

  it('make no anomaly of what is the same as before them', () => {
    const world = watching()
    world.minutes(120, [BUSY])
    world.silence(600)

    world.minutes(120, [BUSY])

    expect(world.told).toEqual([])
  })

  it('keep two bad minutes from before them and one after from being three', () => {
    const world = watching()
    world.minutes(120, [BUSY])
    world.minutes(2, errors(0.2))
    world.silence(61)

    world.minutes(1, errors(0.2))

    expect(world.told).toEqual([])
  })

  it('that were missed are passed over', () => {
    const world = watching()
    world.minutes(120, [BUSY])
    world.mark()
    world.minutes(2, errors(0.2))
    world.missed(3)

    world.minutes(1, errors(0.2))

    expect(namesOf(world.told)).toContain('began errors /tunnels/*')
  })

  it('that come twice change nothing', () => {
    const world = watching()
    world.minutes(120, [BUSY])
    world.minutes(2, errors(0.2))
    const before = world.watch()

    world.again(errors(0.9))

    expect(world.watch()).toBe(before)
    expect(world.told).toEqual([])
  })
})

describe('what is remembered', () => {
  it('is judged from as well after it was kept as text', () => {
    const [kept, unkept] = [watching(), watching()]
    for (const world of [kept, unkept]) {
      world.minutes(200, QUIET)
      world.minutes(2, [...QUIET, ...errors(0.3)])
    }
    kept.keep()

    for (const world of [kept, unkept]) world.minutes(90, [...QUIET, ...errors(0.3)])

    expect(namesOf(kept.told)).toEqual(namesOf(unkept.told))
    expect(kept.told).not.toEqual([])
  })

  it('stays under 64 KiB, however many routes there are', () => {
    const world = watching()
    const many = Array.from({ length: 400 }, (_, i) => ({
      ...BUSY,
      path: `/api/some/long/path/of/a/resource/:id/number/${i}/*`,
      perMinute: i / 20,
    }))

    world.minutes(90, many)

    const { routes } = world.watch()
    expect(Object.keys(routes)).toHaveLength(100)
    expect(textOfKept({ watch: world.watch() }).length).toBeLessThan(64 * 1024)
  })

  it('is of the busiest routes, and of those with an anomaly', () => {
    const world = watching()
    const some = (from: number, perMinute: number) =>
      Array.from({ length: 99 }, (_, i) => ({ ...BUSY, path: `/${from + i}`, perMinute }))
    world.minutes(60, [BUSY, { ...BUSY, path: '/quiet' }])
    world.minutes(3, [...errors(0.9), { ...BUSY, path: '/quiet' }])

    world.minutes(60, [...errors(0.9), ...some(0, 1_000), ...some(1_000, 30)])

    expect(Object.keys(world.watch().routes)).toContain('/tunnels/*')
    expect(Object.keys(world.watch().routes)).toContain('/98')
    expect(Object.keys(world.watch().routes)).toHaveLength(100)
  })
})

/** What the next minutes of half failures are measured by. */
function bandAfter(world: ReturnType<typeof watching>, minutes: number) {
  const { open, usual } = world.watch().all.errors
  if (minutes > 0) return open?.usual ?? { low: Number.NaN, high: Number.NaN }
  return { low: 0, high: usual.mean + 0.01 }
}
