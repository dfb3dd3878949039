import { describe, expect, it } from 'vitest'
import { BoundedMap } from '../../src/adapters/bounded-map.ts'
import { bareFrame } from '../../src/config.ts'
import { createMisconfiguredGateway } from '../../src/gateway.ts'

function misconfigured() {
  return createMisconfiguredGateway(bareFrame(), {
    lastReadings: new BoundedMap(1),
    log: { write: () => undefined },
    now: () => 1_790_000_000_000,
    random: (length) => new Uint8Array(length),
    background: () => undefined,
    observers: [],
    version: 'v-7',
  })
}

describe('a gateway whose settings cannot be read', () => {
  it.each([
    ['GET', '/tunnels'],
    ['GET', '/nowhere'],
    ['GET', '/_gateway/ready'],
    ['GET', '/_gateway/health/x'],
    ['POST', '/_gateway/health'],
    ['GET', '/_gateway/HEALTH'],
    ['GET', '/_gateway/admin/audit'],
  ])('answers CONFIGURATION_ERROR to %s %s, framed like every answer', async (method, path) => {
    const response = await misconfigured().request(`https://gateway.test${path}`, { method })

    const { error } = await response.json<{ error: { code: string } }>()
    expect(response.status).toBe(500)
    expect(error).toMatchObject({
      code: 'CONFIGURATION_ERROR',
      message: 'Configuration error',
      suggestion: 'Contact support',
    })
    expect(error).not.toHaveProperty('details')
    expect(response.headers.get('X-RateLimit-Limit')).toBe('1000')
    expect(response.headers.get('X-Correlation-ID')).toMatch(/^req-/)
  })

  it.each(['https', 'http'])('is alive: over %s', async (scheme) => {
    const response = await misconfigured().request(`${scheme}://gateway.test/_gateway/health`)

    expect(response.status).toBe(200)
    expect(await response.text()).toBe('{"status":"ok","version":"v-7"}')
    expect(response.headers.get('X-RateLimit-Remaining')).toBe('1000')
    expect(response.headers.get('X-Correlation-ID')).toMatch(/^req-/)
  })
})
