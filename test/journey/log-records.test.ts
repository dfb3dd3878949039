import { beforeAll, describe, expect, it } from 'vitest'
import logRecords from '../../docs/log-records.md?raw'
import { IsolateSubjects } from '../../src/adapters/isolate-subjects.ts'
import { type GatewayOptions, testGateway } from '../support/gateway.ts'
import { documentedFields, undocumentedIn } from '../support/log-records.ts'

const DOCUMENTED = documentedFields(logRecords)

type Gateway = Awaited<ReturnType<typeof testGateway>>

const withLimits = (limits: object) => ({ LIMITS: JSON.stringify(limits) })
const failing = () => new Response('{"error":"out of memory"}', { status: 503 })

/** Requests that leave, between them, every field of an exchange's record. */
const JOURNEYS: readonly (readonly [GatewayOptions, (gateway: Gateway) => Promise<unknown>])[] = [
  [{}, async (gateway) => gateway.get('/tunnels', { token: await gateway.mint() })],
  [{}, (gateway) => gateway.get('/auth/logout', { token: 'not-a-token' })],
  [{}, async (gateway) => gateway.get('/admin/users', { token: await gateway.mint(ADMIN) })],
  [
    { settings: withLimits({ tiers: { free: { '9': { limit: 1, shadow: true } } } }) },
    twice('free'),
  ],
  [{ settings: withLimits({ tiers: { premium: { '2': 1 } } }) }, twice('premium')],
  [{ upstream: failing }, (gateway) => gateway.get('/health')],
  [{ upstream: () => ({ kind: 'unreachable' }) }, untilLeftAlone],
  [{}, uploadSlowly],
]

const ADMIN = { roles: ['super_admin'] }

function twice(tier: 'free' | 'premium') {
  return async (gateway: Gateway) => {
    const token = await gateway.mint({ tier })
    await gateway.get('/tunnels', { token })
    await gateway.get('/tunnels', { token })
  }
}

async function untilLeftAlone(gateway: Gateway) {
  for (let request = 0; request < 31; request += 1) await gateway.get('/health')
}

/** A body that is judged, and that time passes over. */
async function uploadSlowly(gateway: Gateway) {
  const source = {
    pull(controller: ReadableStreamDefaultController) {
      gateway.pass(40)
      controller.enqueue(new TextEncoder().encode('{"name":"a"}'))
      controller.close()
    },
  }
  // Asked for nothing before the gateway asks.
  const body = new ReadableStream(source, { highWaterMark: 0 })
  const headers = { 'Content-Type': 'application/json' }
  await gateway.ask('/tunnels', { method: 'POST', token: await gateway.mint(), headers, body })
}

const seen = new Set<string>()
beforeAll(async () => {
  for (const [options, travel] of JOURNEYS) {
    const gateway = await testGateway({ subjects: new IsolateSubjects(1), ...options })
    await travel(gateway)
    const exchanges = gateway.records.filter(({ event }) => event === 'exchange')
    for (const [name, value] of exchanges.flatMap((record) => Object.entries(record))) {
      if (value !== undefined) seen.add(name)
    }
  }
})

describe('the record of an exchange', () => {
  it.each([...(DOCUMENTED.get('exchange') ?? [])])('has the field %s', (field) => {
    expect([...seen]).toContain(field)
  })

  it('has no other', () => {
    expect([...seen].sort()).toEqual([...(DOCUMENTED.get('exchange') ?? [])].sort())
  })
})

describe('the page about the log', () => {
  it('is read field by field', () => {
    expect(DOCUMENTED.size).toBeGreaterThan(12)
    expect([...(DOCUMENTED.get('upstream.open') ?? [])].sort()).toEqual([
      'event',
      'failures',
      'requests',
      'time',
      'upstream',
    ])
    expect([...(DOCUMENTED.get('store.back') ?? [])].sort()).toEqual(['event', 'time'])
  })

  it.each([
    [{ event: 'store.back', since: 1 }, ['since of store.back']],
    [{ event: 'store.gone' }, ['the event store.gone']],
    [{ event: 'store.away', reason: 'late', more: undefined }, []],
  ])('is what a record is held to: %j', (record, unread) => {
    expect(undocumentedIn(record, DOCUMENTED)).toEqual(unread)
  })
})
