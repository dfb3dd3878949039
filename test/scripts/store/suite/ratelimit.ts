import { Ratelimit } from '@upstash/ratelimit'
import { describe, expect, it } from 'vitest'
import type { StoreInTest } from '../store-suite.ts'
import { clientOf, ownKey, reply } from './client.ts'

const ALGORITHMS = [
  ['fixed windows', () => Ratelimit.fixedWindow(10, '1 h')],
  ['sliding windows', () => Ratelimit.slidingWindow(10, '1 h')],
  ['a token bucket', () => Ratelimit.tokenBucket(10, '1 h', 10)],
] as const

export function describeRatelimit(store: StoreInTest): void {
  describe.each(ALGORITHMS)('@upstash/ratelimit with %s', (_name, algorithm) => {
    const limiter = () =>
      new Ratelimit({
        redis: clientOf(store()),
        limiter: algorithm(),
        prefix: ownKey('limit'),
        ephemeralCache: false,
      })

    it('admits exactly the limit of parallel requests', async () => {
      const limit = limiter()
      const answers = await Promise.all(Array.from({ length: 30 }, () => limit.limit('someone')))

      expect(answers.filter(({ success }) => success)).toHaveLength(10)
      expect(answers.map(({ remaining }) => remaining).slice(0, 11)).toEqual([
        9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0,
      ])
    })

    it('charges the rate it is given, and gives back', async () => {
      const limit = limiter()
      const charged = await limit.limit('someone', { rate: 4 })
      const returned = await limit.limit('someone', { rate: -2 })

      expect(charged).toMatchObject({ success: true, limit: 10, remaining: 6 })
      expect(returned.remaining).toBe(8)
      expect(await limit.getRemaining('someone')).toMatchObject({ remaining: 8, limit: 10 })
    })

    it('forgets one on request', async () => {
      const limit = limiter()
      await limit.limit('someone', { rate: 10 })
      await limit.resetUsedTokens('someone')

      expect(await limit.limit('someone')).toMatchObject({ success: true, remaining: 9 })
    })

    it('goes on after the scripts are lost', async () => {
      const limit = limiter()
      await limit.limit('someone')
      await reply(store(), 'SCRIPT', 'FLUSH')

      expect(await limit.limit('someone')).toMatchObject({ success: true, remaining: 8 })
    })
  })
}
