import { Redis } from '@upstash/redis/cloudflare'
import { describe, expect, inject, it } from 'vitest'
import { KeptExplanations } from '../../src/adapters/kept-explanations.ts'
import { type Letter, sendingTo } from '../../src/adapters/outbox.ts'
import { UpstashExplanations } from '../../src/adapters/upstash-explanations.ts'
import type { Answered, Exchange } from '../../src/exchange.ts'
import type { KeptExplanation } from '../../src/ports.ts'

const { storeUrl, storeKind, embeddedStoreUrl, storeToken: token } = inject('outside')

const NOW = Date.parse('2026-11-22T12:00:00Z')
const MINUTE = 60_000
const DAY_SECONDS = 86_400

interface Error {
  readonly correlationId?: string
  readonly status?: number
  readonly at?: number
  readonly original?: string
}

/** An exchange that was refused for nothing, `at` milliseconds on. */
function exchangeOf({ correlationId = 'req-somebody', at = 0, original }: Error): Exchange {
  return {
    url: new URL('https://gateway.test/tunnels'),
    startedAt: NOW + at,
    correlationId,
    trace: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` },
    address: '203.0.113.7',
    waited: {},
    outcome: { kind: 'answered', response: new Response(null, { status: 500 }) },
    denial: {
      allowed: false,
      code: 'INTERNAL_ERROR',
      ...(original !== undefined && { original }),
    },
  }
}

const answeredWith = (status: number): Answered => ({
  environment: 'production',
  method: 'GET',
  status,
  durationMs: 0,
})

/** An isolate's explanations, and what it has said to its outbox. */
function isolate() {
  const expected: number[] = []
  const background: Promise<unknown>[] = []
  const kept = new KeptExplanations(
    { expect: (now) => void expected.push(now) },
    {
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      background: (work) => void background.push(work),
    },
  )
  return {
    kept,
    expected,
    background,
    see: (error: Error = {}) => kept.observe(exchangeOf(error), answeredWith(error.status ?? 500)),
  }
}

type Command = readonly [name: string, key: string, ...rest: unknown[]]

/** What letters would have the store do. */
function commandsOf(letters: readonly Letter[]): readonly Command[] {
  const commands: Command[] = []
  const pipeline = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...words: [string, ...unknown[]]) =>
          commands.push([String(name), ...words]),
    },
  )
  for (const letter of letters) letter(pipeline as Parameters<Letter>[0])
  return commands
}

const sets = (letters: readonly Letter[]) =>
  commandsOf(letters).filter(([name]) => name === 'set').length

describe('what an isolate explains', () => {
  it('is every server’s error up to 120 a minute, and up to 60 of the others', () => {
    const { kept, see } = isolate()
    for (let i = 0; i < 200; i += 1) see({ status: 500, at: i })
    for (let i = 0; i < 200; i += 1) see({ status: 404, at: 200 + i })

    expect(sets(kept.letters())).toBe(120 + 60)
  })

  it('is as much again in the next minute', () => {
    const { kept, see } = isolate()
    for (let i = 0; i < 200; i += 1) see({ status: 503 })
    kept.letters()
    for (let i = 0; i < 200; i += 1) see({ status: 503, at: MINUTE })

    expect(sets(kept.letters())).toBe(120)
  })

  it('is no more than 128 KB of server’s errors a minute, and one', () => {
    const { kept, see } = isolate()
    const original = 'long '.repeat(200)
    for (let i = 0; i < 120; i += 1) see({ original })

    const lengths = commandsOf(kept.letters())
      .filter(([name]) => name === 'set')
      .map(([, , json]) => String(json).length)

    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(128 * 1024 - 2_500)
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(128 * 1024 + 2_500)
    expect(Math.max(...lengths)).toBeLessThan(2_500)
  })

  it('is not what ended well', () => {
    const { kept, expected } = isolate()
    const { denial: _, ...exchange } = exchangeOf({})

    kept.observe(exchange, answeredWith(200))

    expect(kept.letters()).toEqual([])
    expect(expected).toEqual([])
  })

  it('costs two commands an exchange, and two for each correlation id among them', () => {
    const { kept, see } = isolate()
    see({ correlationId: 'client-chose-1' })
    see({ correlationId: 'client-chose-1', at: 1 })
    see({ correlationId: 'client-chose-2', at: 2 })

    const names = commandsOf(kept.letters()).map(([name]) => name)

    expect(names.toSorted()).toEqual([
      ...['expire', 'expire', 'set', 'set', 'set', 'zadd', 'zadd', 'zadd'],
      ...['zremrangebyrank', 'zremrangebyrank'],
    ])
  })

  it('is one letter, and the newest 192 KB while the store stays away', () => {
    const { kept, see } = isolate()
    const letters: Letter[] = []
    for (let minute = 0; minute < 10; minute += 1) {
      for (let i = 0; i < 120; i += 1) see({ original: 'long '.repeat(200), at: minute * MINUTE })
      letters.push(...kept.letters())
    }

    const times = commandsOf(letters).flatMap(([name, , score]) =>
      name === 'zadd' ? [Object.entries(score ?? {})[0]?.[1]] : [],
    )

    expect(letters).toHaveLength(10)
    // A minute's budget and half of the one before.
    expect([...new Set(times)]).toEqual([NOW + 8 * MINUTE, NOW + 9 * MINUTE])
  })

  it('is the newest 192 KB also of two minutes that go together', () => {
    const { kept, see } = isolate()
    const original = 'long '.repeat(200)
    for (const at of [0, MINUTE]) {
      for (let i = 0; i < 120; i += 1) see({ original, at: at + i })
    }

    const sent = commandsOf(kept.letters()).filter(([name]) => name === 'set')
    const told = sent.map(([, , json]) => JSON.parse(String(json)).time)

    expect(told.at(-1)).toMatch(/^2026-11-22T12:01/)
    expect(told.length).toBeGreaterThan(100)
    expect(sent.reduce((sum, [, , json]) => sum + String(json).length, 0)).toBeLessThanOrEqual(
      192 * 1024,
    )
  })

  it('waits for the hash of its user, which is computed once', async () => {
    const { kept, background } = isolate()
    const principal = { issuer: 'https://issuer.test/', subject: 'auth0|ada', tier: 'free' }
    const caller = { kind: 'user', principal } as unknown as NonNullable<Exchange['caller']>
    kept.observe({ ...exchangeOf({}), caller }, answeredWith(500))
    await Promise.all(background)
    kept.observe({ ...exchangeOf({ at: 1 }), caller }, answeredWith(500))

    const told = commandsOf(kept.letters())
      .filter(([name]) => name === 'set')
      .map(([, , json]) => JSON.parse(String(json)).caller)

    expect(background).toHaveLength(1)
    expect(told[0]).toEqual({ kind: 'user', tier: 'free', subject: told[1].subject })
    expect(told[0].subject).toMatch(/^[0-9a-f]{16}$/)
  })
})

describe.each([
  ['the embedded store', embeddedStoreUrl],
  [storeKind, storeUrl],
])('explanations in %s', (_, url) => {
  const redis = new Redis({ url, token })
  const store = { url, token, timeoutMs: 5_000 }
  const explanations = new UpstashExplanations(store)
  const send = sendingTo(store)
  const strange = () => `req-${crypto.randomUUID()}`
  const timesOf = (found: readonly KeptExplanation[] | undefined) => found?.map(({ time }) => time)

  it('are found by their correlation id, the newest first, and by their own', async () => {
    const { kept, see } = isolate()
    const correlationId = strange()
    for (const at of [0, 2_000, 1_000]) see({ correlationId, at, original: 'pool exhausted' })
    see({ correlationId: strange() })
    await send(kept.letters())

    const found = await explanations.find(correlationId)

    expect(timesOf(found)).toEqual([
      '2026-11-22T12:00:02.000Z',
      '2026-11-22T12:00:01.000Z',
      '2026-11-22T12:00:00.000Z',
    ])
    expect(found?.[0]).toMatchObject({
      id: expect.stringMatching(/^ex-[0-9a-z]{8}-[0-9a-f]{20}$/),
      correlationId,
      code: 'INTERNAL_ERROR',
      upstream: { status: 500, original: 'pool exhausted', retries: 0 },
    })
    expect(await explanations.find(found?.[1]?.id ?? '')).toEqual([found?.[1]])
  })

  it('are there once though they were sent twice', async () => {
    const { kept, see } = isolate()
    const correlationId = strange()
    see({ correlationId })
    see({ correlationId, at: 5 })
    const letters = kept.letters()
    await send(letters)
    await send(letters)

    expect(await explanations.find(correlationId)).toHaveLength(2)
  })

  it('are the newest 20 of one correlation id, also where older ones are sent again', async () => {
    const { kept, see } = isolate()
    const correlationId = strange()
    see({ correlationId })
    const first = kept.letters()
    await send(first)
    for (let at = 1_000; at <= 25_000; at += 1_000) see({ correlationId, at })
    await send(kept.letters())
    await send(first)

    const found = await explanations.find(correlationId)

    expect(found).toHaveLength(20)
    expect(timesOf(found)?.[0]).toBe('2026-11-22T12:00:25.000Z')
    expect(timesOf(found)?.at(-1)).toBe('2026-11-22T12:00:06.000Z')
  })

  it('are kept for a day, and so is what finds them', async () => {
    const { kept, see } = isolate()
    const correlationId = strange()
    see({ correlationId })
    await send(kept.letters())
    const [explanation] = (await explanations.find(correlationId)) ?? []

    const keys = [`gateway:1:exchange:${explanation?.id}`, `gateway:1:exchanges:${correlationId}`]
    const lifetimes = await Promise.all(keys.map((key) => redis.ttl(key)))

    expect(Math.max(...lifetimes)).toBeLessThanOrEqual(DAY_SECONDS)
    expect(Math.min(...lifetimes)).toBeGreaterThan(DAY_SECONDS - 60)
  })

  it('are none of an id that nobody had', async () => {
    expect(await explanations.find(strange())).toEqual([])
  })

  it('leave out what has ended or was spoiled', async () => {
    const { kept, see } = isolate()
    const correlationId = strange()
    for (const at of [0, 1_000, 2_000]) see({ correlationId, at })
    await send(kept.letters())
    const [last, middle, first] = (await explanations.find(correlationId)) ?? []
    await redis.del(`gateway:1:exchange:${last?.id}`)
    await redis.set(`gateway:1:exchange:${first?.id}`, '[1]')

    expect(await explanations.find(correlationId)).toEqual([middle])
  })

  it('are unknown while what stands there is no index', async () => {
    const correlationId = strange()
    await redis.set(`gateway:1:exchanges:${correlationId}`, 'a text')

    expect(await explanations.find(correlationId)).toBeUndefined()
  })
})

describe('explanations without a store', () => {
  it('are unknown', async () => {
    const lonely = new UpstashExplanations({ url: 'http://127.0.0.1:9', token, timeoutMs: 1_000 })

    expect(await lonely.find('req-somebody')).toBeUndefined()
  })
})
