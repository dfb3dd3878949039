import { describe, expect, it } from 'vitest'
import type { Charge, Verdict } from '../../src/policy/charge.ts'
import { AWAY, START, testGateway } from '../support/gateway.ts'

const withLimits = (limits: object) => ({ settings: { LIMITS: JSON.stringify(limits) } })

describe('queueing', () => {
  const limits = { tiers: { free: { '4': 1 }, premium: { '4': 1 }, enterprise: { '4': 1 } } }

  it.each([
    ['free', 3_500, 429],
    ['premium', 1_900, 429],
    ['premium', 2_100, 200],
    ['enterprise', 100, 200],
  ] as const)('of the %s tier, %i ms into a window of 4 s: %i', async (tier, passed, status) => {
    const gateway = await testGateway(withLimits(limits))
    const token = await gateway.mint({ tier })
    await gateway.get('/tunnels', { token })
    gateway.pass(passed)

    const answer = await gateway.get('/tunnels', { token })

    expect(answer.status).toBe(status)
    expect(answer.headers.get('X-RateLimit-Queued')).toBe(
      status === 200 ? String(4_000 - passed) : null,
    )
  })

  it('is not for the allowance, whose window may end as soon', async () => {
    const gateway = await testGateway(withLimits({ tiers: { premium: { month: 1 } } }))
    const token = await gateway.mint({ tier: 'premium' })
    await gateway.get('/tunnels', { token })
    gateway.pass(2_592_000_000 - 1_000)

    const answer = await gateway.get('/tunnels', {
      token: await gateway.mint({ tier: 'premium' }),
    })

    expect(answer.error.code).toBe('QUOTA_EXCEEDED')
  })

  it('holds no more than the window has room for', async () => {
    const gateway = await testGateway(withLimits({ tiers: { premium: { '2': 3 } } }))
    const token = await gateway.mint({ tier: 'premium' })
    for (let i = 0; i < 3; i += 1) await gateway.get('/tunnels', { token })

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => gateway.get('/tunnels', { token })),
    )

    const queued = answers.filter(({ headers }) => headers.has('X-RateLimit-Queued'))
    expect(queued.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429])
  })

  it('lasts as long as LIMITS says', async () => {
    const gateway = await testGateway(withLimits({ ...limits, queueSeconds: { free: 4 } }))
    const token = await gateway.mint({ tier: 'free' })
    await gateway.get('/tunnels', { token })

    const answer = await gateway.get('/tunnels', { token })

    expect(answer.headers.get('X-RateLimit-Queued')).toBe('4000')
  })
})

