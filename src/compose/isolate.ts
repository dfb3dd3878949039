import { waitUntil } from 'cloudflare:workers'
import { BoundedMap } from '../adapters/bounded-map.ts'
import { StoreUse } from '../adapters/store-use.ts'
import type { StoreSettings } from '../adapters/upstash-subjects.ts'
import type { Config } from '../config.ts'
import type { FramePorts, Log } from '../ports.ts'

/** How many client addresses an isolate remembers the last reading of. */
const MAX_READINGS = 10_000

const log: Log = {
  write(record) {
    const timed = 'time' in record ? record : { time: new Date().toISOString(), ...record }
    // biome-ignore lint/suspicious/noConsole: the platform collects what a worker writes to its console.
    console.log(JSON.stringify(timed))
  },
}

/** What an isolate has, whatever its settings. */
export const framePorts = {
  log,
  observers: [],
  now: () => Date.now(),
  lastReadings: new BoundedMap(MAX_READINGS),
  random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
  background: waitUntil,
} satisfies FramePorts

export const storeUse = new StoreUse()

/** Whoever asks the store, it is this isolate that does. */
export function countedStore({ store }: Config): StoreSettings {
  return { ...store, use: storeUse }
}

/** The same for adapters, some of which call others. */
export const outside = { ...framePorts, fetch: fetch.bind(globalThis) }
