import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plantIn, type Received, type Sent } from '../planting-proxy.ts'
import type { State } from './fake-wrangler.ts'

export const OLD = '00000000-0000-4000-8000-000000000001'
export const NEW = '00000000-0000-4000-8000-000000000002'
const WORKER = 'gateway-staging'

/** One minute of the gateway's own numbers. */
export interface Point {
  readonly time: string
  readonly requests: number
  readonly errors: number
}

interface Options {
  /** What the new version does to its answers. */
  readonly newAnswer?: (received: Received, sent: Sent) => Received
  /** The edge takes the choice of a version for what it is: a header like any other. */
  readonly ignoresChoice?: boolean
  /** What the traffic page says, by what is deployed. */
  readonly points?: (percentage: number) => readonly Point[]
  readonly adminToken?: string
  readonly failing?: State['failing']
  readonly deployed?: State['versions']
}

/** Cloudflare in front of one real gateway that plays two versions: which of them answers is its deployment's affair. */
export async function startEdge(gateway: string, options: Options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-edge-'))
  const file = join(folder, 'state.json')
  const state: State = {
    versions: options.deployed ?? [{ version_id: OLD, percentage: 100 }],
    uploaded: [],
    calls: [],
    failing: options.failing ?? {},
  }
  await writeFile(file, JSON.stringify(state))
  // The program that writes it may be at it.
  const stateNow = (): State => {
    try {
      return JSON.parse(readFileSync(file, 'utf8'))
    } catch {
      return state
    }
  }

  function versionFor({ headers }: Sent): string {
    const { versions } = stateNow()
    const chosen = new RegExp(`^${WORKER}="([^"]+)"$`).exec(
      String(headers['cloudflare-workers-version-overrides']),
    )?.[1]
    const isDeployed = versions.some(({ version_id }) => version_id === chosen)
    const [most] = versions.toSorted((one, other) => other.percentage - one.percentage)
    return chosen && isDeployed && !options.ignoresChoice ? chosen : (most?.version_id ?? OLD)
  }

  const proxy = await plantIn(gateway, {
    answer(received, sent) {
      const version = versionFor(sent)
      const { path } = sent
      if (path === '/_gateway/health') {
        return { ...received, body: JSON.stringify({ status: 'ok', version }) }
      }
      if (path === '/_gateway/admin/traffic?span=hour') return traffic(received, sent)
      return version === NEW && options.newAnswer ? options.newAnswer(received, sent) : received
    },
  })

  function traffic(received: Received, { headers }: Sent): Received {
    if (headers.authorization !== `Bearer ${options.adminToken ?? 'admin-token-nobody-may-see'}`) {
      return { ...received, status: 401, body: '{}' }
    }
    const next = stateNow().versions.find(({ version_id }) => version_id === NEW)
    const points = options.points?.(next?.percentage ?? 0) ?? []
    return { ...received, status: 200, body: JSON.stringify({ span: 'hour', points }) }
  }

  return {
    url: proxy.url,
    file,
    state: async (): Promise<State> => JSON.parse(await readFile(file, 'utf8')),
    async stop() {
      await proxy.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

/** An hour of an API that fails once in a thousand times, and then this minute. */
export function hourThen(now: Omit<Point, 'time'>): readonly Point[] {
  const before = Array.from({ length: 58 }, (_, minute) => ({
    time: minutesAgo(59 - minute),
    requests: 1_000,
    errors: 1,
  }))
  return [...before, { time: minutesAgo(0), ...now }]
}
