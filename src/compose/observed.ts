import { collectorAt } from '../adapters/collector.ts'
import { KeptExplanations } from '../adapters/kept-explanations.ts'
import { analyticsIn } from '../adapters/metrics/analytics.ts'
import { TrafficCounts } from '../adapters/metrics/traffic-counts.ts'
import { otlpJson } from '../adapters/otlp-json.ts'
import { Outbox, sendingTo } from '../adapters/outbox.ts'
import { TraceExport } from '../adapters/trace-export.ts'
import { sleep } from '../adapters/waiting-room.ts'
import type { Config } from '../config.ts'
import type { Observer } from '../ports.ts'
import { countedStore, outside, storeUse } from './isolate.ts'

/** Who sees each exchange, and where what they have to tell the store lies until somebody takes it along. */
export interface Observed {
  readonly observers: readonly Observer[]
  readonly outbox: Outbox
}

export function observed(config: Config, analytics?: AnalyticsEngineDataset): Observed {
  const outbox = new Outbox(sendingTo(countedStore(config)), { ...outside, sleep })
  const counts = new TrafficCounts({
    outbox,
    use: storeUse,
    isolate: crypto.randomUUID().slice(24),
    ...(analytics && { analytics: analyticsIn(analytics, config.environment) }),
  })
  const explanations = new KeptExplanations(outbox, outside)
  outbox.add(counts)
  outbox.add(explanations)
  return { observers: [counts, explanations, ...tracesFor(config)], outbox }
}

/** Built only where somebody is to be told. */
function tracesFor(config: Config): readonly Observer[] {
  const { collector, environment } = config
  if (!collector) return []
  const traces = new TraceExport(config, {
    ...outside,
    sleep,
    deliver: collectorAt(collector, outside),
    serialize: otlpJson({ environment, instance: crypto.randomUUID() }),
    random: Math.random,
    newId: () => outside.random(8).toHex(),
  })
  return [traces]
}
