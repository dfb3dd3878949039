import type { Issuer } from '../policy/issuer.ts'
import type { DependencyState, Readiness } from '../ports.ts'
import type { IssuerKeys } from './signing-keys.ts'
import type { StoreSettings } from './upstash-subjects.ts'

const TIMEOUT_MS = 2_000

interface Outside {
  readonly store: StoreSettings
  readonly upstream: URL
  readonly issuers: readonly Issuer[]
  readonly signingKeys: IssuerKeys
  readonly fetch: typeof fetch
  readonly now: () => number
}

/** Asks store, keys and upstream at once. The store answers PING; the upstream anything but a 5xx. */
export function readinessOf(outside: Outside): Readiness {
  const { store, upstream, issuers, signingKeys, fetch, now } = outside
  const get = (url: string | URL, headers = {}) =>
    fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })

  async function timed(isUp: Promise<boolean>): Promise<DependencyState> {
    const startedAt = now()
    const up = await isUp.catch(() => false)
    return { state: up ? 'up' : 'down', latencyMs: now() - startedAt }
  }

  /** Anything else on that port says something too. */
  async function saysPong(response: Response): Promise<boolean> {
    return response.ok && (await response.text()).includes('"PONG"')
  }

  async function answers(response: Response, isGood: boolean): Promise<boolean> {
    await response.body?.cancel()
    return isGood
  }

  return {
    async check() {
      const [storeState, keysState, upstreamState] = await Promise.all([
        timed(
          get(`${store.url.replace(/\/$/, '')}/ping`, {
            Authorization: `Bearer ${store.token}`,
          }).then(saysPong),
        ),
        timed(signingKeys.have(issuers)),
        timed(
          get(new URL('health', withSlash(upstream))).then((response) =>
            answers(response, response.status < 500),
          ),
        ),
      ])
      return { store: storeState, keys: keysState, upstream: upstreamState }
    },
  }
}

function withSlash(base: URL): URL {
  const url = new URL(base)
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}
