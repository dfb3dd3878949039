import { describe, expect, it } from 'vitest'
import type { Measures } from '../../src/watch/measures.ts'
import { readOpenMetrics, readPrometheus } from '../support/exposition-reader.ts'
import { testGateway } from '../support/gateway.ts'

const SEEN: Measures = {
  routes: { '/tunnels/*': { outcomes: { '2xx': 3 }, latency: { 3: 3 }, latencyMs: 9 } },
  waits: {},
  limits: {},
  limited: {},
  events: {},
}
const traffic = { read: async () => undefined, total: async () => SEEN }

async function scraped(accept: string | undefined) {
  const gateway = await testGateway({ traffic })
  const token = await gateway.mint({ roles: ['admin'], permissions: ['view_gateway'] })
  const headers = accept === undefined ? {} : { Accept: accept }
  return gateway.get('/_gateway/metrics', { token, headers })
}

const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8'

describe('the counters', () => {
  it.each([
    [
      'a Prometheus of today',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
      OPENMETRICS,
    ],
    ['a reader of OpenMetrics', 'application/openmetrics-text', OPENMETRICS],
    ['a Prometheus of old', 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1', PROMETHEUS],
    ['anybody', '*/*', PROMETHEUS],
    ['who does not say', undefined, PROMETHEUS],
  ])('are written for whoever reads them: %s', async (_, accept, type) => {
    const { headers, text } = await scraped(accept)

    expect(headers.get('Content-Type')).toBe(type)
    expect(headers.get('Vary')).toContain('Accept')
    expect(headers.get('Cache-Control')).toBe('no-store')
    const families = type === OPENMETRICS ? readOpenMetrics(text) : readPrometheus(text)
    const samples = families.flatMap((family) => family.samples)
    expect(samples).toContainEqual({
      name: 'gateway_requests_total',
      labels: { route: '/tunnels/*', outcome: '2xx' },
      value: 3,
    })
  })

  it.each([
    ['nobody', undefined, 'MISSING_TOKEN'],
    ['a user', { tier: 'premium' as const }, 'ADMIN_REQUIRED'],
    [
      'an admin for something else',
      { roles: ['admin'], permissions: ['view_users'] },
      'INSUFFICIENT_PERMISSIONS',
    ],
  ])('are not for %s', async (_, who, code) => {
    const gateway = await testGateway({ traffic })
    const token = who && (await gateway.mint(who))

    const answer = await gateway.get('/_gateway/metrics', { token })

    expect(answer.error.code).toBe(code)
  })

  it('are not to be had while the store is away', async () => {
    const gateway = await testGateway({
      traffic: { read: async () => undefined, total: async () => undefined },
    })

    const answer = await gateway.get('/_gateway/metrics', {
      token: await gateway.mint({ roles: ['super_admin'] }),
    })

    expect(answer.error.code).toBe('CACHE_UNAVAILABLE')
  })
})
