import { setTimeout as wait } from 'node:timers/promises'
import { commandFrom as conformFrom } from '../conform/command-line.ts'
import { judge } from '../conform/judge.ts'
import type { AdminToken } from './admin-token.ts'
import type { Command } from './command-line.ts'
import { type Reading, told, tooManyErrors } from './error-rate.ts'
import { choosing, readingOf, trafficAt, versionAt } from './gateway.ts'

const PAUSE_MS = 2_000
const MOST_BETWEEN_LOOKS_MS = 20_000
const LOOKS = 5
/** One failure to read the traffic may be the store's; three in a row leave us blind. */
const BLIND_AFTER = 3

export interface Watched {
  readonly command: Command
  readonly worker: string
  readonly before: string
  readonly next: string
  /** Absent: the traffic is not watched. */
  readonly token?: AdminToken | undefined
  /** Of the time before the rollout. */
  readonly usual: Reading
  /** Ends everything early. */
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Asks whether anything speaks against the new version at this step, one thing after the other. */
export async function complaintAt(
  watched: Watched,
  percentage: number,
): Promise<string | undefined> {
  const interrupted = new Promise<string>((resolve) => {
    const tell = () => resolve('it was interrupted')
    if (watched.signal.aborted) tell()
    watched.signal.addEventListener('abort', tell, { once: true })
  })
  return Promise.race([complaints(watched, percentage), interrupted])
}

async function complaints(watched: Watched, percentage: number): Promise<string | undefined> {
  return (
    (await notMet(watched)) ??
    (await broken(watched, percentage)) ??
    (await failing(watched, percentage))
  )
}

/** A choice that is not obeyed is not refused either: the judge would praise the version before. */
async function notMet({ command, worker, next, signal }: Watched): Promise<string | undefined> {
  const deadline = performance.now() + command.meetSeconds * 1_000
  let met: string | undefined
  while (!signal.aborted) {
    met = await versionAt(command.url, choosing(worker, next))
    if (met === next) return undefined
    if (performance.now() > deadline) break
    await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined)
  }
  return met
    ? `the new version cannot be met at ${command.url.origin}: version ${met} answers instead`
    : `${command.url.origin}/_gateway/health does not say which version answers`
}

async function broken(watched: Watched, percentage: number): Promise<string | undefined> {
  const { command, worker, next, say } = watched
  const [header = []] = Object.entries(choosing(worker, next))
  const args = [command.url.href, '--header', header.join(': '), ...command.conform]
  const conform = await conformFrom(args, process.env)
  if (!conform) throw new Error('npm run conform was asked for help')
  const { judged } = await judge(conform.options)
  const of = (verdict: string) => judged.filter(({ judgement }) => judgement.verdict === verdict)
  const faults = of('broken').map(({ clause }) => clause.id)
  if (faults.length > 0) {
    return `the contract is broken (${faults.join(', ')}): npm run conform -- ${args.map(quoted).join(' ')}`
  }
  say(`${percentage} %: the contract is kept: ${of('held').length} clauses held, none is broken`)
  return undefined
}

function quoted(arg: string): string {
  return /^[\w./:=-]+$/.test(arg) ? arg : `'${arg}'`
}

async function failing(watched: Watched, percentage: number): Promise<string | undefined> {
  const { command, worker, before, token, usual, signal, say } = watched
  if (!token || percentage === 0) return undefined
  const began = Date.now()
  const watchMs = command.watchSeconds * 1_000
  const deadline = performance.now() + watchMs
  const pauseMs = Math.min(MOST_BETWEEN_LOOKS_MS, watchMs / LOOKS)
  const step = { part: percentage / 100, tolerance: command.tolerance }
  let now: Reading = { requests: 0, errors: 0 }
  let blind = 0
  for (;;) {
    const left = deadline - performance.now()
    await wait(Math.max(0, Math.min(pauseMs, left)), undefined, { signal })
    const isLast = performance.now() >= deadline
    try {
      // Of the version before, since the new one might not be able to tell.
      const points = await trafficAt(command.url, token, choosing(worker, before))
      now = readingOf(points, { from: began })
      blind = 0
    } catch (error) {
      blind += 1
      if (blind === BLIND_AFTER || isLast) return `the error rate is unknown: ${reasonOf(error)}`
    }
    if (tooManyErrors(usual, now, step)) {
      return `too many errors: ${told(now)}, before ${told(usual)}`
    }
    if (isLast) break
  }
  say(`${percentage} %: ${told(now)}, before ${told(usual)}`)
  return undefined
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
