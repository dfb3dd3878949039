import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startIssuer } from '../../scripts/issuer.ts'
import { startStore } from '../../scripts/store/bridge.ts'
import { neverRelayed } from '../../scripts/upstream/secrets.ts'
import { startUpstream } from '../../scripts/upstream/server.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld({ UPSTREAM_TIMEOUT_MS: '1000', STORE_TIMEOUT_MS: '300' })
})
afterAll(() => world.stop())

async function codeOf(response: Response): Promise<string | undefined> {
  const text = await response.text()
  return response.status >= 400 ? JSON.parse(text).error.code : undefined
}

/** Accepts connections and never says a word. */
async function silentServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const sockets = new Set<{ destroy(): void }>()
  const server: Server = createServer((socket) => void sockets.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('an upstream that fails at the wire', () => {
  it.each([
    ['GET', 'reset', 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['GET', 'empty', 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['GET', 'garbage', 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['GET', 'hang', 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['POST', 'reset', 'SERVICE_ERROR'],
    ['POST', 'hang', 'SERVICE_ERROR'],
  ])('%s, %s: %s', async (method, how, code) => {
    const response = await fetch(`${world.gateway.url}/demo/errors/23?how=${how}`, {
      method,
      ...(method === 'POST' && { body: '{}' }),
    })

    const text = await response.text()
    expect(JSON.parse(text).error.code).toBe(code)
    expect(response.headers.has('Retry-After')).toBe(code !== 'SERVICE_ERROR')
    expect(response.headers.get('X-RateLimit-Limit')).toBe('1000')
    expect(response.headers.get('X-Correlation-ID')).toBe(JSON.parse(text).error.correlationId)
  })

  it('is SERVICE_UNAVAILABLE with Retry-After once it is gone, and fine once it is back', async () => {
    const upstream = await startUpstream({})
    const gateway = await world.another({ UPSTREAM_URL: upstream.url })
    const before = await fetch(`${gateway.url}/demo/echo`)
    await upstream.stop()

    const gone = await fetch(`${gateway.url}/demo/echo`)
    const posted = await fetch(`${gateway.url}/demo/echo`, { method: 'POST', body: 'x' })
    const again = await startUpstream({ port: Number(new URL(upstream.url).port) })
    const after = await fetch(`${gateway.url}/demo/echo`)
    await again.stop()

    expect([before.status, gone.status, posted.status, after.status]).toEqual([200, 503, 500, 200])
    expect(gone.headers.get('Retry-After')).toBe('5')
    expect(await codeOf(gone)).toBe('SERVICE_UNAVAILABLE')
    expect(await codeOf(posted)).toBe('SERVICE_ERROR')
  })

  it.each(Array.from({ length: 29 }, (_, index) => index + 1))(
    'leaks nothing of its own in shape %i',
    async (shape) => {
      const how = shape === 23 ? '?how=empty' : ''
      const response = await fetch(`${world.gateway.url}/demo/errors/${shape}${how}`, {
        redirect: 'manual',
      })

      const seen = JSON.stringify([...response.headers]) + (await response.text())
      const leaked =
        response.status >= 500 ? neverRelayed.filter((text) => seen.includes(text)) : []
      expect(leaked).toEqual([])
    },
  )
})

describe('a store that fails at the wire', () => {
  it('killed and brought back under load causes no 5xx, and counting resumes', async () => {
    const port = Number(new URL(world.store.url).port)
    const token = await world.issuer.mint({ subject: crypto.randomUUID(), tier: 'enterprise' })
    // An address of its own: one that others have kept busy could be the tighter reading.
    const headers = { Authorization: `Bearer ${token}`, 'CF-Connecting-IP': '203.0.113.77' }
    const ask = () => fetch(`${world.gateway.url}/tunnels`, { headers })
    const statuses: number[] = []
    const burst = async (times: number) => {
      for (const response of await Promise.all(Array.from({ length: times }, ask))) {
        statuses.push(response.status)
        await response.text()
      }
    }

    await burst(20)
    await world.store.stop()
    await burst(20)
    await burst(20)
    const away = await ask()
    const store = await startStore({ token: world.store.token, port, engine: 'embedded' })
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    await ask()
    await new Promise((resolve) => setTimeout(resolve, 200))
    const back = await ask()
    const next = await ask()
    await store.stop()

    expect(statuses.filter((status) => status !== 200)).toEqual([])
    expect(away.headers.get('X-RateLimit-Limit')).toBe('250')
    expect(back.headers.get('X-RateLimit-Limit')).toBe('1000')
    expect(Number(back.headers.get('X-RateLimit-Remaining'))).toBe(
      Number(next.headers.get('X-RateLimit-Remaining')) + 1,
    )
  })

  it('that hangs is waited for no longer than its time-out', async () => {
    const silent = await silentServer()
    const gateway = await world.another({
      UPSTASH_REDIS_REST_URL: silent.url,
      STORE_TIMEOUT_MS: '300',
    })
    const admin = await world.issuer.mint({ roles: ['super_admin'] })
    const startedAt = Date.now()

    const admitted = await fetch(`${gateway.url}/demo/echo`)
    const elapsed = Date.now() - startedAt
    const refused = await fetch(`${gateway.url}/admin/users`, {
      headers: { Authorization: `Bearer ${admin}` },
    })
    await silent.stop()

    expect(admitted.status).toBe(200)
    expect(elapsed).toBeGreaterThanOrEqual(290)
    expect(elapsed).toBeLessThan(1_500)
    expect(await codeOf(refused)).toBe('CACHE_UNAVAILABLE')
    expect(refused.headers.get('Retry-After')).toBe('5')
  })
})

describe('an issuer that fails at the wire', () => {
  it.each(['down', 'html', 'empty', 'malformed', 'error'] as const)(
    'while the isolate is cold is a 503, never a 401: %s',
    async (mode) => {
      const issuer = await startIssuer({})
      const token = await issuer.mint({})
      issuer.fail(mode)
      const gateway = await world.another({ JWT_ISSUER: issuer.issuer })

      const response = await fetch(`${gateway.url}/tunnels`, {
        headers: { Authorization: `Bearer ${token}` },
      })
      await issuer.stop()

      expect(response.status).toBe(503)
      expect(await codeOf(response)).toBe('EXTERNAL_SERVICE_UNAVAILABLE')
    },
  )

  it('is asked once by twenty requests of a cold isolate', async () => {
    const issuer = await startIssuer({})
    const token = await issuer.mint({ tier: 'enterprise' })
    const gateway = await world.another({ JWT_ISSUER: issuer.issuer })

    const responses = await Promise.all(
      Array.from({ length: 20 }, () =>
        fetch(`${gateway.url}/tunnels`, { headers: { Authorization: `Bearer ${token}` } }),
      ),
    )
    const { requests } = issuer
    await issuer.stop()

    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(requests).toBe(1)
  })
})
