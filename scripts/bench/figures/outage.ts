import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { close, listen } from '../../upstream/listen.ts'
import { get } from '../callers.ts'
import type { World } from '../measure.ts'
import type { Outside } from '../outside.ts'
import type { Target, TargetName } from '../targets.ts'
import type { WireRequest } from '../wire-request.ts'
import { type Spread, spreadOf } from './spread.ts'

const OUTAGES = ['store hanging', 'store refusing', 'key set hanging'] as const
const SECONDS = 20
/** Between two of a user's requests. Of many lengths, or all of them would come at the same moments. */
const PAUSE_MS = { least: 50, most: 150 } as const
/** Of which each is told; by then whoever learns from failures has learnt. */
const FIRST = 5
const FIRST_USER = 4_000_000

/** What one busy user of a new isolate hears while something outside is away. */
export interface Outage {
  readonly outage: (typeof OUTAGES)[number]
  readonly target: TargetName
  readonly first: readonly Heard[]
  /** By the clock, of all that came after the first. */
  readonly laterMs: Spread | undefined
  readonly laterStatuses: readonly number[]
  readonly requests: number
  /** Answers without rate-limit headers, with a limit of 0, or with a reset that was long ago. */
  readonly untrueHeaders: number
}

export interface Heard {
  readonly status: number
  readonly ms: number
  readonly isTrue: boolean
}

/**
 * All at once, as there is far more waiting than work. A user's next request comes a while after its last answer. The
 * pass-through knows no store and no key set: it shows what an answer takes that waits for neither.
 */
export async function measureOutages(
  targets: readonly Target[],
  { outside, callers }: World,
): Promise<Outage[]> {
  // It takes connections and requests, and never says a word.
  const hanging = createServer((request) => request.resume())
  const url = `http://127.0.0.1:${await listen(hanging)}`
  await using served = new AsyncDisposableStack()
  served.defer(() => close(hanging))
  const others: Readonly<Record<Outage['outage'], Outside>> = {
    'store hanging': { ...outside, store: { ...outside.store, url, urls: [] } },
    'store refusing': outside,
    'key set hanging': { ...outside, issuer: { ...outside.issuer, jwksUrl: `${url}/keys` } },
  }
  const asked = await Promise.all(
    OUTAGES.flatMap((outage) =>
      targets.map(async ({ name, serve }, n) => {
        const away = outage === 'store refusing' ? { storeAway: true as const } : {}
        const { port, stop } = await serve(away, others[outage])
        served.defer(stop)
        const user = FIRST_USER + n
        const request = get('/tunnels', user, await callers.authorization(user))
        return { outage, target: name, port, request }
      }),
    ),
  )
  // Not before the last has been heard are they stopped.
  return await Promise.all(
    asked.map(async ({ outage, target, port, request }) =>
      outageFrom(outage, target, await listenTo(port, request)),
    ),
  )
}

async function listenTo(port: number, { path, headers }: WireRequest): Promise<Heard[]> {
  const heard: Heard[] = []
  const end = performance.now() + SECONDS * 1000
  while (performance.now() < end) {
    const askedAt = performance.now()
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
    await answer.arrayBuffer()
    const ms = performance.now() - askedAt
    heard.push({ status: answer.status, ms, isTrue: isTrue(answer.headers, Date.now()) })
    await sleep(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least))
  }
  return heard
}

/** Whether a client can believe what it is told of its limit. */
export function isTrue(headers: Headers, now: number): boolean {
  const [limit, reset] = ['X-RateLimit-Limit', 'X-RateLimit-Reset'].map((name) =>
    Number(headers.get(name)),
  )
  return limit !== undefined && limit > 0 && reset !== undefined && reset * 1000 > now - 1000
}

export function outageFrom(
  outage: Outage['outage'],
  target: TargetName,
  heard: readonly Heard[],
): Outage {
  const later = heard.slice(FIRST)
  return {
    outage,
    target,
    first: heard.slice(0, FIRST),
    laterMs: spreadOf(later.map(({ ms }) => ms)),
    laterStatuses: [...new Set(later.map(({ status }) => status))],
    requests: heard.length,
    untrueHeaders: heard.filter((one) => !one.isTrue).length,
  }
}
