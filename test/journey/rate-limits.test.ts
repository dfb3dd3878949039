import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

const LIMITS = (limits: object) => ({ settings: { LIMITS: JSON.stringify(limits) } })

describe('rate limits', () => {
  it('tell a refused user when to come back', async () => {
    const gateway = await testGateway(LIMITS({ tiers: { free: { minute: 1 } } }))
    const token = await gateway.mint({ tier: 'free' })
    await gateway.get('/tunnels', { token })

    const answer = await gateway.get('/tunnels', { token })

    expect(answer.status).toBe(429)
    expect(answer.error).toMatchObject({
      code: 'RATE_LIMIT_EXCEEDED_USER',
      category: 'rate_limit',
      details: { retryAfter: 60 },
    })
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('1')
    expect(answer.headers.get('X-RateLimit-Remaining')).toBe('0')
    expect(answer.headers.get('X-RateLimit-Reset')).toBe(String(gateway.now() / 1000 + 60))
  })

  it('admit a client that waited exactly as long as it was told, and not a second earlier', async () => {
    const gateway = await testGateway(LIMITS({ tiers: { free: { minute: 1 } } }))
    const token = await gateway.mint()
    await gateway.get('/tunnels', { token })
    gateway.pass(17_300)
    const refused = await gateway.get('/tunnels', { token })
    const waitMs = Number(refused.headers.get('Retry-After')) * 1000

    gateway.pass(waitMs - 1_000)
    const early = await gateway.get('/tunnels', { token })
    gateway.pass(1_000)
    const onTime = await gateway.get('/tunnels', { token })

    expect(waitMs).toBe(43_000)
    expect([early.status, onTime.status]).toEqual([429, 200])
  })

  it('answer QUOTA_EXCEEDED over the 30-day allowance', async () => {
    const gateway = await testGateway(LIMITS({ tiers: { free: { month: 1 } } }))
    const token = await gateway.mint()
    await gateway.get('/tunnels', { token })

    const answer = await gateway.get('/tunnels', { token })

    expect(answer.error).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      details: { retryAfter: 2_592_000 },
    })
  })

  it('answer RATE_LIMIT_EXCEEDED_IP to an address, whatever its token', async () => {
    const gateway = await testGateway(LIMITS({ ip: { minute: 2 } }))
    await gateway.get('/tunnels', { token: 'no.such.token' })
    await gateway.get('/tunnels')

    const answer = await gateway.get('/tunnels', { token: await gateway.mint() })

    expect(answer.error.code).toBe('RATE_LIMIT_EXCEEDED_IP')
  })

  it('count a denied request against its address and no user', async () => {
    const gateway = await testGateway(LIMITS({ ip: { minute: 3 }, tiers: { free: { minute: 1 } } }))
    const token = await gateway.mint()
    await gateway.get('/admin/users', { token })
    await gateway.get('/nowhere', { token })

    const answer = await gateway.get('/tunnels', { token })
    const next = await gateway.get('/tunnels', { token: await gateway.mint({ subject: 'bob' }) })

    expect(answer.status).toBe(200)
    expect(next.error.code).toBe('RATE_LIMIT_EXCEEDED_IP')
  })

  it('count one user from many addresses together, and many users of one address apart', async () => {
    const gateway = await testGateway(LIMITS({ tiers: { free: { minute: 1 } } }))
    const alice = await gateway.mint({ subject: 'alice' })
    const bob = await gateway.mint({ subject: 'bob' })
    await gateway.get('/tunnels', { token: alice, from: '203.0.113.1' })

    const aliceElsewhere = await gateway.get('/tunnels', { token: alice, from: '203.0.113.2' })
    const bobThere = await gateway.get('/tunnels', { token: bob, from: '203.0.113.1' })

    expect([aliceElsewhere.status, bobThere.status]).toEqual([429, 200])
  })

  it('hold a route to its own narrower limit', async () => {
    const gateway = await testGateway(LIMITS({ routes: { bridgeRegister: { '900': 1 } } }))
    const token = await gateway.mint()
    await gateway.ask('/bridge-polling/register', { method: 'POST', token })

    const refused = await gateway.ask('/bridge-polling/register', { method: 'POST', token })
    const elsewhere = await gateway.get('/tunnels', { token })

    expect(refused.error).toMatchObject({
      code: 'RATE_LIMIT_EXCEEDED',
      details: { retryAfter: 900 },
    })
    expect(elsewhere.status).toBe(200)
  })

  it('give each tier its own', async () => {
    const gateway = await testGateway(
      LIMITS({
        ip: { minute: 5_000 },
        tiers: { free: { minute: 1 }, premium: { minute: 2 }, enterprise: { minute: 3 } },
      }),
    )
    const limitOf = async (tier: 'free' | 'premium' | 'enterprise') => {
      const token = await gateway.mint({ subject: tier, tier })
      return (await gateway.get('/tunnels', { token })).headers.get('X-RateLimit-Limit')
    }

    expect([await limitOf('free'), await limitOf('premium'), await limitOf('enterprise')]).toEqual([
      '1',
      '2',
      '3',
    ])
  })
})

