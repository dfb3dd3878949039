import type { Connections } from './figures/connections.ts'
import type { Figures } from './figures/figures.ts'
import type { HeapGrowth } from './figures/heap.ts'
import type { KeyFetches } from './figures/keys.ts'
import type { Outage } from './figures/outage.ts'
import type { Socketed } from './figures/sockets.ts'
import type { Spread } from './figures/spread.ts'
import type { Starts } from './figures/starts.ts'
import type { Streamed } from './figures/streams.ts'
import { number, tableOf } from './table.ts'

/** A chapter for each figure that the run has measured. */
export function figuresPart(figures: Figures): string {
  const { connections, heap, starts, keys, outage, streams, sockets } = figures
  return [
    connections && ofConnections(connections),
    heap && ofHeap(heap),
    starts && ofStarts(starts),
    keys && ofKeys(keys),
    outage && ofOutages(outage),
    streams && ofStreams(streams),
    sockets && ofSockets(sockets),
  ]
    .filter((chapter) => chapter !== undefined)
    .map((chapter) => `${chapter}\n\n`)
    .join('')
}

function ofConnections({ openFiles, targets }: Connections): string {
  return `## Open connections

One busy user over as many connections at once; slope is processor time per request over that with the fewest. A process may
have ${openFiles} files open here.

${tableOf(
  ['target', 'connections', 'processor µs', 'slope', 'round trips', 'MiB'],
  targets.flatMap(({ target, levels }) =>
    levels.map(({ connections, microseconds, slope, roundTrips, residentMib }) => [
      target,
      String(connections),
      number(microseconds, 0),
      number(slope, 2),
      number(roundTrips, 3),
      number(residentMib, 0),
    ]),
  ),
)}`
}

function ofHeap(growths: readonly HeapGrowth[]): string {
  return `## Live heap

After a collection of garbage, when so many users have come, each with an address and a token of its own.

${tableOf(
  ['target', 'users are', 'users', 'objects, MiB', 'buffers, MiB', 'resident, MiB'],
  growths.flatMap(({ target, crowd, looks }) =>
    looks.map(({ users, objectsMib, buffersMib, residentMib }) => [
      target,
      crowd,
      String(users),
      number(objectsMib, 1),
      number(buffersMib, 1),
      number(residentMib, 0),
    ]),
  ),
)}`
}

function ofStarts({ starts, targets }: Starts): string {
  return `## Start

Medians of ${starts} starts each, in turn. "empty" is a worker that answers and does nothing else; the first answer is by the
clock, everything else processor time.

${tableOf(
  ['target', 'listens after, ms', 'has answered after, ms', 'over empty, ms', 'first answer, ms'],
  targets.map(({ target, listeningMs, answeredMs, overEmptyMs, firstAnswerMs }) => [
    target,
    ...[listeningMs, answeredMs, overEmptyMs, firstAnswerMs].map((ms) => number(ms, 1)),
  ]),
)}`
}

function ofKeys({ atOnce, targets }: KeyFetches): string {
  return `## Key sets

Fetches of the key set by an isolate whose first ${atOnce} requests come all at once, one number for each isolate.

${tableOf(
  ['target', 'fetches'],
  targets.map(({ target, fetches }) => [target, fetches.join(', ')]),
)}`
}

function ofOutages(outages: readonly Outage[]): string {
  return `## Outages

Users of their own, again and again: how long their first answers took and with which status, and those after them. Untrue
are rate-limit headers that are missing, say a limit of 0, or a reset long ago. The pass-through has none, and knows nothing of
the outage: its times are what an answer takes here at least.

${tableOf(
  [
    'outage',
    'target',
    'first answers',
    'later, ms: median, 95 %, most',
    'statuses',
    'untrue headers',
  ],
  outages.map(({ outage, target, first, laterMs, laterStatuses, untrueHeaders, requests }) => [
    outage,
    target,
    first.map(({ status, ms }) => `${status} in ${number(ms, 0)} ms`).join(', '),
    spreadIn(laterMs, 1),
    laterStatuses.join(', '),
    `${untrueHeaders} of ${requests}`,
  ]),
)}`
}

function ofStreams(streams: readonly Streamed[]): string {
  return `## Streams

A chunk every 20 ms. The first one over the pass-through's of the same round; then how much later than it was written a chunk
arrived, and how much further apart two came than they were written.

${tableOf(
  [
    'type',
    'target',
    'first byte +ms',
    'delay, ms: median, 95 %, most',
    'added gap, ms: median, 95 %, most',
  ],
  streams.map(({ type, target, firstByteOverMs, delayMs, addedGapMs }) => [
    type,
    target,
    number(firstByteOverMs, 2),
    spreadIn(delayMs, 2),
    spreadIn(addedGapMs, 2),
  ]),
)}`
}

function ofSockets(sockets: readonly Socketed[]): string {
  return `## WebSocket messages

There and back, one at a time, by the clock; processor time is for one way. "pump" is a bare worker that hands on each message
itself, as the gateway must; for the pass-through the platform does.

${tableOf(
  ['target', 'there and back, µs: median, 95 %, most', 'over the pass-through, µs', 'processor µs'],
  sockets.map(({ target, roundTripMicroseconds, overMicroseconds, messageMicroseconds }) => [
    target,
    spreadIn(roundTripMicroseconds, 0),
    number(overMicroseconds, 0),
    number(messageMicroseconds, 1),
  ]),
)}`
}

function spreadIn(spread: Spread | undefined, digits: number): string {
  if (!spread) return number(undefined, digits)
  return [spread.median, spread.p95, spread.most].map((value) => number(value, digits)).join(', ')
}