describe('requests in flight', () => {
  /** An upstream whose answers stream until they are ended, on the runtime's own streams as fetched ones do. */
  function streaming() {
    const open: WritableStreamDefaultWriter[] = []
    const upstream = () => {
      const { readable, writable } = new IdentityTransformStream()
      const writer = writable.getWriter()
      writer.write(new TextEncoder().encode('data: 1\n\n')).catch(() => undefined)
      open.push(writer)
      return new Response(readable)
    }
    return { upstream, end: () => open.shift()?.close() }
  }

  it('are bounded until a body has ended', async () => {
    const { upstream, end } = streaming()
    const gateway = await testGateway({ upstream, ...withLimits({ concurrency: { free: 2 } }) })
    const token = await gateway.mint()
    const first = await gateway.open('/tunnels', { token })
    await gateway.open('/tunnels', { token })

    const refused = await gateway.get('/tunnels', { token })
    end()
    await first.text()
    await scheduler.wait(5)
    const admitted = await gateway.open('/tunnels', { token })

    expect(refused.status).toBe(429)
    expect(refused.error).toMatchObject({
      code: 'RATE_LIMIT_EXCEEDED_USER',
      details: { retryAfter: 1, reason: 'concurrency' },
    })
    expect(refused.headers.get('X-RateLimit-Limit')).not.toBeNull()
    expect(admitted.status).toBe(200)
  })

  it('end with an error as with an answer', async () => {
    const gateway = await testGateway({
      upstream: () => new Response('', { status: 500 }),
      ...withLimits({ concurrency: { free: 1 } }),
    })
    const token = await gateway.mint()

    const answers = [
      await gateway.get('/tunnels', { token }),
      await gateway.get('/tunnels', { token }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([500, 500])
  })

  it('end with the answer to a HEAD, good or not', async () => {
    const gateway = await testGateway({
      upstream: () => new Response('not here', { status: 404 }),
      ...withLimits({ concurrency: { free: 1 } }),
    })
    const token = await gateway.mint()
    for (let i = 0; i < 3; i += 1) await gateway.ask('/tunnels', { method: 'HEAD', token })

    expect((await gateway.get('/tunnels', { token })).status).toBe(404)
  })

  it('end with the header where short JSON was held back until it was whole', async () => {
    const gateway = await testGateway({
      upstream: () => Response.json({ tunnels: [] }),
      ...withLimits({ concurrency: { free: 1 } }),
    })
    const token = await gateway.mint()
    await gateway.open('/tunnels', { token })

    expect((await gateway.open('/tunnels', { token })).status).toBe(200)
  })

  it('of one user are not those of another', async () => {
    const { upstream } = streaming()
    const gateway = await testGateway({ upstream, ...withLimits({ concurrency: { free: 1 } }) })
    await gateway.open('/tunnels', { token: await gateway.mint({ subject: 'alice' }) })

    const bob = await gateway.open('/tunnels', { token: await gateway.mint({ subject: 'bob' }) })

    expect(bob.status).toBe(200)
  })

  it.each([
    ['free', 10],
    ['premium', 50],
    ['enterprise', 200],
  ] as const)('of the %s tier are at most %i at once', async (tier, most) => {
    const { upstream } = streaming()
    const gateway = await testGateway({ upstream })
    const token = await gateway.mint({ tier })

    const answers = await Promise.all(
      Array.from({ length: most + 1 }, () => gateway.open('/tunnels', { token })),
    )

    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(most).fill(200), 429])
  })

  it('show in the headers of the refusal what its body says', async () => {
    const { upstream } = streaming()
    const gateway = await testGateway({ upstream, ...withLimits({ concurrency: { free: 1 } }) })
    const token = await gateway.mint()
    await gateway.open('/tunnels', { token })

    const { headers, error } = await gateway.get('/tunnels', { token })

    expect(error.details).toEqual({ retryAfter: 1, reason: 'concurrency' })
    expect(headers.get('Retry-After')).toBe('1')
    expect(headers.get('X-RateLimit-Limit')).toBe('1')
    expect(headers.get('X-RateLimit-Remaining')).toBe('0')
    expect(headers.get('X-RateLimit-Reset')).toBe(String(gateway.now() / 1000 + 1))
    expect(headers.get('RateLimit-Policy')).toBe('"concurrency";q=1;qu="concurrent-requests"')
    expect(headers.get('RateLimit')).toBe('"concurrency";r=0;t=1')
  })

  it.each(['/auth/logout', '/api/auth/logout', '/auth/token/refresh'])(
    'do not keep their user from %s',
    async (path) => {
      const { upstream } = streaming()
      const gateway = await testGateway({
        upstream: (request) =>
          request.method === 'POST' ? new Response(null, { status: 204 }) : upstream(),
        records: { ...AWAY, signOut: async () => true },
        ...withLimits({ concurrency: { free: 1 } }),
      })
      const token = await gateway.mint()
      await gateway.open('/tunnels', { token })

      const answer = await gateway.ask(path, { method: 'POST', token })

      expect(answer.status).toBe(204)
      expect(gateway.received.at(-1)?.headers.get('X-User-Id')).not.toBeNull()
    },
  )

  it('that other isolates report are waited for half a second, then refused', async () => {
    const reading = { limit: 10, remaining: 0, resetAt: START + 1_000 }
    const busy = {
      outcome: 'busy',
      reading,
      addressReading: reading,
      shadowed: [],
      exempt: false,
      source: 'store',
    }
    const outcomes = ['busy', 'admitted', 'busy', 'busy'] as const
    let asked = 0
    const subjects = {
      recall: () => undefined,
      isRevoked: () => false,
      charge: async () => ({ ...busy, outcome: outcomes[asked++] ?? 'busy' }) as Verdict,
    }
    const gateway = await testGateway({ subjects })
    const token = await gateway.mint()

    const gone = await gateway.get('/tunnels', { token })
    const stillThere = await gateway.get('/tunnels', { token })

    expect(gone.status).toBe(200)
    expect(gone.headers.get('X-RateLimit-Queued')).toBe('550')
    expect(stillThere.error.details).toEqual({ retryAfter: 1, reason: 'concurrency' })
    expect(asked).toBe(4)
  })

  it('of this isolate are counted anew when a held request is judged again', async () => {
    const release = Promise.withResolvers<Response>()
    const told: (number | undefined)[] = []
    const busyReading = { limit: 10, remaining: 0, resetAt: START + 1_000 }
    const subjects = {
      recall: () => undefined,
      isRevoked: () => false,
      async charge({ caller }: Charge): Promise<Verdict> {
        told.push(caller?.concurrency?.inFlight)
        const readings = { reading: busyReading, addressReading: busyReading }
        const verdict = { ...readings, shadowed: [], exempt: false, source: 'store' } as const
        if (told.length !== 2) return { ...verdict, outcome: 'admitted' }
        release.resolve(new Response(null, { status: 204 }))
        await first
        return { ...verdict, outcome: 'busy', subject: 'user:x' }
      },
    }
    const gateway = await testGateway({ subjects, upstream: () => release.promise })
    const token = await gateway.mint()
    const first = gateway.get('/tunnels', { token })
    await expect.poll(() => gateway.received.length).toBe(1)

    await gateway.get('/tunnels', { token })

    expect(told).toEqual([1, 2, 1])
  })

  it('of a burst wait their turn while the ones before are answered', async () => {
    const gateway = await testGateway({
      upstream: async () => {
        await scheduler.wait(20)
        return new Response('[]', { headers: { 'Content-Length': '2' } })
      },
      ...withLimits({ concurrency: { free: 2 } }),
    })
    const token = await gateway.mint()

    const answers = await Promise.all(
      Array.from({ length: 12 }, () => gateway.get('/tunnels', { token })),
    )

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })
})

describe('a limit in the shadow', () => {
  it('refuses nobody, shows in no header, and tells the log what it would have refused', async () => {
    const gateway = await testGateway(
      withLimits({ tiers: { free: { '10': { limit: 1, shadow: true } } } }),
    )
    const token = await gateway.mint()

    const answers = [
      await gateway.get('/tunnels', { token }),
      await gateway.get('/tunnels', { token }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers.map(({ headers }) => headers.get('X-RateLimit-Limit'))).toEqual(['100', '100'])
    expect(gateway.records.map(({ shadowed }) => shadowed)).toEqual([undefined, ['10']])
  })
})
