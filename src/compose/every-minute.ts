import { AnomalyStore } from '../adapters/anomaly-store.ts'
import { foldingTo } from '../adapters/metrics/folding.ts'
import { StoredTraffic } from '../adapters/metrics/stored-traffic.ts'
import { MinuteJudge } from '../adapters/minute-judge.ts'
import { sleep } from '../adapters/waiting-room.ts'
import { Webhook } from '../adapters/webhook.ts'
import type { Config } from '../config.ts'
import { countedStore, outside } from './isolate.ts'

/** What is to be done once for all isolates, with the time (ms) of the trigger. */
export type EveryMinute = (time: number) => Promise<void>

/** Built when the trigger first comes: to most isolates it never does. */
export function everyMinute(config: Config): EveryMinute {
  let built: EveryMinute | undefined
  return (time) => {
    built ??= minuteOf(config)
    return built(time)
  }
}

function minuteOf(config: Config): EveryMinute {
  const { alertWebhook, environment } = config
  const { log } = outside
  const store = countedStore(config)
  const fold = foldingTo(store, log)
  const judge = new MinuteJudge({
    store: new AnomalyStore(store),
    traffic: new StoredTraffic(store),
    log,
    ...(alertWebhook && { webhook: new Webhook(alertWebhook, environment, { ...outside, sleep }) }),
  })
  // In turn: of a minute that has been added up the judge reads one field.
  return (time) => fold(time).then(() => judge.judge(time))
}
