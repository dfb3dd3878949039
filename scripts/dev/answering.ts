import { setTimeout as wait } from 'node:timers/promises'
import * as v from 'valibot'

/** A first start on a slow machine, and whom the gateway leans on once it is there. */
const START_MS = 60_000
const OTHERS_MS = 10_000
const PAUSE_MS = 200
const ATTEMPT_MS = 5_000

const Dependencies = v.record(v.string(), v.object({ state: v.string() }))
const Readiness = v.union([
  v.object({ dependencies: Dependencies }),
  v.object({ error: v.object({ details: v.object({ dependencies: Dependencies }) }) }),
])

const labels = new Map([
  ['upstream', 'the upstream (UPSTREAM_URL)'],
  ['store', 'the store (UPSTASH_REDIS_REST_URL)'],
  ['keys', "the issuer's keys (JWT_ISSUER)"],
])

export async function gatewayAnswers(gateway: string, signal: AbortSignal): Promise<void> {
  await nobodySilent(() => gatewayIfSilent(gateway), START_MS, signal)
}

/** Waits for all that the gateway leans on; throws the names of those that do not answer. */
export async function othersAnswer(gateway: string, signal: AbortSignal): Promise<void> {
  await nobodySilent(() => othersSilent(gateway), OTHERS_MS, signal)
}

async function nobodySilent(
  ask: () => Promise<string[]>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + patienceMs
  let silent = await ask()
  while (silent.length > 0 && performance.now() < deadline) {
    await wait(PAUSE_MS, undefined, { signal })
    silent = await ask()
  }
  if (silent.length === 0) return
  throw new Error(`no good answer within ${patienceMs / 1000} s from: ${silent.join(', ')}`)
}

async function gatewayIfSilent(gateway: string): Promise<string[]> {
  const health = await fetch(`${gateway}/_gateway/health`, briefly()).catch(() => undefined)
  await health?.body?.cancel()
  return health?.ok ? [] : ['the gateway']
}

async function othersSilent(gateway: string): Promise<string[]> {
  const ready = await fetch(`${gateway}/_gateway/ready`, briefly()).catch(() => undefined)
  const report = v.safeParse(Readiness, await ready?.json().catch(() => undefined))
  if (!report.success) return ['the gateway']
  const { output } = report
  const parts = 'error' in output ? output.error.details.dependencies : output.dependencies
  return Object.keys(parts)
    .filter((name) => parts[name]?.state !== 'up')
    .map((name) => labels.get(name) ?? name)
}

function briefly(): RequestInit {
  return { signal: AbortSignal.timeout(ATTEMPT_MS) }
}

const PULSE_MS = 1_000

/** Resolves once the store that runs here can no longer do its work, as when its Redis has died. */
export async function storeFails(
  store: { readonly url: string; readonly token: string },
  signal: AbortSignal,
): Promise<void> {
  const headers = { Authorization: `Bearer ${store.token}` }
  for (;;) {
    await wait(PULSE_MS, undefined, { signal })
    const answer = await fetch(`${store.url}/ping`, { headers }).catch(() => undefined)
    if (!answer?.ok) return
    await answer.body?.cancel()
  }
}
