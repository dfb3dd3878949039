import { oauthProvider } from '../adapters/oauth-provider.ts'
import { sealOf } from '../adapters/refresh-seal.ts'
import { SharedRefresh } from '../adapters/shared-refresh.ts'
import { UpstashRefreshes } from '../adapters/upstash-refreshes.ts'
import { sleep } from '../adapters/waiting-room.ts'
import type { Config } from '../config.ts'
import type { TokenProvider } from '../ports.ts'
import { countedStore, outside } from './isolate.ts'

export function tokenProvider(config: Config): TokenProvider {
  const { tokenEndpoint } = config
  // No route leads there then.
  if (!tokenEndpoint) return { refresh: async () => ({ kind: 'failed', cause: 'no provider' }) }
  return new SharedRefresh({
    ...outside,
    sealOf: (refreshToken) => sealOf(refreshToken, tokenEndpoint, outside.random),
    refreshes: new UpstashRefreshes(countedStore(config)),
    ask: oauthProvider(tokenEndpoint, outside),
    pause: sleep,
  })
}
