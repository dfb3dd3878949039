import { inject } from 'vitest'
import { StoredTraffic } from '../../src/adapters/metrics/stored-traffic.ts'
import { TrafficCounts } from '../../src/adapters/metrics/traffic-counts.ts'
import type { Letter } from '../../src/adapters/outbox.ts'
import { sendingTo } from '../../src/adapters/outbox.ts'
import { StoreUse } from '../../src/adapters/store-use.ts'
import { type GatewayOptions, START, testGateway } from './gateway.ts'

const { embeddedStoreUrl: url, storeToken: token } = inject('outside')
export const METRICS_STORE = { url, token, timeoutMs: 5_000 }

/** A whole day that no other test has: the store outlives each of them. */
export function ownDay(): number {
  const [days = 0] = crypto.getRandomValues(new Uint16Array(1))
  const [more = 0] = crypto.getRandomValues(new Uint8Array(1))
  return (days + more * 65_536) * 86_400_000
}

/** What an isolate counts, and sends when it is told to. */
export function countingIsolate(isolate: string = crypto.randomUUID().slice(24)) {
  const use = new StoreUse()
  const counts = new TrafficCounts({ outbox: { expect: () => undefined }, use, isolate })
  const send = sendingTo(METRICS_STORE)
  return {
    use,
    counts,
    send,
    async flush(now: number): Promise<readonly Letter[]> {
      const letters = counts.letters(now)
      if (letters.length > 0) await send(letters)
      return letters
    },
  }
}

/** A gateway that is watched, on a real store; its clock begins at noon of a day of its own. */
export async function watchedGateway(options: GatewayOptions = {}) {
  const isolate = countingIsolate()
  const traffic = new StoredTraffic(METRICS_STORE)
  const gateway = await testGateway({ ...options, observers: [isolate.counts], traffic })
  gateway.pass(ownDay() + Date.parse('2100-01-01T12:00:00Z') - START)
  const viewer = () => gateway.mint({ roles: ['super_admin'] })

  return {
    ...gateway,
    isolate,
    flush: () => isolate.flush(gateway.now()),
    async traffic(query = '') {
      return gateway.get(`/_gateway/admin/traffic${query}`, { token: await viewer() })
    },
  }
}
