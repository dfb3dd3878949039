import { AnomalyStore } from '../adapters/anomaly-store.ts'
import { assetsIn } from '../adapters/assets.ts'
import { Ed25519Signer } from '../adapters/ed25519-signer.ts'
import { copiesIn } from '../adapters/key-copies-layers.ts'
import { LeasingSubjects } from '../adapters/leasing-subjects.ts'
import { StoredTraffic } from '../adapters/metrics/stored-traffic.ts'
import { OpenSockets } from '../adapters/open-sockets.ts'
import { BoundedPlaces } from '../adapters/places.ts'
import { readinessOf } from '../adapters/readiness.ts'
import { RefusalMemory } from '../adapters/refusal-memory.ts'
import { RevocationWatch } from '../adapters/revocation-watch.ts'
import { SecretKeys } from '../adapters/secret-keys.ts'
import { IssuerKeys } from '../adapters/signing-keys.ts'
import { UpstashRecords } from '../adapters/subject-records.ts'
import { SubjectsWithFallback } from '../adapters/subjects.ts'
import { TokenMemory } from '../adapters/token-memory.ts'
import { UpstashExplanations } from '../adapters/upstash-explanations.ts'
import { UpstashSubjects } from '../adapters/upstash-subjects.ts'
import { attempt } from '../adapters/upstream/attempt.ts'
import { ResilientUpstream } from '../adapters/upstream/resilient-upstream.ts'
import { BoundedWaitingRoom, sleep } from '../adapters/waiting-room.ts'
import type { Config } from '../config.ts'
import type { FramePorts, Ports } from '../ports.ts'
import type { Bindings } from './bindings.ts'
import { countedStore, outside } from './isolate.ts'
import { observed } from './observed.ts'
import { tokenProvider } from './token-provider.ts'

/** Everything outside, for one isolate. */
export function portsFor(
  config: Config,
  frame: FramePorts,
  { ASSETS, ANALYTICS }: Pick<Bindings, 'ASSETS' | 'ANALYTICS'>,
): Ports {
  const { issuers, upstream, fallback, ownKeys, keysSecret } = config
  const { now, log, background } = outside
  const store = countedStore(config)
  const waiting = { ...outside, wait: sleep }
  const publishedKeys = new IssuerKeys({ ...waiting, copies: copiesIn(store, keysSecret) })
  const signingKeys = new SecretKeys(publishedKeys)
  const records = new UpstashRecords(store)
  const { observers, outbox } = observed(config, ANALYTICS)
  const isolate = crypto.randomUUID().slice(0, 8)
  const charged = new UpstashSubjects(store, outbox)
  const leased = new LeasingSubjects(charged, isolate, now, sleep, background)
  return {
    ...frame,
    observers,
    assets: assetsIn(ASSETS),
    subjects: new SubjectsWithFallback(leased, log, background),
    places: new BoundedPlaces(now, sleep),
    after,
    waitingRoom: new BoundedWaitingRoom(sleep),
    records,
    explanations: new UpstashExplanations(store),
    traffic: new StoredTraffic(store),
    events: new AnomalyStore(store),
    sockets: new OpenSockets(new RevocationWatch(records, now), { now, after }),
    signingKeys,
    ...(ownKeys && { signer: new Ed25519Signer(ownKeys, log) }),
    rememberedTokens: new TokenMemory(signingKeys, now),
    refusedTokens: new RefusalMemory(now),
    upstream: new ResilientUpstream(
      { attempt, sleep, now, random: Math.random, log },
      fallback && { of: upstream, base: fallback },
    ),
    tokenProvider: tokenProvider(config),
    readiness: readinessOf({
      ...waiting,
      store,
      upstream,
      issuers: issuers.filter(({ secret }) => secret === undefined),
      signingKeys: publishedKeys,
    }),
  }
}

function after(milliseconds: number, happen: () => void): () => void {
  const timer = setTimeout(happen, milliseconds)
  return () => clearTimeout(timer)
}
