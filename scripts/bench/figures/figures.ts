import type { World } from '../measure.ts'
import type { Target } from '../targets.ts'
import { type Connections, measureConnections } from './connections.ts'
import { type HeapGrowth, measureHeap } from './heap.ts'
import { type KeyFetches, measureKeyFetches } from './keys.ts'
import { measureOutages, type Outage } from './outage.ts'
import { measureSockets, type Socketed } from './sockets.ts'
import { measureStarts, type Starts } from './starts.ts'
import { measureStreams, type Streamed } from './streams.ts'

/** What is no matter of one request after the other; each is there once it has been measured. */
export interface Figures {
  readonly connections?: Connections
  readonly heap?: readonly HeapGrowth[]
  readonly starts?: Starts
  readonly keys?: KeyFetches
  readonly outage?: readonly Outage[]
  readonly streams?: readonly Streamed[]
  readonly sockets?: readonly Socketed[]
}

export interface Figure {
  readonly name: keyof Figures
  /** For people. */
  readonly about: string
  /** Takes a minute at most, the whole million of the heap's users apart. */
  measure(targets: readonly Target[], world: World, million: boolean): Promise<Figures>
}

export const FIGURES: readonly Figure[] = [
  {
    name: 'connections',
    about: 'one busy user over 10, 1,000 and 6,000 connections',
    measure: async (targets, world) => ({ connections: await measureConnections(targets, world) }),
  },
  {
    name: 'heap',
    about: 'live heap after ever more users, tokens and addresses',
    measure: async (targets, world, million) => ({
      heap: await measureHeap(targets, world, million),
    }),
  },
  {
    name: 'starts',
    about: 'processor time from the start to the first answer',
    measure: async (targets, world) => ({ starts: await measureStarts(targets, world) }),
  },
  {
    name: 'keys',
    about: 'key-set fetches of 20 requests at once on a cold isolate',
    measure: async (targets, world) => ({ keys: await measureKeyFetches(targets, world) }),
  },
  {
    name: 'outage',
    about: 'the store hanging or refusing, the key set hanging',
    measure: async (targets, world) => ({ outage: await measureOutages(targets, world) }),
  },
  {
    name: 'streams',
    about: 'server-sent events and lines of JSON, one every 20 ms',
    measure: async (targets, world) => ({ streams: await measureStreams(targets, world) }),
  },
  {
    name: 'sockets',
    about: 'messages over a WebSocket, one at a time',
    measure: async (targets, world) => ({ sockets: await measureSockets(targets, world) }),
  },
]