describe('rate-limit headers', () => {
  const cases: [what: string, path: string, ask: object, status: number, upstream?: Response][] = [
    ['a success', '/health', {}, 200],
    ['no content', '/health', {}, 204, new Response(null, { status: 204 })],
    [
      'a redirect',
      '/health',
      {},
      307,
      new Response(null, { status: 307, headers: { Location: 'x' } }),
    ],
    ['not modified', '/health', {}, 304, new Response(null, { status: 304 })],
    ['an error of the upstream', '/health', {}, 500, new Response('no', { status: 500 })],
    ['an error of ours', '/tunnels', {}, 401],
    ['an unlisted path', '/nowhere', {}, 404],
    ['a page of ours', '/_gateway/health', {}, 200],
    ['a HEAD request', '/health', { method: 'HEAD' }, 200],
    [
      'a preflight',
      '/tunnels',
      {
        method: 'OPTIONS',
        headers: { Origin: 'https://x.test', 'Access-Control-Request-Method': 'GET' },
      },
      204,
    ],
  ]

  it.each(cases)('stand on %s', async (_, path, ask, status, upstream) => {
    const gateway = await testGateway({ upstream: () => upstream ?? Response.json({}) })

    const answer = await gateway.ask(path, ask)

    expect(answer.status).toBe(status)
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('1000')
    expect(Number(answer.headers.get('X-RateLimit-Remaining'))).toBeGreaterThanOrEqual(999)
    expect(answer.headers.get('X-RateLimit-Reset')).toBe(String(gateway.now() / 1000 + 60))
  })

  it('are ours even where the upstream sends its own', async () => {
    const gateway = await testGateway({
      upstream: () =>
        new Response('{}', {
          headers: {
            'RateLimit-Limit': '1',
            'RateLimit-Policy': '1;w=9',
            'X-RateLimit-Limit': '2',
            'X-RateLimit-Used': '2',
          },
        }),
    })

    const { headers } = await gateway.get('/versions')

    expect(headers.get('X-RateLimit-Limit')).toBe('1000')
    expect(headers.get('RateLimit')).toBe('"60s";r=999;t=60')
    expect(headers.get('RateLimit-Policy')).toBe('"60s";q=1000;w=60')
    expect([...headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([
      'ratelimit',
      'ratelimit-policy',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
    ])
  })

  it('agree with one another, with Retry-After and with the body of a 429', async () => {
    const gateway = await testGateway(LIMITS({ tiers: { free: { minute: 1 } } }))
    const token = await gateway.mint()
    await gateway.get('/tunnels', { token })
    gateway.pass(12_345)

    const { headers, error } = await gateway.get('/tunnels', { token })

    const { retryAfter } = error.details ?? {}
    expect(retryAfter).toBe(48)
    expect(headers.get('Retry-After')).toBe('48')
    expect(headers.get('RateLimit')).toBe('"60s";r=0;t=48')
    expect(Number(headers.get('X-RateLimit-Reset'))).toBe(Math.ceil(gateway.now() / 1000 + 47.655))
  })

  it('show what is not counted the last reading of its address', async () => {
    const gateway = await testGateway()
    await gateway.get('/health')
    await gateway.get('/health')

    const uncounted = await gateway.get('/_gateway/health')
    const stranger = await gateway.get('/_gateway/health', { from: '198.51.100.1' })
    gateway.pass(60_000)
    const later = await gateway.get('/_gateway/health')

    expect(uncounted.headers.get('X-RateLimit-Remaining')).toBe('998')
    expect(stranger.headers.get('X-RateLimit-Remaining')).toBe('1000')
    expect(later.headers.get('X-RateLimit-Remaining')).toBe('1000')
  })

  it('pass on a 429 of the upstream with its Retry-After', async () => {
    const gateway = await testGateway({
      upstream: () => new Response('Too many', { status: 429, headers: { 'Retry-After': '77' } }),
    })

    const answer = await gateway.get('/health')

    expect(answer.error).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', details: { retryAfter: 77 } })
    expect(answer.headers.get('Retry-After')).toBe('77')
    expect(answer.headers.get('X-RateLimit-Remaining')).toBe('0')
    expect(answer.headers.get('X-RateLimit-Reset')).toBe(String(gateway.now() / 1000 + 77))
    expect(answer.headers.get('RateLimit')).toBe('"60s";r=0;t=77')
  })
})
