import { describe, expect, it } from 'vitest'
import { BoundedMap } from '../../src/adapters/bounded-map.ts'
import { bareFrame } from '../../src/config.ts'
import { createMisconfiguredGateway } from '../../src/gateway.ts'

describe('a gateway whose settings cannot be read', () => {
  it.each(['/tunnels', '/_gateway/health', '/nowhere'])(
    'answers CONFIGURATION_ERROR to %s, framed like every answer',
    async (path) => {
      const gateway = createMisconfiguredGateway(bareFrame(), {
        lastReadings: new BoundedMap(1),
        log: { write: () => undefined },
        now: () => 1_790_000_000_000,
        random: (length) => new Uint8Array(length),
        background: () => undefined,
        observers: [],
      })

      const response = await gateway.request(`https://gateway.test${path}`)

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
    },
  )
})
