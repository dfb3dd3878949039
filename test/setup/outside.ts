import type { TestProject } from 'vitest/node'
import { startIssuer } from '../../scripts/issuer.ts'
import { startStore } from '../../scripts/store/bridge.ts'
import { startUpstream } from '../../scripts/upstream/server.ts'
import type {} from './provided.ts'

const TOKEN = 'test-store-token'

/**
 * The world outside the worker, for real: a store that speaks Upstash's protocol, an issuer, an upstream that can fail
 * in every way. Runs in Node; the worker under test reaches it over HTTP.
 */
export default async function setup(project: TestProject) {
  const [store, embedded, issuer, upstream] = await Promise.all([
    startStore({ token: TOKEN }),
    startStore({ token: TOKEN, engine: 'embedded' }),
    startIssuer({}),
    startUpstream({}),
  ])
  project.provide('outside', {
    upstreamUrl: upstream.url,
    storeUrl: store.url,
    storeKind: store.kind,
    embeddedStoreUrl: embedded.url,
    storeToken: TOKEN,
    issuer: issuer.issuer,
    audience: issuer.audience,
  })
  return async () => {
    await Promise.all([store.stop(), embedded.stop(), issuer.stop(), upstream.stop()])
  }
}
