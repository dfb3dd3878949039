import { setTimeout as sleep } from 'node:timers/promises'
import { perRequest } from './bench/arithmetic.ts'
import { createCallers, get } from './bench/callers.ts'
import { startOutside } from './bench/outside.ts'
import { buildTargets } from './bench/targets.ts'
import { Random } from './costs/random.ts'
import { STORE_MS } from './costs/simulate.ts'
import { gaps, lengthOf, VISITS, type Visit } from './costs/visits.ts'
import { takeNoOptions } from './no-options.ts'

const help = `Usage: node scripts/measure-visits.ts

Measures what the built worker asks a real Redis of users who visit it as docs/costs.md has them,
one isolate, and prints the rows of scripts/costs/measured-visits.ts. Takes three minutes, which are
the visits' own; needs Linux and redis-server.`

/** So many of each kind of visit, or nearly; they begin one after another in this time. */
const REQUESTS = 900
const BEGINNING_MS = 2_000
const SEED = 1
/** Whoever comes first brings the keys and the script. */
const STRANGER = 1_000_000

takeNoOptions('measure-visits', help)
await using started = new AsyncDisposableStack()
const outside = await startOutside(started)
const callers = createCallers(outside.issuer)
const [gateway] = await buildTargets(['gateway'], undefined, started)
if (!gateway) throw new Error('there is nothing to measure')

const worker = await gateway.serve({}, outside)
const random = new Random(SEED)
await ask(STRANGER)
outside.store.delayMs = STORE_MS
let users = 0
for (const visit of VISITS) {
  const before = await outside.store.counts()
  const visits = Array.from({ length: Math.round(REQUESTS / lengthOf(visit)) }, () => pay(visit))
  const requests = (await Promise.all(visits)).reduce((sum, count) => sum + count, 0)
  const after = await outside.store.counts()
  const row = {
    visit: visit.name,
    roundTrips: perRequest(after.roundTrips - before.roundTrips, requests),
    commands: perRequest(after.commands - before.commands, requests),
  }
  process.stdout.write(`${JSON.stringify(row)}\n`)
}

/** The visit of one user, whose requests leave in time, answered or not. */
async function pay(visit: Visit): Promise<number> {
  users += 1
  const user = users
  const pauses = [random.next() * BEGINNING_MS, ...gaps(visit, random)]
  const asked: Promise<void>[] = []
  let due = performance.now()
  for (const pause of pauses) {
    due += pause
    await sleep(Math.max(0, due - performance.now()))
    asked.push(ask(user))
  }
  await Promise.all(asked)
  return asked.length
}

async function ask(user: number): Promise<void> {
  const { path, headers } = get('/tunnels', user, await callers.authorization(user))
  const answer = await fetch(`http://127.0.0.1:${worker.port}${path}`, { headers })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`user ${user} was answered ${answer.status}`)
}
