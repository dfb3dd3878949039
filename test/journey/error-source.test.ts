import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

const upstream = (body: string, status: number) => () => new Response(body, { status })

describe('X-Gateway-Error-Source', () => {
  it('names the gateway where it refused by itself', async () => {
    const gateway = await testGateway()

    const { headers } = await gateway.get('/tunnels')

    expect(headers.get('X-Gateway-Error-Source')).toBe('gateway')
  })

  it.each([
    ['an error with a body', upstream('{"error":"Not found"}', 404)],
    ['an empty error', upstream('', 500)],
  ])('names the upstream for %s', async (_, answer) => {
    const gateway = await testGateway({ upstream: answer })

    const { headers } = await gateway.get('/tunnels', { token: await gateway.mint() })

    expect(headers.get('X-Gateway-Error-Source')).toBe('upstream')
  })

  it('names the gateway where the upstream said nothing', async () => {
    const gateway = await testGateway({ upstream: () => ({ kind: 'unreachable' }) })

    const { headers } = await gateway.get('/tunnels', { token: await gateway.mint() })

    expect(headers.get('X-Gateway-Error-Source')).toBe('gateway')
  })

  it('stands on no good answer, whatever the upstream claims', async () => {
    const gateway = await testGateway({
      upstream: () => new Response('ok', { headers: { 'X-Gateway-Error-Source': 'upstream' } }),
    })

    const { headers } = await gateway.get('/tunnels', { token: await gateway.mint() })

    expect(headers.has('X-Gateway-Error-Source')).toBe(false)
  })
})

describe('the original of an upstream error', () => {
  it('goes to the log, redacted and bounded, and not to the client', async () => {
    const original = `connect to postgres://app:Tr0ub4dor@db:5432 failed ${'x '.repeat(2_000)}`
    const gateway = await testGateway({ upstream: upstream(original, 500) })

    const { text } = await gateway.get('/tunnels', { token: await gateway.mint() })

    const [record] = gateway.records
    expect(record?.upstreamError).toMatch(
      /^connect to postgres:\/\/\[redacted\]@db:5432 failed x x/,
    )
    expect(String(record?.upstreamError)).toHaveLength(1_000)
    expect(text).not.toMatch(/postgres|x x/)
  })

  it('is not missed where the gateway refused by itself', async () => {
    const gateway = await testGateway()
    await gateway.get('/tunnels')

    expect(gateway.records[0]).not.toHaveProperty('upstreamError', expect.anything())
  })
})
