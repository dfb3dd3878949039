import { waitUntil } from 'cloudflare:workers'
import { AnomalyStore } from './adapters/anomaly-store.ts'
import { assetsIn } from './adapters/assets.ts'
import { BoundedMap } from './adapters/bounded-map.ts'
import { collectorAt } from './adapters/collector.ts'
import { Ed25519Signer } from './adapters/ed25519-signer.ts'
import { KeptExplanations } from './adapters/kept-explanations.ts'
import { copiesIn } from './adapters/key-copies-layers.ts'
import { LeasingSubjects } from './adapters/leasing-subjects.ts'
import { analyticsIn } from './adapters/metrics/analytics.ts'
import { foldingTo } from './adapters/metrics/folding.ts'
import { StoredTraffic } from './adapters/metrics/stored-traffic.ts'
import { TrafficCounts } from './adapters/metrics/traffic-counts.ts'
import { MinuteJudge } from './adapters/minute-judge.ts'
import { oauthProvider } from './adapters/oauth-provider.ts'
import { OpenSockets } from './adapters/open-sockets.ts'
import { otlpJson } from './adapters/otlp-json.ts'
import { Outbox, sendingTo } from './adapters/outbox.ts'
import { BoundedPlaces } from './adapters/places.ts'
import { readinessOf } from './adapters/readiness.ts'
import { sealOf } from './adapters/refresh-seal.ts'
import { RefusalMemory } from './adapters/refusal-memory.ts'
import { RevocationWatch } from './adapters/revocation-watch.ts'
import { SecretKeys } from './adapters/secret-keys.ts'
import { SharedRefresh } from './adapters/shared-refresh.ts'
import { IssuerKeys } from './adapters/signing-keys.ts'
import { StoreUse } from './adapters/store-use.ts'
import { UpstashRecords } from './adapters/subject-records.ts'
import { SubjectsWithFallback } from './adapters/subjects.ts'
import { TokenMemory } from './adapters/token-memory.ts'
import { TraceExport } from './adapters/trace-export.ts'
import { UpstashExplanations } from './adapters/upstash-explanations.ts'
import { UpstashRefreshes } from './adapters/upstash-refreshes.ts'
import { type StoreSettings, UpstashSubjects } from './adapters/upstash-subjects.ts'
import { attempt } from './adapters/upstream/attempt.ts'
import { ResilientUpstream } from './adapters/upstream/resilient-upstream.ts'
import { BoundedWaitingRoom, sleep } from './adapters/waiting-room.ts'
import { Webhook } from './adapters/webhook.ts'
import { bareFrame, type Config, configFrom } from './config.ts'
import { createGateway, createMisconfiguredGateway } from './gateway.ts'
import type { FramePorts, Log, Observer, Ports, TokenProvider } from './ports.ts'

/** How many client addresses an isolate remembers the last reading of. */
const MAX_READINGS = 10_000

const log: Log = {
  write(record) {
    const timed = 'time' in record ? record : { time: new Date().toISOString(), ...record }
    // biome-ignore lint/suspicious/noConsole: the platform collects what a worker writes to its console.
    console.log(JSON.stringify(timed))
  },
}

const now = () => Date.now()

const use = new StoreUse()

function after(milliseconds: number, happen: () => void): () => void {
  const timer = setTimeout(happen, milliseconds)
  return () => clearTimeout(timer)
}

const framePorts: FramePorts = {
  log,
  observers: [],
  now,
  lastReadings: new BoundedMap(MAX_READINGS),
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  background: waitUntil,
}

/** What is bound beside the settings. */
interface Bindings {
  readonly ASSETS?: Fetcher | undefined
  readonly ANALYTICS?: AnalyticsEngineDataset | undefined
  readonly VERSION?: { readonly id: string }
}

interface Composed {
  readonly gateway: ReturnType<typeof createGateway>
  /** What is to be done once for all isolates, with the time (ms) of the trigger. */
  readonly everyMinute: (time: number) => Promise<unknown>
}

function compose({ ASSETS, ANALYTICS, VERSION, ...env }: Bindings): Composed {
  const frame = { ...framePorts, ...(VERSION && { version: VERSION.id }) }
  const outcome = configFrom(env)
  if (outcome.valid) {
    const { config } = outcome
    const store = countedStore(config)
    const fold = foldingTo(store, log)
    const judge = judgeFor(config, store)
    return {
      gateway: createGateway(config, portsFor(config, frame, { ASSETS, ANALYTICS })),
      // In turn: of a minute that has been added up the judge reads one field.
      everyMinute: (time) => fold(time).then(() => judge.judge(time)),
    }
  }
  log.write({ event: 'configuration.invalid', problems: outcome.problems })
  return {
    gateway: createMisconfiguredGateway(bareFrame(), frame),
    everyMinute: async () => undefined,
  }
}

