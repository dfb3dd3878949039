import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../src/adapters/collector.ts'
import { TraceExport } from '../../src/adapters/trace-export.ts'
import { deny } from '../../src/contract/decision.ts'
import type { Exchange } from '../../src/exchange.ts'
import type { Span } from '../../src/watch/spans.ts'
import { VirtualTime } from '../support/virtual-time.ts'

/** The beginning of a minute. */
const NOW = 1_790_000_040_000
const TAKEN: Delivery = { kind: 'taken', rejected: 0 }
const AWAY: Delivery = { kind: 'away', reason: 'unreachable' }

interface Batch {
  readonly at: number
  /** The correlation ids of its exchanges, in their order. */
  readonly ids: readonly unknown[]
}

/** An export in virtual time, and a collector that answers as it is told, one answer after the other. */
function world(answer: (batch: Batch) => Delivery | Promise<Delivery> = () => TAKEN) {
  const time = new VirtualTime(NOW)
  const batches: Batch[] = []
  const records: Readonly<Record<string, unknown>>[] = []
  let waiting: readonly Span[] = []
  let ids = 0
  const traces = new TraceExport(
    { upstream: new URL('https://upstream.test'), fallback: undefined },
    {
      serialize(spans) {
        waiting = spans
        return new Uint8Array()
      },
      async deliver() {
        const batch = {
          at: time.now - NOW,
          ids: waiting.map(({ attributes }) => attributes['gateway.correlation_id']),
        }
        batches.push(batch)
        return answer(batch)
      },
      log: { write: (record) => void records.push(record) },
      now: () => time.now,
      sleep: (milliseconds) => time.wait(milliseconds),
      background: () => undefined,
      random: () => 0,
      newId() {
        ids += 1
        return ids.toString(16).padStart(16, '0')
      },
    },
  )
  /** One exchange that ends now. */
  function see(id: string, { status = 200, flags = '01', parent = 'ef'.repeat(8) } = {}) {
    const exchange: Exchange = {
      url: new URL('https://gateway.test/'),
      startedAt: time.now,
      correlationId: id,
      trace: {
        traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-${flags}`,
        parentId: parent || undefined,
      },
      address: '203.0.113.7',
      waited: {},
      ...(status >= 400 && { denial: deny('INTERNAL_ERROR') }),
    }
    traces.observe(exchange, { environment: 'local', method: 'GET', status, durationMs: 0 })
  }
  const at = (milliseconds: number, happen: () => void) => time.after(milliseconds, happen)
  const many = (name: string, count: number, kind = {}) => {
    for (let index = 0; index < count; index += 1) see(`${name}-${index}`, kind)
  }
  return { time, batches, records, see, many, at }
}

describe('what is told of', () => {
  it.each([
    ['a fault that nobody asked for', { status: 500, flags: '00' }, true],
    ['a refusal that nobody asked for', { status: 404, flags: '00' }, true],
    ['a good answer in a trace that its caller records', { flags: '01' }, true],
    ['one that its caller records, begun at random', { flags: '03' }, true],
    ['a good answer in a trace of the share', { flags: '01', parent: '' }, true],
    ['a good answer that nobody asked for', { flags: '00' }, false],
    ['the same, begun at random', { flags: '02' }, false],
    ['a good answer beside the share', { flags: '00', parent: '' }, false],
  ])('%s', async (_, kind, told) => {
    const { time, batches, see } = world()
    see('it', kind)

    await time.run()

    expect(batches.map(({ ids }) => ids)).toEqual(told ? [['it']] : [])
  })

  it('all faults, and 60 other errors a minute', async () => {
    const { time, batches, many, at } = world()
    many('fault', 99, { status: 503, flags: '00' })
    many('refused', 100, { status: 429, flags: '01' })
    at(60_000, () => many('next', 61, { status: 401, flags: '00' }))

    await time.run()

    const kept = (name: string) =>
      batches.flatMap(({ ids }) => ids).filter((id) => String(id).startsWith(name)).length
    expect([kept('fault'), kept('refused'), kept('next')]).toEqual([99, 60, 60])
  })

  it('600 a minute that callers ask for', async () => {
    const { time, batches, many, at } = world()
    for (let second = 0; second < 50; second += 1) at(second * 1_000, () => many('asked', 20))

    await time.run()

    expect(batches.flatMap(({ ids }) => ids)).toHaveLength(600)
  })
})

describe('a batch', () => {
  it('goes five seconds after the first of it, once', async () => {
    const { time, batches, see, at } = world()
    see('first')
    at(4_999, () => see('second'))
    at(5_001, () => see('third'))

    await time.run()

    expect(batches).toEqual([
      { at: 5_000, ids: ['first', 'second'] },
      { at: 10_001, ids: ['third'] },
    ])
  })

  it('goes at once with a hundred', async () => {
    const { time, batches, many, at } = world()
    many('first', 99)
    at(1_000, () => many('second', 1))

    await time.run()

    expect(batches.map(({ at: when, ids }) => [when, ids.length])).toEqual([[1_000, 100]])
  })

  it('waits for the one under way', async () => {
    const { time, batches, many, at } = world(async () => {
      await time.wait(4_000)
      return TAKEN
    })
    many('first', 100)
    at(1_000, () => many('second', 100))
    at(2_000, () => many('third', 100))

    await time.run()

    expect(batches.map(({ at: when, ids }) => [when, ids.length])).toEqual([
      [0, 100],
      [4_000, 200],
    ])
  })
})

describe('a collector that is away', () => {
  it('is asked again after pauses that double to a minute, and then told of everything', async () => {
    const answers = [AWAY, AWAY, AWAY, AWAY, AWAY, AWAY]
    const { time, batches, records, see } = world(() => answers.shift() ?? TAKEN)
    see('it')

    await time.run()

    expect(batches.map(({ at }) => at / 1_000)).toEqual([5, 10, 20, 40, 80, 140, 200])
    expect(batches.at(-1)?.ids).toEqual(['it'])
    expect(records).toEqual([
      { event: 'traces.away', reason: 'unreachable' },
      { event: 'traces.back', lost: 0 },
    ])
  })

  it.each([
    [12_000, 17],
    [3_600_000, 305],
  ])('is left alone for %i ms where it says so, and five minutes at most', async (wish, second) => {
    const answers: Delivery[] = [{ kind: 'away', reason: 'status 429', retryAfterMs: wish }]
    const { time, batches, many, see, at } = world(() => answers.shift() ?? TAKEN)
    see('it')
    at(6_000, () => many('other', 100))

    await time.run()

    expect(batches.map((batch) => batch.at / 1_000)).toEqual([5, second])
  })

  it('costs good answers first, of which 500 are kept, and says how many', async () => {
    let away = true
    const { time, batches, records, many, at } = world(() => (away ? AWAY : TAKEN))
    many('good', 450)
    at(6_000, () => many('fault', 60, { status: 500 }))
    at(7_000, () => {
      away = false
    })

    await time.run()

    const { ids = [] } = batches.at(-1) ?? {}
    expect(ids).toHaveLength(500)
    expect([ids[0], ids.at(-1)]).toEqual(['good-10', 'fault-59'])
    expect(records.at(-1)).toEqual({ event: 'traces.back', lost: 10 })
  })

  it('costs the oldest fault once there are only faults', async () => {
    const { time, batches, records, many } = world()
    many('fault', 600, { status: 500 })

    await time.run()

    const told = batches.flatMap(({ ids }) => ids)
    expect([told.length, told[0], told.at(-1)]).toEqual([500, 'fault-100', 'fault-599'])
    expect(records).toEqual([
      { event: 'traces.away', reason: 'behind' },
      { event: 'traces.back', lost: 100 },
    ])
  })
})

describe('a collector that refuses', () => {
  it('a batch is not told of it again', async () => {
    const answers: Delivery[] = [{ kind: 'refused', reason: 'status 401' }]
    const { time, batches, records, see, at } = world(() => answers.shift() ?? TAKEN)
    see('first')
    at(5_500, () => see('second'))

    await time.run()

    expect(batches).toEqual([
      { at: 5_000, ids: ['first'] },
      { at: 10_500, ids: ['second'] },
    ])
    expect(records).toEqual([
      { event: 'traces.away', reason: 'status 401' },
      { event: 'traces.back', lost: 1 },
    ])
  })

  it('some spans is noted when it begins to', async () => {
    const answers: Delivery[] = [2, 3, 0, 1].map((rejected) => ({ kind: 'taken', rejected }))
    const { time, batches, records, see, at } = world(() => answers.shift() ?? TAKEN)
    for (const second of [0, 10, 20, 30]) at(second * 1_000, () => see(`at-${second}`))

    await time.run()

    expect(batches).toHaveLength(4)
    expect(records).toEqual([
      { event: 'traces.rejected', spans: 2 },
      { event: 'traces.rejected', spans: 1 },
    ])
  })
})

describe('work in the background that is cut off with its request', () => {
  it('while it sends, is given up after a while, and the next batch goes', async () => {
    let answers = 0
    const { time, batches, records, see, at } = world(() => {
      answers += 1
      return answers === 1 ? new Promise<Delivery>(() => undefined) : TAKEN
    })
    see('first')
    at(19_000, () => see('second'))
    at(20_000, () => see('third'))

    await time.run()

    expect(batches).toEqual([
      { at: 5_000, ids: ['first'] },
      { at: 25_000, ids: ['second', 'third'] },
    ])
    expect(records).toEqual([
      { event: 'traces.away', reason: 'cut off' },
      { event: 'traces.back', lost: 1 },
    ])
  })

  it('while it waits, is begun anew by the next exchange that comes ten seconds later', async () => {
    const { time, batches, see, at } = world()
    const { wait } = time
    time.wait = () => new Promise(() => undefined)
    see('first')
    time.wait = wait
    at(14_999, () => see('second'))
    at(15_000, () => see('third'))

    await time.run()

    expect(batches).toEqual([{ at: 20_000, ids: ['first', 'second', 'third'] }])
  })
})
