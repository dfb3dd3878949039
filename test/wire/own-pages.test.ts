import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startIssuer } from '../../scripts/issuer.ts'
import { startUpstream } from '../../scripts/upstream/server.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.stop())

const NOWHERE = 'http://127.0.0.1:9'

async function readiness(changes: Record<string, string>) {
  const gateway = await world.another(changes)
  const response = await fetch(`${gateway.url}/_gateway/ready`)
  const body = await response.json()
  const { store, keys, upstream } = body.dependencies ?? body.error.details.dependencies
  return { status: response.status, states: [store.state, keys.state, upstream.state] }
}

describe('/_gateway/ready asks who is there', () => {
  it.each([
    ['all of them', {}, 200, ['up', 'up', 'up']],
    ['no store', { UPSTASH_REDIS_REST_URL: NOWHERE }, 200, ['down', 'up', 'up']],
    ['a store that does not know us', { UPSTASH_REDIS_REST_TOKEN: 'x' }, 200, ['down', 'up', 'up']],
    ['no issuer', { JWT_ISSUER: `${NOWHERE}/` }, 503, ['up', 'down', 'up']],
    ['no upstream', { UPSTREAM_URL: NOWHERE }, 503, ['up', 'up', 'down']],
  ])('%s', async (_, changes, status, states) => {
    expect(await readiness(changes)).toEqual({ status, states })
  })

  it('an issuer whose discovery document is another’s', async () => {
    const issuer = await startIssuer({})
    const alias = issuer.issuer.replace('127.0.0.1', 'localhost')

    const { states } = await readiness({ JWT_ISSUER: alias })
    await issuer.stop()

    expect(states).toEqual(['up', 'down', 'up'])
  })
})

describe('/_gateway/health', () => {
  it('is there when nobody else is', async () => {
    const gateway = await world.another({
      UPSTREAM_URL: NOWHERE,
      UPSTASH_REDIS_REST_URL: NOWHERE,
      JWT_ISSUER: `${NOWHERE}/`,
    })

    const response = await fetch(`${gateway.url}/_gateway/health`)

    expect(response.status).toBe(200)
    expect(await response.text()).toBe('{"status":"ok"}')
  })
})

describe('wrong settings', () => {
  it('are answered CONFIGURATION_ERROR, and listed in the log alone', async () => {
    const gateway = await world.another({ UPSTREAM_URL: 'nowhere', LIMITS: '{"ip":{"minute":-1}}' })

    const response = await fetch(`${gateway.url}/tunnels`)
    const text = await response.text()

    expect(response.status).toBe(500)
    expect(JSON.parse(text).error.code).toBe('CONFIGURATION_ERROR')
    expect(text).not.toContain('UPSTREAM_URL')
    expect(response.headers.get('X-RateLimit-Limit')).toBe('1000')
    await expect.poll(() => gateway.log()).toContain('LIMITS.ip.minute: must be at least 1')
    expect(gateway.log()).toContain('UPSTREAM_URL: must be an http(s) URL')
  })
})

describe('a base path of the upstream', () => {
  it('stands before every path', async () => {
    const upstream = await startUpstream({})
    const gateway = await world.another({ UPSTREAM_URL: `${upstream.url}/api/` })

    await fetch(`${gateway.url}/demo/echo?a=1`)
    const [received] = upstream.received
    await upstream.stop()

    expect(received?.url).toBe('/api/demo/echo?a=1')
  })
})

describe('the files of the pages', () => {
  it('are served by plain workerd from where the build has left them', async () => {
    const answer = await fetch(`${world.gateway.url}/_gateway/assets/icon.svg`)

    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toBe('image/svg+xml')
    expect(await answer.text()).toContain('<svg')
  })

  it.each(['/assets/icon.svg', '/icon.svg', '/_gateway/assets/', '/_gateway/assets'])(
    'are nowhere else: %s',
    async (path) => {
      const answer = await fetch(`${world.gateway.url}${path}`)

      expect(answer.status).toBe(404)
      expect((await answer.json()).error.code).toBe('NOT_FOUND')
    },
  )
})
