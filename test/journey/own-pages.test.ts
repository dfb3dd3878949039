import { describe, expect, it } from 'vitest'
import type { DependencyState } from '../../src/ports.ts'
import { testGateway } from '../support/gateway.ts'

const up: DependencyState = { state: 'up', latencyMs: 3 }
const down: DependencyState = { state: 'down', latencyMs: 2_000 }

describe('/_gateway/health', () => {
  it('is alive whoever else is not, and costs nothing', async () => {
    const gateway = await testGateway({ settings: { LIMITS: '{"ip":{"minute":1}}' } })
    await gateway.get('/health')

    const answers = await Promise.all([1, 2, 3].map(() => gateway.get('/_gateway/health')))

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers.map(({ text }) => text)).toEqual(Array(3).fill('{"status":"ok"}'))
  })

  it('says which version answers, where the platform tells', async () => {
    const gateway = await testGateway({ version: '7f8e4c1a-5f0b-4f0e-9a51-3c6d1e2b4a90' })

    const { text } = await gateway.get('/_gateway/health')

    expect(JSON.parse(text)).toEqual({
      status: 'ok',
      version: '7f8e4c1a-5f0b-4f0e-9a51-3c6d1e2b4a90',
    })
  })

  it('stands beside any other route table', async () => {
    const gateway = await testGateway({ settings: { ROUTES: '[{"path":"/*","access":"admin"}]' } })

    expect((await gateway.get('/_gateway/health')).status).toBe(200)
  })
})

describe('/_gateway/ready', () => {
  const cases = [
    ['everything is up', { store: up, keys: up, upstream: up }, 200, 'ready'],
    ['the store is away', { store: down, keys: up, upstream: up }, 200, 'degraded'],
    ['the keys are away', { store: up, keys: down, upstream: up }, 503, undefined],
    ['the upstream is away', { store: up, keys: up, upstream: down }, 503, undefined],
  ] as const

  it.each(cases)('says so when %s', async (_, dependencies, status, word) => {
    const gateway = await testGateway({ readiness: { check: async () => dependencies } })

    const answer = await gateway.get('/_gateway/ready')

    const body = JSON.parse(answer.text)
    expect(answer.status).toBe(status)
    expect(body.status).toBe(word)
    expect(body.dependencies ?? body.error.details.dependencies).toEqual(dependencies)
    expect(body.error?.code).toBe(status === 503 ? 'SERVICE_UNAVAILABLE' : undefined)
  })

  it('is counted against its address', async () => {
    const gateway = await testGateway({
      settings: { LIMITS: '{"ip":{"minute":1}}' },
      readiness: { check: async () => ({ store: up, keys: up, upstream: up }) },
    })
    await gateway.get('/_gateway/ready')

    expect((await gateway.get('/_gateway/ready')).error.code).toBe('RATE_LIMIT_EXCEEDED_IP')
  })
})

describe('/_gateway/assets', () => {
  it('has what pages load, in the frame of every answer', async () => {
    const gateway = await testGateway()

    const { status, headers, text } = await gateway.get('/_gateway/assets/icon.svg')

    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toBe('image/svg+xml')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Cache-Control')).toBe('private, max-age=300')
    expect(headers.get('X-RateLimit-Remaining')).toBe('999')
    expect(text).toContain('<svg')
  })

  it('is counted against its address', async () => {
    const gateway = await testGateway({ settings: { LIMITS: '{"ip":{"minute":1}}' } })
    await gateway.get('/_gateway/assets/icon.svg')

    const { error } = await gateway.get('/_gateway/assets/icon.svg')

    expect(error.code).toBe('RATE_LIMIT_EXCEEDED_IP')
  })

  it.each(['nothing.css', 'icon', '.svg', '~icon.svg', '', 'errors'])(
    'has nothing called "%s"',
    async (name) => {
      const gateway = await testGateway()

      expect((await gateway.get(`/_gateway/assets/${name}`)).error.code).toBe('NOT_FOUND')
    },
  )

  it.each(['..%2f..%2fwrangler.toml', '%2e%2e', '..%5cindex.js'])(
    'leads nowhere else: %s',
    async (name) => {
      const gateway = await testGateway()

      const { status, text } = await gateway.get(`/_gateway/assets/${name}`)

      expect([400, 404]).toContain(status)
      expect(JSON.parse(text).error.category).toMatch(/^(validation|not_found)$/)
    },
  )
})
