import { type Callers, get } from './callers.ts'
import { checkStatuses, send } from './client.ts'
import { COUNT_CASES, type Count, type CountCase, figuresOf } from './count-cases.ts'
import type { Counted } from './findings.ts'
import type { Outside } from './outside.ts'
import { scenarioCalled } from './scenarios.ts'
import type { Target } from './targets.ts'
import { useUp } from './use-up.ts'
import { repeated, type WireRequest } from './wire-request.ts'

/** Long enough for any machine; what has not been answered by then fails the count. */
const PATIENCE_SECONDS = 60
/** Whoever comes first: a stranger to all cases. */
const STRANGER = 1_000_000
const EARLY_REQUESTS = 20

/** Every case, one after the other. */
export async function countEach(
  targets: readonly Target[],
  outside: Outside,
  callers: Callers,
): Promise<Counted[]> {
  const gateway = targets.find(({ name }) => name === 'gateway')
  if (!gateway) throw new Error('there is nothing to count')
  const counted: Counted[] = []
  for (const of of COUNT_CASES) {
    const count = await countOne(of, gateway, outside, callers)
    const { requests, roundTrips } = count
    counted.push({ name: of.name, requests, roundTrips, figures: figuresOf(count) })
  }
  return counted
}

/** Counts one case on an isolate of its own, every request with a whole and expected answer. */
async function countOne(
  { name, scenario: wanted, connections, isFirst, extent }: CountCase,
  gateway: Target,
  outside: Outside,
  callers: Callers,
): Promise<Count> {
  const scenario = scenarioCalled(wanted)
  const size = 'requests' in extent ? extent.requests : 1
  const requests = await scenario.requests(callers, size)
  await outside.store.clear()
  await useUp(gateway, scenario, outside, callers)
  const worker = await gateway.serve(scenario, outside)
  const to = { port: worker.port, seconds: PATIENCE_SECONDS }
  try {
    // Before anything is counted the keys and the script are there, a rate is known, a limit is reached.
    const stranger = get('/tunnels', STRANGER, await callers.authorization(STRANGER))
    const early = scenario.once ? [] : repeated(requests, EARLY_REQUESTS)
    if (!isFirst) await send([stranger, ...early], { ...to, connections: 1 })

    const fetchesBefore = outside.issuer.requests
    const before = await outside.store.counts()
    const startedAt = performance.now()
    const sent =
      'requests' in extent ? repeated(requests, size) : untilOver(requests, extent.seconds)
    const answers = await send(sent, { ...to, connections })
    const seconds = (performance.now() - startedAt) / 1000
    const after = await outside.store.counts()

    const lost = 'requests' in extent && answers.length < extent.requests
    if (lost) throw new Error(`${name}: only ${answers.length} requests were answered`)
    checkStatuses(name, answers, scenario.expected.gateway)
    return {
      requests: answers.length,
      seconds,
      roundTrips: after.roundTrips - before.roundTrips,
      commands: after.commands - before.commands,
      keySetFetches: outside.issuer.requests - fetchesBefore,
    }
  } finally {
    await worker.stop()
  }
}

function* untilOver(requests: readonly WireRequest[], seconds: number): Generator<WireRequest> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) yield* requests
}
