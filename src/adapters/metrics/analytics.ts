import type { Ended, Tally } from './tally.ts'

/** What the platform takes of one invocation; of an index it takes so many bytes. */
const MOST_POINTS = 250
const MOST_INDEX_BYTES = 96

/** Writes what came together since the last time; where there is too much of it, what happened most. */
export type Analytics = (tallies: Iterable<Tally>) => void

/**
 * A data point for each way in which requests of a route ended: blobs are the environment, the route and the end (an
 * error code, else a class of status), doubles how many there were and their latencies' sum in milliseconds.
 */
export function analyticsIn(
  dataset: Pick<AnalyticsEngineDataset, 'writeDataPoint'>,
  environment: string,
): Analytics {
  return (tallies) => {
    const ends = [...tallies].flatMap((tally) => [...tally.ends()])
    for (const [route, end, { count, latencyMs }] of most(ends)) {
      dataset.writeDataPoint({
        // A route's path is ASCII.
        indexes: [route.slice(0, MOST_INDEX_BYTES)],
        blobs: [environment, route, end],
        doubles: [count, latencyMs],
      })
    }
  }
}

type End = readonly [route: string, end: string, ended: Readonly<Ended>]

function most(ends: readonly End[]): readonly End[] {
  if (ends.length <= MOST_POINTS) return ends
  return ends.toSorted(([, , one], [, , other]) => other.count - one.count).slice(0, MOST_POINTS)
}
