import { setTimeout as sleep } from 'node:timers/promises'
import { startOutside } from './bench/outside.ts'
import { takeNoOptions } from './no-options.ts'
import { buildBundle, serveBundle } from './serve.ts'

const help = `Usage: node scripts/measure-operators.ts

Measures how many of the store's commands operators cost the built worker before a real Redis: the
cron trigger's minute, an open console's minute and a scrape, and prints the rows of
scripts/costs/measured-operators.ts. Takes two minutes; needs Linux and redis-server.`

const MINUTE_MS = 60_000
/** Two hours, so that the longer times that a run adds up have their share. */
const RUNS = 120
const SCRAPES = 10
/** Longer than a lease: at a minute's pace each scrape is charged by itself. */
const SCRAPE_EVERY_MS = 3_000
/** What the console asks, as often as it does. */
const CONSOLE = [
  ['admin/traffic?span=hour', 5_000],
  ['admin/events?limit=100', 30_000],
  ['ready', 10_000],
] as const

takeNoOptions('measure-operators', help)
await using started = new AsyncDisposableStack()
const { store, issuer, upstream } = await startOutside(started)
const bundle = await buildBundle()
started.defer(() => bundle.remove())
const worker = await serveBundle(bundle.script, {
  UPSTREAM_URL: upstream.url,
  UPSTASH_REDIS_REST_URL: store.url,
  UPSTASH_REDIS_REST_TOKEN: store.token,
  JWT_ISSUER: issuer.issuer,
  JWT_AUDIENCE: issuer.audience,
})
started.defer(() => worker.stop())
const headers = { Authorization: `Bearer ${await issuer.mint({ roles: ['super_admin'] })}` }

const begin = Date.now()
await look('admin/traffic')
// The first run brings the scripts, and adds up everything there is.
await worker.trigger(begin - RUNS * MINUTE_MS)
await tell('a run of the cron trigger', RUNS, async () => {
  for (let left = RUNS - 1; left >= 0; left -= 1) await worker.trigger(begin - left * MINUTE_MS)
})
await tell('a minute of an open console', 1, async () => {
  await Promise.all(CONSOLE.map(([path, everyMs]) => again(() => look(path), everyMs, MINUTE_MS)))
})
await tell('a scrape', SCRAPES, () =>
  again(() => look('metrics'), SCRAPE_EVERY_MS, SCRAPES * SCRAPE_EVERY_MS),
)

async function tell(what: string, many: number, work: () => Promise<void>): Promise<void> {
  const before = await store.counts()
  await work()
  const { commands } = await store.counts()
  const each = Math.round(((commands - before.commands) / many) * 10) / 10
  process.stdout.write(`${JSON.stringify({ what, commands: each })}\n`)
}

async function again(work: () => Promise<void>, everyMs: number, forMs: number): Promise<void> {
  for (let spent = 0; spent < forMs; spent += everyMs) {
    await Promise.all([work(), sleep(everyMs)])
  }
}

async function look(path: string): Promise<void> {
  const answer = await fetch(`${worker.url}/_gateway/${path}`, { headers })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`)
}
