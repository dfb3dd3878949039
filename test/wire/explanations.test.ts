import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { openWorld, type World } from './world.ts'

/** An isolate tells the store of it ten seconds later where no other request takes it along. */
const SOON = { timeout: 15_000, interval: 500 }

let world: World
/** Whose upstream is not there. */
let lonely: ServedWorker
/** With a limit of one request. */
let narrow: ServedWorker
let judge: Ajv2020
beforeAll(async () => {
  world = await openWorld()
  ;[lonely, narrow] = await Promise.all([
    world.another({ UPSTREAM_URL: 'http://127.0.0.1:9' }),
    world.another({ LIMITS: JSON.stringify({ tiers: { free: { minute: 1 } } }) }),
  ])
  judge = new Ajv2020({ strict: false, validateFormats: false })
  judge.addSchema(JSON.parse(await readFile('docs/openapi.json', 'utf8')), 'openapi')
})
afterAll(() => world.stop())

async function ask({ url }: ServedWorker, correlationId: string, subject: string) {
  const token = await world.issuer.mint({ subject, tier: 'free' })
  const headers = { Authorization: `Bearer ${token}`, 'X-Correlation-ID': correlationId }
  const response = await fetch(`${url}/tunnels`, { headers })
  await response.arrayBuffer()
  return response.status
}

/** As an operator does, of another isolate than the one that was asked. */
async function lookUp(id: string) {
  const token = await world.issuer.mint({ roles: ['super_admin'] })
  const response = await fetch(`${world.gateway.url}/_gateway/admin/exchanges/${id}`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  expect(response.status).toBe(200)
  return response.json()
}

describe('an error of the built worker', { timeout: 40_000 }, () => {
  it('is explained to an operator of any isolate within seconds, by its correlation id', async () => {
    const unavailable = `wire-${crypto.randomUUID()}`
    const limited = `wire-${crypto.randomUUID()}`
    const subject = `auth0|${crypto.randomUUID()}`
    const statuses = [
      await ask(lonely, unavailable, subject),
      await ask(narrow, `wire-${crypto.randomUUID()}`, `${subject}-2`),
      await ask(narrow, limited, `${subject}-2`),
    ]

    expect(statuses).toEqual([503, 200, 429])
    await expect.poll(async () => (await lookUp(unavailable)).exchanges, SOON).toHaveLength(1)
    const told = await lookUp(unavailable)
    expect(told).toMatchObject({
      correlationId: unavailable,
      exchanges: [
        {
          correlationId: unavailable,
          status: 503,
          code: 'SERVICE_UNAVAILABLE',
          decidedBy: { step: 'forward', rule: 'upstream unreachable' },
          caller: { kind: 'user', tier: 'free', subject: expect.stringMatching(/^[0-9a-f]{16}$/) },
          upstream: { failure: 'unreachable' },
          readings: { source: 'store' },
        },
      ],
    })
    await expect.poll(async () => (await lookUp(limited)).exchanges, SOON).toHaveLength(1)
    const refused = await lookUp(limited)
    expect(refused.exchanges[0]).toMatchObject({
      status: 429,
      code: 'RATE_LIMIT_EXCEEDED_USER',
      decidedBy: { step: 'meter', limit: 'user:60' },
      readings: { limit: 1, remaining: 0 },
    })
    const validate = judge.getSchema('openapi#/components/schemas/Exchanges')
    expect([validate?.(told), validate?.(refused), validate?.errors ?? []]).toEqual([
      true,
      true,
      [],
    ])
  })

  it('has an id of its own where a correlation id repeats, and the newest 20 are shown', async () => {
    const repeated = `wire-${crypto.randomUUID()}`
    const twice = `wire-${crypto.randomUUID()}`
    const subject = `auth0|${crypto.randomUUID()}`
    for (let i = 0; i < 22; i += 1) await ask(lonely, repeated, subject)
    await ask(lonely, twice, subject)
    await ask(lonely, twice, subject)

    await expect.poll(async () => (await lookUp(twice)).exchanges, SOON).toHaveLength(2)
    const { exchanges } = await lookUp(twice)
    const [last, first] = exchanges
    expect(last.id).not.toBe(first.id)
    expect(last.time >= first.time).toBe(true)
    expect((await lookUp(repeated)).exchanges).toHaveLength(20)
    expect(await lookUp(first.id)).toEqual({ correlationId: twice, exchanges: [first] })
  })
})
