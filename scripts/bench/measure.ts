import { setTimeout as sleep } from 'node:timers/promises'
import { medianOf, perRequest } from './arithmetic.ts'
import type { Callers } from './callers.ts'
import { checkStatuses, send } from './client.ts'
import { CONNECTIONS, countsOf, type Load, type LoadReport } from './load.ts'
import { type Measured, measuredFrom, type Sample } from './measured.ts'
import type { Outside } from './outside.ts'
import { processorMicroseconds, residentMib } from './processor.ts'
import type { Scenario } from './scenario.ts'
import { type Source, sourceOf } from './source.ts'
import type { Target, TargetName } from './targets.ts'
import { useUp } from './use-up.ts'
import type { WireRequest } from './wire-request.ts'

/** A turn. Short and often, so that what else the machine does falls on all targets alike. */
const SECONDS = 0.5
const QUIET_MS = 50
/** Each in its turn, so that what is measured is the way and not the queue. */
const FIRST_BYTES = 30
const FIRST_BYTE_SECONDS = 2
/** How far away the store is while first bytes are waited for. */
const STORE_DELAY_MS = 5
/** Of requests that can be sent only once, so that the code is warm and only the callers are new. */
const WARM_UP = 2_000
/** A target that does not even answer these within their time is shown as it is. */
const ONCE_SECONDS = 10

export interface World {
  readonly outside: Outside
  readonly callers: Callers
  readonly load: Load
}

/** A target at work, in a process of its own. */
interface Subject {
  readonly name: TargetName
  readonly port: number
  readonly pid: number
  readonly source: Source
  readonly samples: Sample[]
}

/** All targets in turn, round after round. */
export async function measure(
  scenario: Scenario,
  targets: readonly Target[],
  world: World,
  rounds: number,
): Promise<Measured[]> {
  const { once } = scenario
  const { outside, callers } = world
  const needed = once ? WARM_UP + rounds * (once + FIRST_BYTES) : 0
  const requests = await scenario.requests(callers, needed)
  await outside.store.clear()
  outside.store.delayMs = 0
  for (const target of targets) await useUp(target, scenario, outside, callers)
  await using served = new AsyncDisposableStack()
  const subjects = await Promise.all(
    targets.map(async ({ name, serve }): Promise<Subject> => {
      const { port, pid, stop } = await serve(scenario, outside)
      served.defer(stop)
      return { name, port, pid, source: sourceOf(requests, once !== undefined), samples: [] }
    }),
  )
  const warmUp = { count: WARM_UP, seconds: SECONDS }
  for (const { port, source } of subjects) await loadWith(source, warmUp, port, world)

  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) subject.samples.push(await turn(subject, scenario, world))
  }
  const limit = subjects.find(({ name }) => name === 'pass-through')?.samples ?? []
  return subjects.map(({ name, pid, samples }) =>
    measuredFrom(name, samples, limit, residentMib(pid)),
  )
}

async function turn(
  { name, port, pid, source }: Subject,
  { name: scenario, expected, once = 0, seconds = SECONDS, storeDelayMs }: Scenario,
  world: World,
): Promise<Sample> {
  const { store, issuer } = world.outside
  const place = `${scenario}, ${name}`
  const status = expected[name === 'previous' || name === 'floor' ? 'gateway' : name]

  store.delayMs = storeDelayMs ?? 0
  const before = await store.counts()
  const fetchesBefore = issuer.requests
  const spentBefore = processorMicroseconds(pid)
  const report = await loadWith(source, { count: once, seconds }, port, world)
  const spent = processorMicroseconds(pid) - spentBefore
  const after = await store.counts()
  const keySetFetches = issuer.requests - fetchesBefore
  checkReport(place, report, status)

  store.delayMs = storeDelayMs ?? STORE_DELAY_MS
  const firsts = { port, connections: 1, seconds: FIRST_BYTE_SECONDS }
  const answers = await send(source.take(FIRST_BYTES), firsts)
  checkStatuses(place, answers, status)
  // Of a target that answers nobody there is nothing to say.
  const requests = report.answered > 0 ? report.sent : 0
  return {
    requests,
    microseconds: perRequest(spent, requests),
    roundTrips: after.roundTrips - before.roundTrips,
    commands: after.commands - before.commands,
    keySetFetches,
    firstByteMs: medianOf(answers.map(({ firstByteMs }) => firstByteMs)),
  }
}

/** Returns when the last of it has been heard of, so that nothing of it is counted as another's. */
async function loadWith(
  source: Source,
  { count, seconds }: { readonly count: number; readonly seconds: number },
  port: number,
  { load, outside: { store } }: World,
): Promise<LoadReport> {
  const report = source.once
    ? await sendOnce(source.take(count), port)
    : await load.run(source.all, port, seconds)
  // What was cut off at the end goes on asking.
  for (let before = -1, now = 0; before !== now; ) {
    before = now
    await sleep(QUIET_MS + store.delayMs)
    now = (await store.counts()).roundTrips
  }
  return report
}

async function sendOnce(requests: readonly WireRequest[], port: number): Promise<LoadReport> {
  const sending = { port, connections: CONNECTIONS, seconds: ONCE_SECONDS }
  const answers = await send(requests, sending)
  return { ...countsOf(answers), sent: requests.length }
}

/** The load tells good answers from others and no more; which others, the first bytes' statuses tell. */
export function checkReport(
  name: string,
  { answered, refused }: LoadReport,
  expected: number,
): void {
  const wanted = expected >= 400 ? answered : 0
  if (refused !== wanted)
    throw new Error(`${name}: ${refused} of ${answered} refused, not ${wanted}`)
}
