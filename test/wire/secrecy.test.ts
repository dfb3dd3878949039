import { describe, expect, it } from 'vitest'
import type { LocalStore } from '../../scripts/store/bridge.ts'
import { secretsIn } from '../support/secrets.ts'
import { startReceiver as startCollector } from './otlp-receiver.ts'
import { keptIn } from './produced.ts'
import { startReceiver as startWebhook } from './webhook-receiver.ts'
import { openWorld, STORE_TOKEN } from './world.ts'

const KNOWN = new Set(['hunter2-"quoted"-store-token'])

describe('the search for secrets in what the suite has produced', () => {
  it.each([
    ['a known one', 'before hunter2-"quoted"-store-token after', 1],
    ['a known one inside JSON', JSON.stringify({ url: 'hunter2-"quoted"-store-token' }), 1],
    ['a known one in a query', 'token=hunter2-%22quoted%22-store-token', 1],
    ['a known one as base64', btoa('hunter2-"quoted"-store-token'), 1],
    [
      'what looks like a token',
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ',
      1,
    ],
    ['what looks like an API key', '"ctll_0123456789abcdef"', 1],
    ['nothing', '{"event":"exchange","correlationId":"req-eyJ","code":"INVALID_TOKEN"}', 0],
  ])('finds %s', (_, text, found) => {
    expect(secretsIn(text, KNOWN)).toHaveLength(found)
  })

  it('does not repeat what it found', () => {
    expect(secretsIn('hunter2-"quoted"-store-token', KNOWN).join()).not.toContain('quoted')
  })
})

const NOW = Date.now()
const MINUTE_KEY = `gateway:1:metrics:raw:${Math.floor(NOW / 60_000)}`

/** What an isolate might tell of a minute. */
function letter(told: object): string {
  return JSON.stringify({ r: {}, w: {}, l: {}, s: {}, e: {}, ...told })
}

function event(route: string): string {
  const anomaly = { kind: 'anomaly.began', series: 'errors', of: { route } }
  return JSON.stringify({ time: NOW, since: NOW, now: 1, usual: { low: 0, high: 1 }, ...anomaly })
}

function auditEntry(by: string): string {
  return JSON.stringify({ time: NOW, by, correlationId: 'x', subject: 'y', change: {} })
}

type Commands = readonly (readonly string[])[]

/** Texts, and how each gets to where a page finds it. */
const PLANTED: readonly (readonly [string, string, (planted: string) => Commands])[] = [
  [
    'a metric’s label',
    'PL0-in-metrics',
    (planted) => [
      ['HSET', MINUTE_KEY, 'a-1', letter({ r: { [`/${planted}`]: [{ '2xx': 1 }, {}, 1] } })],
    ],
  ],
  [
    'the most refused subjects',
    'PL1-in-traffic',
    (planted) => [['HSET', MINUTE_KEY, 'a-1', letter({ s: { [`user:x|${planted}`]: 1 } })]],
  ],
  [
    'the audit trail',
    'PL2-in-audit',
    (planted) => [['LPUSH', 'gateway:1:audit', auditEntry(planted)]],
  ],
  ['an event', 'PL3-in-events', (planted) => [['LPUSH', 'gateway:1:events', event(planted)]]],
  [
    'an explanation',
    'PL4-in-explanation',
    (planted) => [
      [
        ...['SET', 'gateway:1:exchange:ex-1'],
        JSON.stringify({ id: 'ex-1', correlationId: 'with-planted', planted }),
      ],
      ['ZADD', 'gateway:1:exchanges:with-planted', '1', 'ex-1'],
    ],
  ],
  [
    'the list of subjects',
    'PL5-in-subjects',
    (planted) => [
      ['SET', `gateway:1:user:x|${planted}`, JSON.stringify({ b: NOW + 3_600_000 })],
      ['ZADD', 'gateway:1:changed', `${NOW}`, `user:x|${planted}`],
    ],
  ],
]

async function inStore({ url }: LocalStore, commands: Commands): Promise<void> {
  const headers = { Authorization: `Bearer ${STORE_TOKEN}` }
  for (const command of commands) {
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(command) })
    if (!answer.ok) throw new Error(await answer.text())
  }
}

describe('a leak would be found', () => {
  it.each(PLANTED)('in %s, on the page and in the store', async (_, planted, commandsFor) => {
    const world = await openWorld()
    await inStore(world.store, commandsFor(planted))
    const headers = { 'X-Correlation-ID': 'with-planted' }
    await (await fetch(`${world.gateway.url}/nowhere`, { headers })).text()

    await world.stop()

    expect(await keptIn(planted)).toEqual(['pages', 'store'])
  })

  it('in the log', async () => {
    const world = await openWorld()
    const headers = { 'X-Correlation-ID': 'PL6-in-a-log' }
    await (await fetch(`${world.gateway.url}/demo/status/200`, { headers })).text()

    await world.stop()

    expect(await keptIn('PL6-in-a-log')).toContain('log')
  })

  it.each([
    ['a collector', startCollector, '/v1/traces', 'traces'],
    ['a webhook', startWebhook, '', 'webhook'],
  ])('in what %s is sent', async (_, start, path, kind) => {
    const receiver = await start()
    const planted = `PL7-sent-to-${kind}`
    await fetch(receiver.url + path, { method: 'POST', body: JSON.stringify({ planted }) })

    await receiver.stop()

    expect(await keptIn(planted)).toEqual([kind])
  })
})