/** Whoever asks it, it is this isolate that does. */
function countedStore({ store }: Config): StoreSettings {
  return { ...store, use }
}

function judgeFor({ alertWebhook, environment }: Config, store: StoreSettings): MinuteJudge {
  return new MinuteJudge({
    store: new AnomalyStore(store),
    traffic: new StoredTraffic(store),
    log,
    ...(alertWebhook && {
      webhook: new Webhook(alertWebhook, environment, { fetch: fetch.bind(globalThis), sleep }),
    }),
  })
}

function portsFor(
  config: Config,
  frame: FramePorts,
  { ASSETS, ANALYTICS }: Pick<Bindings, 'ASSETS' | 'ANALYTICS'>,
): Ports {
  const { issuers, upstream, fallback, ownKeys, keysSecret } = config
  const store = countedStore(config)
  const outside = { fetch: fetch.bind(globalThis), now, log, background: waitUntil }
  const publishedKeys = new IssuerKeys({
    ...outside,
    wait: sleep,
    copies: copiesIn(store, keysSecret),
  })
  const publishing = issuers.filter(({ secret }) => secret === undefined)
  const signingKeys = new SecretKeys(publishedKeys)
  const records = new UpstashRecords(store)
  const outbox = new Outbox(sendingTo(store), { now, sleep, background: waitUntil })
  const counts = new TrafficCounts({
    outbox,
    use,
    isolate: crypto.randomUUID().slice(24),
    ...(ANALYTICS && { analytics: analyticsIn(ANALYTICS, config.environment) }),
  })
  outbox.add(counts)
  const kept = new KeptExplanations(outbox, framePorts)
  outbox.add(kept)
  return {
    ...frame,
    observers: [counts, kept, ...tracesFor(config)],
    explanations: new UpstashExplanations(store),
    assets: assetsIn(ASSETS),
    subjects: new SubjectsWithFallback(
      new LeasingSubjects(
        new UpstashSubjects(store, outbox),
        crypto.randomUUID().slice(0, 8),
        now,
        sleep,
        waitUntil,
      ),
      log,
      waitUntil,
    ),
    places: new BoundedPlaces(now, sleep),
    sleep,
    waitingRoom: new BoundedWaitingRoom(sleep),
    records,
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
    tokenProvider: tokenProviderFor(config, store),
    readiness: readinessOf({
      ...outside,
      wait: sleep,
      store,
      upstream,
      issuers: publishing,
      signingKeys: publishedKeys,
    }),
  }
}

/** Built only where somebody is to be told. */
function tracesFor(config: Config): readonly Observer[] {
  const { collector, environment } = config
  if (!collector) return []
  const { random } = framePorts
  return [
    new TraceExport(config, {
      deliver: collectorAt(collector, { fetch: fetch.bind(globalThis), now }),
      serialize: otlpJson({ environment, instance: crypto.randomUUID() }),
      log,
      now,
      sleep,
      background: waitUntil,
      random: Math.random,
      newId: () => random(8).toHex(),
    }),
  ]
}

function tokenProviderFor({ tokenEndpoint }: Config, store: StoreSettings): TokenProvider {
  // No route leads there then.
  if (!tokenEndpoint) return { refresh: async () => ({ kind: 'failed', cause: 'no provider' }) }
  const { random } = framePorts
  return new SharedRefresh({
    sealOf: (refreshToken) => sealOf(refreshToken, tokenEndpoint, random),
    refreshes: new UpstashRefreshes(store),
    ask: oauthProvider(tokenEndpoint, { fetch: fetch.bind(globalThis), log }),
    now,
    pause: sleep,
    random,
    background: waitUntil,
  })
}

let composed: Composed | undefined

export default {
  fetch(request, env, context) {
    composed ??= compose(env)
    return composed.gateway.fetch(request, env, context)
  },
  async scheduled({ scheduledTime }, env) {
    composed ??= compose(env)
    await composed.everyMinute(scheduledTime)
  },
} satisfies ExportedHandler<Bindings>
