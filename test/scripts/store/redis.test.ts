import { describe } from 'vitest'
import { findRedisServer } from '../../../scripts/store/redis/find.ts'
import { describeStore, starting } from './store-suite.ts'

const there = process.env.REDIS_URL !== undefined || findRedisServer() !== undefined

describe.skipIf(!there)(
  there ? 'a real Redis' : 'a real Redis: skipped, no REDIS_URL and no redis-server on the PATH',
  () => describeStore('behind the bridge', starting({ engine: 'redis' })),
)
