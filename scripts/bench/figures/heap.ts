import { setTimeout as sleep } from 'node:timers/promises'
import { get } from '../callers.ts'
import { checkStatuses, send } from '../client.ts'
import { type Heap, openInspector } from '../inspector.ts'
import type { World } from '../measure.ts'
import { residentMib } from '../processor.ts'
import type { Target, TargetName } from '../targets.ts'
import type { WireRequest } from '../wire-request.ts'

const CROWDS = ['admitted', 'refused'] as const
/** After so many users the heap is looked at. */
const LOOKS = [1, 2_500, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000, 50_000] as const
const MILLION_LOOKS = [100_000, 250_000, 500_000, 750_000, 1_000_000] as const
/** How long each crowd has at each target; the last look is then at as many users as have come. */
const SECONDS = 13
const FIRST_USER = 5_000_000
const MOST_USERS = 2_000_000
const CONNECTIONS = 16
const BATCH = 500
const PATIENCE_SECONDS = 60
/** In which what was begun for a request ends that has been answered. */
const QUIET_MS = 500

/** What is alive in one isolate after ever more users, each with a token and an address of its own. */
export interface HeapGrowth {
  readonly target: TargetName
  /** Who is admitted asks once; who is refused has asked before. */
  readonly crowd: (typeof CROWDS)[number]
  readonly looks: readonly Look[]
}

export interface Look extends Heap {
  readonly users: number
  readonly residentMib: number
}

/** One isolate after the other. `million`: as many users to the gateway, however long it takes. */
export async function measureHeap(
  targets: readonly Target[],
  world: World,
  million = false,
): Promise<HeapGrowth[]> {
  const growths: HeapGrowth[] = []
  for (const target of targets) {
    for (const crowd of CROWDS) {
      const isWanted = million
        ? target.name === 'gateway' && crowd === 'admitted'
        : target.name !== 'pass-through'
      // Nobody is known from before.
      const first = FIRST_USER + growths.length * MOST_USERS
      if (isWanted) growths.push(await growthOf(target, { crowd, first, million }, world))
    }
  }
  return growths
}

interface Flood extends Pick<HeapGrowth, 'crowd'> {
  readonly first: number
  readonly million: boolean
}

async function growthOf(
  target: Target,
  { crowd, first, million }: Flood,
  world: World,
): Promise<HeapGrowth> {
  const looks = million ? [...LOOKS, ...MILLION_LOOKS] : LOOKS
  const end = million ? Number.POSITIVE_INFINITY : performance.now() + SECONDS * 1000
  const limits = crowd === 'refused' ? { user: 1 } : {}
  await using served = new AsyncDisposableStack()
  const worker = await target.serve({ limits, inspected: true }, world.outside)
  served.defer(worker.stop)
  const health = `${worker.url}/_gateway/health`
  const inspector = await openInspector(worker.inspectorPort ?? 0, () =>
    fetch(health).then((answer) => answer.text()),
  )
  served.defer(inspector.close)

  async function ask(requests: readonly WireRequest[], status: number): Promise<void> {
    const to = { port: worker.port, connections: CONNECTIONS, seconds: PATIENCE_SECONDS }
    const answers = await send(requests, to)
    const place = `heap, ${target.name}`
    if (answers.length < requests.length) throw new Error(`${place}: not all were answered`)
    checkStatuses(place, answers, status)
  }

  const found: Look[] = []
  let users = 0
  let coming = strangers(first, 1, world)
  for (const [n, next] of looks.entries()) {
    while (users < next && performance.now() < end) {
      const requests = await coming
      users += requests.length
      // While these are asking the next are made ready.
      const until = (users < next ? next : looks[n + 1]) ?? users
      coming = strangers(first + users, Math.min(BATCH, until - users), world)
      await ask(requests, 200)
      if (crowd === 'refused') await ask(requests, 429)
    }
    await sleep(QUIET_MS)
    found.push({ users, ...(await inspector.heap()), residentMib: residentMib(worker.pid) })
    if (users < next) break
  }
  return { target: target.name, crowd, looks: found }
}

/** By ECDSA, because to sign a million tokens by RSA takes as long as all the rest. */
function strangers(from: number, count: number, { outside }: World): Promise<WireRequest[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const subject = `heap|${from + n}`
      const token = await outside.issuer.mint({ subject, tier: 'free', alg: 'ES256' })
      return get('/tunnels', from + n, `Bearer ${token}`)
    }),
  )
}
