import type { Issuer } from '../policy/issuer.ts'
import type { DependencyState, Readiness } from '../ports.ts'
import { SharedWork } from './shared-work.ts'
import type { IssuerKeys } from './signing-keys.ts'
import type { StoreSettings } from './upstash-subjects.ts'

/** Of each question; together they take no longer, since they are asked at once. */
const TIMEOUT_MS = 2_000

/** Anybody may ask: a flood of visitors must not become one of the store, the issuers and the upstream. */
const REMEMBERED_MS = 2_000

interface Outside {
  readonly store: StoreSettings
  readonly upstream: URL
  readonly issuers: readonly Issuer[]
  readonly signingKeys: Pick<IssuerKeys, 'have'>
  readonly fetch: typeof fetch
  readonly now: () => number
  readonly wait: (milliseconds: number) => Promise<void>
  readonly background: (work: Promise<unknown>) => void
}

const NOBODY: DependencyState = { state: 'down', latencyMs: 0 }

/** Asks store, keys and upstream at once. The store answers PING; the upstream anything but a 5xx. */
export function readinessOf(outside: Outside): Readiness {
  const { store, upstream, issuers, signingKeys, fetch, now, wait, background } = outside
  const shared = new SharedWork(wait, background)
  let known = { store: NOBODY, keys: NOBODY, upstream: NOBODY }
  let knownAt = Number.NEGATIVE_INFINITY

  const get = (url: string | URL, headers = {}) =>
    fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })

  async function timed(isUp: Promise<boolean>): Promise<DependencyState> {
    const startedAt = now()
    // The keys are asked for with the patience of their own: longer than a visitor's.
    const late = wait(TIMEOUT_MS).then(() => false)
    const up = await Promise.race([isUp.catch(() => false), late])
    return { state: up ? 'up' : 'down', latencyMs: now() - startedAt }
  }

  async function ask(): Promise<void> {
    const [storeIs, keysAre, upstreamIs] = await Promise.all([
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
    known = { store: storeIs, keys: keysAre, upstream: upstreamIs }
    knownAt = now()
  }

  function isRecent(): boolean {
    const age = now() - knownAt
    return 0 <= age && age < REMEMBERED_MS
  }

  return {
    async check() {
      await shared.do('ready', () => (isRecent() ? undefined : ask()))
      return known
    },
  }
}

/** Anything else on that port says something too. */
async function saysPong(response: Response): Promise<boolean> {
  return response.ok && (await response.text()).includes('"PONG"')
}

async function answers(response: Response, isGood: boolean): Promise<boolean> {
  await response.body?.cancel()
  return isGood
}

function withSlash(base: URL): URL {
  const url = new URL(base)
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}
