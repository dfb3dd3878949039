import { type LocalIssuer, startIssuer } from '../issuer.ts'
import { type LocalStore, startStore } from '../store/bridge.ts'
import { type DemoUpstream, startUpstream } from '../upstream/server.ts'
import type { Settings } from './given.ts'
import type { Plan } from './plan.ts'

/** The same at every start, so that a second worker beside this one can use the store too: see .dev.vars.example. */
const STORE_TOKEN = 'local-development'

/** What runs in this process; a part is absent where a real one stands in its place. */
export interface Parts {
  readonly store: LocalStore | undefined
  readonly issuer: LocalIssuer | undefined
  readonly upstream: DemoUpstream | undefined
}

export async function startParts(
  { ports, embedded }: Plan,
  started: AsyncDisposableStack,
): Promise<Parts> {
  /** Also stops what an interrupted start leaves half way. */
  function stoppable<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    started.defer(() => starting.then((part) => part.stop()).catch(() => {}))
    return starting
  }
  const [store, issuer, upstream] = await Promise.all([
    embedded.store ? stoppable(startStore({ port: ports.store, token: STORE_TOKEN })) : undefined,
    embedded.issuer ? stoppable(startIssuer({ port: ports.issuer })) : undefined,
    embedded.upstream ? stoppable(startUpstream({ port: ports.upstream })) : undefined,
  ])
  return { store, issuer, upstream }
}

/** Where the worker finds the parts that run here. */
export function settingsOf({ store, issuer, upstream }: Parts): Settings {
  return {
    ...(upstream && { UPSTREAM_URL: upstream.url }),
    ...(store && { UPSTASH_REDIS_REST_URL: store.url, UPSTASH_REDIS_REST_TOKEN: store.token }),
    ...(issuer && {
      JWT_ISSUER: issuer.issuer,
      JWT_AUDIENCE: issuer.audience,
      JWT_JWKS_URL: issuer.jwksUrl,
    }),
  }
}

/** Who exchanges refresh tokens, unless the developer names another. */
export function refreshSettingsOf({ issuer }: Parts): Settings {
  if (!issuer) return {}
  return {
    TOKEN_ENDPOINT: issuer.tokenEndpoint,
    TOKEN_CLIENT_ID: issuer.clientId,
    TOKEN_CLIENT_SECRET: issuer.clientSecret,
  }
}
