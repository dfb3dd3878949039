import { describe, expect, it } from 'vitest'
import { analyticsIn } from '../../../src/adapters/metrics/analytics.ts'
import { TrafficCounts } from '../../../src/adapters/metrics/traffic-counts.ts'
import { StoreUse } from '../../../src/adapters/store-use.ts'
import { exchangeAt } from '../../support/exchanges.ts'

function counting() {
  const written: AnalyticsEngineDataPoint[] = []
  const dataset = {
    writeDataPoint: (point?: AnalyticsEngineDataPoint) => void written.push(point ?? {}),
  }
  const counts = new TrafficCounts({
    outbox: { expect: () => undefined },
    use: new StoreUse(),
    isolate: 'a',
    analytics: analyticsIn(dataset, 'staging'),
  })
  return { written, counts }
}

describe('what the platform’s analytics are told', () => {
  it('is a point for each end of a route, with its count and the sum of its latencies', () => {
    const { written, counts } = counting()
    counts.observe(...exchangeAt(0, { durationMs: 5 }))
    counts.observe(...exchangeAt(0, { durationMs: 7 }))
    counts.observe(...exchangeAt(0, { durationMs: 1, refused: 'ip:192.0.2.1' }))
    expect(written).toEqual([])

    counts.letters(10_000)

    expect(written).toEqual([
      { indexes: ['/tunnels/*'], blobs: ['staging', '/tunnels/*', '2xx'], doubles: [2, 12] },
      {
        indexes: ['/tunnels/*'],
        blobs: ['staging', '/tunnels/*', 'RATE_LIMIT_EXCEEDED_IP'],
        doubles: [1, 1],
      },
    ])
    counts.letters(20_000)
    expect(written).toHaveLength(2)
  })

  it('is no more than the platform takes at once, and what happened most', () => {
    const { written, counts } = counting()
    for (let i = 0; i < 300; i += 1) {
      const path = `/${'long/'.repeat(30)}${i}`
      counts.observe(...exchangeAt(0, { path }))
      if (i >= 200) counts.observe(...exchangeAt(0, { path }))
    }

    counts.letters(10_000)

    expect(written).toHaveLength(250)
    expect(written.filter(({ doubles }) => doubles?.[0] === 2)).toHaveLength(100)
    expect(Math.max(...written.map(({ indexes }) => String(indexes?.[0]).length))).toBe(96)
  })
})
