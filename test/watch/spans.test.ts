import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { otlpJson } from '../../src/adapters/otlp-json.ts'
import type { Answered, Exchange, Waited } from '../../src/exchange.ts'
import { spansOf } from '../../src/watch/spans.ts'

const UPSTREAMS = {
  upstream: new URL('https://upstream.test/base'),
  fallback: new URL('https://second.test:8443'),
}
const START = 1_790_000_000_000

let ids = 0
function newId() {
  ids += 1
  return ids.toString(16).padStart(16, '0')
}

function exchangeOf(parts: Partial<Exchange> = {}): Exchange {
  return {
    url: new URL('https://gateway.test/tunnels/secret?token=secret'),
    startedAt: START,
    correlationId: 'req-of-this-test',
    trace: { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` },
    address: '203.0.113.7',
    waited: {},
    ...parts,
  }
}

const ANSWERED: Answered = { environment: 'local', method: 'GET', status: 200, durationMs: 100 }

const told = (parts: Partial<Exchange>, answered: Partial<Answered> = {}) =>
  spansOf(exchangeOf(parts), { ...ANSWERED, ...answered }, UPSTREAMS, newId)

const answeredWith = (status: number) =>
  ({ kind: 'answered', response: new Response(null, { status }) }) as const
const CALLED = { upstream: { since: START + 10, ms: 50 } }

describe('the spans of an exchange', () => {
  it('are one alone where nobody was asked', () => {
    expect(told({}, { status: 404 })).toMatchObject([
      { name: 'GET', kind: 'server', since: START, ms: 100, parentId: undefined, failed: false },
    ])
  })

  it('hold no key that a client has put into its Host', () => {
    const spans = told({ url: new URL('https://ctll_0123456789abcdef.gateway.test/tunnels') })

    expect(JSON.stringify(spans)).not.toContain('ctll_')
  })

  it.each([
    ['a method that nobody knows', 'BREW', '_OTHER', 'HTTP'],
    ['a method in small letters', 'get', '_OTHER', 'HTTP'],
    ['PATCH', 'PATCH', 'PATCH', 'PATCH'],
  ])('name %s as the conventions do', (_, method, attribute, name) => {
    const spans = told({ waited: CALLED, outcome: answeredWith(200) }, { method })

    expect(spans.map((span) => [span.name, span.attributes['http.request.method']])).toEqual([
      [name, attribute],
      [name, attribute],
    ])
  })

  it.each([
    [
      'is answered well',
      { outcome: answeredWith(204) },
      false,
      { 'http.response.status_code': 204 },
    ],
    ['is refused', { outcome: answeredWith(404) }, true, { 'error.type': '404' }],
    ['fails', { outcome: answeredWith(502) }, true, { 'error.type': '502' }],
    ['is late', { outcome: { kind: 'late' } }, true, { 'error.type': 'late' }],
    [
      'is not there',
      { outcome: { kind: 'unreachable', retries: 2 } },
      true,
      {
        'error.type': 'unreachable',
        'http.request.resend_count': 2,
      },
    ],
    [
      'is probed',
      { outcome: { ...answeredWith(200), probe: true } },
      false,
      { 'gateway.breaker': 'probe' },
    ],
    [
      'is another',
      { outcome: answeredWith(200), substituted: true },
      false,
      {
        'server.address': 'second.test',
        'server.port': 8443,
        'gateway.breaker': 'substitute',
      },
    ],
    [
      'is the route’s own',
      {
        outcome: answeredWith(200),
        route: { path: '/x', access: 'public', upstream: 'http://other.test/y' },
      },
      false,
      { 'server.address': 'other.test', 'server.port': 80 },
    ],
  ] as const)('tell of an upstream that %s', (_, parts, failed, attributes) => {
    const [, call] = told({ waited: CALLED, ...parts })

    expect(call).toMatchObject({
      kind: 'client',
      spanId: 'cd'.repeat(8),
      since: START + 10,
      ms: 50,
      failed,
      attributes,
    })
  })

  it('tell of no call where the upstream was left alone', () => {
    const [, call] = told({ waited: CALLED, outcome: { kind: 'open', retryAfter: 1 } })

    expect(call).toMatchObject({ name: 'forward', kind: 'internal', failed: true })
    expect(call?.spanId).not.toBe('cd'.repeat(8))
  })

  const reading = { limit: 1, remaining: 0, resetAt: START }
  const verdictFrom = (source: 'store' | 'lease' | 'isolate') =>
    ({
      outcome: 'admitted',
      reading,
      addressReading: reading,
      shadowed: [],
      exempt: false,
      source,
    }) as const

  it.each([
    ['store', 'client', false, 'redis'],
    ['lease', 'internal', false, undefined],
    ['isolate', 'internal', true, undefined],
  ] as const)('tell of counts from the %s', (source, kind, failed, system) => {
    const [, count] = told({
      waited: { store: { since: START, ms: 5 } },
      verdict: verdictFrom(source),
    })

    expect(count).toMatchObject({ name: 'meter', kind, failed })
    expect(count?.attributes).toMatchObject({ 'gateway.counted': source, 'db.system.name': system })
  })

  it('tell how long a request was held, after its first count', () => {
    const spans = told({
      waited: { store: { since: START, ms: 5 } },
      verdict: verdictFrom('store'),
      queuedMs: 60,
    })

    expect(spans.at(-1)).toMatchObject({ name: 'hold', since: START + 5, ms: 55 })
  })

  const wait = fc.record({
    since: fc.integer({ min: START - 5_000, max: START + 5_000 }),
    ms: fc.integer({ min: -5_000, max: 60_000 }),
  })
  const names: Waited[] = ['identity', 'place', 'store', 'body', 'upstream']
  const waits = fc.dictionary(fc.constantFrom(...names), wait)

  it('lie within the gateway’s own, whatever the clocks do', () => {
    fc.assert(
      fc.property(waits, fc.integer({ min: -1_000, max: 60_000 }), (waited, durationMs) => {
        const [whole, ...parts] = told({ waited }, { durationMs })
        const end = START + (whole?.ms ?? 0)
        const outside = parts.filter(({ since, ms }) => since < START || ms < 0 || since + ms > end)
        expect(whole?.ms).toBe(Math.max(0, durationMs))
        expect(outside).toEqual([])
      }),
    )
  })

  it('hold nothing of path, query and address, and are at most 8 KB whatever is asked', () => {
    const serialize = otlpJson({ environment: 'production', instance: 'x'.repeat(36) })
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true, size: 'large' }).filter(URL.canParse),
        fc.string({ minLength: 1, maxLength: 3_000 }),
        (url, method) => {
          const spans = told(
            {
              url: new URL(`${url}/very-private?x=very-private`),
              correlationId: 'x'.repeat(128),
              waited: Object.fromEntries(names.map((name) => [name, { since: START, ms: 1 }])),
              verdict: verdictFrom('store'),
              outcome: answeredWith(200),
              queuedMs: 1,
            },
            { method },
          )
          const json = new TextDecoder().decode(serialize(spans))
          expect(json).not.toMatch(/very-private|203\.0\.113/)
          expect(json.length).toBeLessThan(8_192)
        },
      ),
    )
  })
})
