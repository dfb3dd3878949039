import { describe, expect, it } from 'vitest'
import { SubjectsWithFallback } from '../../src/adapters/subjects.ts'
import type { Charge } from '../../src/policy/charge.ts'
import { addressWith } from '../support/charges.ts'
import { testGateway } from '../support/gateway.ts'
import { MemorySubjects } from '../support/memory-subjects.ts'

const someAddress = addressWith([60, 100_000])

/** A store that can be sent away and called back. */
function storeThatFails() {
  const store = {
    away: true,
    asked: 0,
    counts: new MemorySubjects(),
    recall: () => undefined,
    isRevoked: () => false,
    async charge(charge: Charge) {
      store.asked += 1
      if (store.away) throw new Error('connect ECONNREFUSED, command was: ["evalsha","…"]')
      return store.counts.charge(charge)
    },
  }
  const records: Readonly<Record<string, unknown>>[] = []
  const background: Promise<unknown>[] = []
  const subjects = new SubjectsWithFallback(
    store,
    { write: (record) => void records.push(record) },
    (work) => void background.push(work),
  )
  return { store, subjects, records, settled: () => Promise.all(background) }
}

describe('with the store away', () => {
  it('goes on counting in the isolate, at a quarter of the limit', async () => {
    const { subjects } = storeThatFails()
    const gateway = await testGateway({ subjects })
    const token = await gateway.mint({ tier: 'free' })

    const answers = await Promise.all(
      Array.from({ length: 40 }, () => gateway.get('/tunnels', { token })),
    )

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(25)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
    expect(answers[0]?.headers.get('X-RateLimit-Limit')).toBe('25')
    expect(answers[0]?.headers.get('X-RateLimit-Remaining')).toBe('24')
  })

  it.each([
    ['credentials', '/auth/token/refresh', {}],
    ['administration', '/admin/users', { roles: ['super_admin'] }],
  ])(
    'answers CACHE_UNAVAILABLE where a guess is worse than a wait: %s',
    async (_, path, claims) => {
      const { subjects } = storeThatFails()
      const gateway = await testGateway({ subjects })
      const method = path.startsWith('/auth') ? 'POST' : 'GET'

      const answer = await gateway.ask(path, { method, token: await gateway.mint(claims) })

      expect(answer.status).toBe(503)
      expect(answer.error.code).toBe('CACHE_UNAVAILABLE')
      expect(answer.headers.get('Retry-After')).toBe('5')
      expect(Number(answer.headers.get('X-RateLimit-Limit'))).toBeGreaterThan(0)
      expect(gateway.received).toEqual([])
    },
  )

  it('charges nobody for what it answers CACHE_UNAVAILABLE', async () => {
    const { subjects } = storeThatFails()
    const gateway = await testGateway({ subjects })
    const token = await gateway.mint({ roles: ['super_admin'] })
    for (let i = 0; i < 30; i += 1) await gateway.get('/admin/users', { token })

    const { status, headers } = await gateway.get('/tunnels', { token })

    expect(status).toBe(200)
    expect(headers.get('X-RateLimit-Remaining')).toBe('24')
  })

  it('admits no more than a quarter though the store answers now and then', async () => {
    const { store, subjects } = storeThatFails()
    store.charge = async (charge: Charge) => {
      store.asked += 1
      if (store.asked % 2 === 0) throw new Error('now and then')
      return store.counts.charge(charge)
    }
    const gateway = await testGateway({
      subjects,
      settings: { LIMITS: '{"ip":{"minute":100000}}' },
    })
    const token = await gateway.mint({ tier: 'free' })
    let admitted = 0
    for (let i = 0; i < 500; i += 1) {
      if ((await gateway.get('/tunnels', { token })).status === 200) admitted += 1
    }

    expect(admitted).toBeLessThanOrEqual(100 + 25)
  })

  it('holds no count of one outage against anyone in the next', async () => {
    const { store, subjects, settled } = storeThatFails()
    const gateway = await testGateway({ subjects })
    for (let i = 0; i < 10; i += 1) await gateway.get('/health')
    store.away = false
    gateway.pass(1_001)
    await gateway.get('/health')
    await settled()
    store.away = true

    const { headers } = await gateway.get('/health')

    expect(headers.get('X-RateLimit-Limit')).toBe('250')
    expect(headers.get('X-RateLimit-Remaining')).toBe('249')
  })

  it('leaves the store alone after three failures, but for one probe a second', async () => {
    const { store, subjects } = storeThatFails()
    const gateway = await testGateway({ subjects })
    for (let i = 0; i < 50; i += 1) {
      await gateway.get('/health', { from: `203.0.113.${i}` })
      gateway.pass(100)
    }

    expect(store.asked).toBeGreaterThan(3)
    expect(store.asked).toBeLessThanOrEqual(3 + 5)
  })

  it('notices within a second that the store is back, and counts there again', async () => {
    const { store, subjects, records, settled } = storeThatFails()
    const gateway = await testGateway({ subjects })
    for (let i = 0; i < 5; i += 1) await gateway.get('/health')
    store.away = false
    gateway.pass(1_001)
    await gateway.get('/health')
    await settled()

    const answer = await gateway.get('/health')

    expect(answer.headers.get('X-RateLimit-Limit')).toBe('1000')
    expect(gateway.records.at(-1)).toMatchObject({ counted: 'store' })
    expect(records.map(({ event }) => event)).toEqual(['store.away', 'store.back'])
  })

  it('does not take a remembered refusal for a sign of life', async () => {
    const refused = { address: { subject: 'ip:x', windows: [] }, cost: 1, now: 0 }
    let asked = 0
    const subjects = new SubjectsWithFallback(
      {
        recall: () => undefined,
        isRevoked: () => false,
        async charge(charge: Charge) {
          if (charge.cost === 7)
            return {
              ...(await new MemorySubjects().charge({ ...charge, address: someAddress })),
              source: 'memory',
            }
          asked += 1
          throw new Error('away')
        },
      },
      { write: () => undefined },
      () => undefined,
    )
    for (let i = 0; i < 20; i += 1) {
      await subjects.charge({ ...refused, address: someAddress })
      await subjects.charge({ ...refused, address: someAddress, cost: 7 })
    }

    expect(asked).toBe(3)
  })

  it('keeps the text of the store’s errors out of the log', async () => {
    const { subjects, records } = storeThatFails()
    const gateway = await testGateway({ subjects })
    for (let i = 0; i < 5; i += 1) await gateway.get('/health')

    expect(records).toEqual([{ event: 'store.away', reason: 'unreachable' }])
    expect(gateway.records.at(-1)).toMatchObject({ counted: 'isolate' })
  })
})
