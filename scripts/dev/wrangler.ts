import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

interface WranglerOptions {
  readonly folder: URL
  readonly port: number
  readonly envFile: string
  /** A line for the developer. */
  readonly show: (line: string) => void
}

export interface Wrangler {
  readonly ended: Promise<unknown>
  /** What it and the worker say is shown from now on. */
  speak(): void
  /** What was last said and not shown. */
  lastWords(): readonly string[]
  stop(): Promise<void>
}

const KEPT_LINES = 12
const GRACE_MS = 5_000
/** What was written just before the end is still on its way. */
const LAST_WORDS_MS = 100

export function startWrangler({ folder, port, envFile, show }: WranglerOptions): Wrangler {
  const program = fileURLToPath(new URL('node_modules/wrangler/bin/wrangler.js', folder))
  const choices = ['--ip', '127.0.0.1', '--port', `${port}`, '--env-file', envFile, '--env', '']
  const quiet = ['--show-interactive-dev-session', 'false']
  const child = spawn(process.execPath, [program, 'dev', ...choices, ...quiet], {
    cwd: folder,
    // A group of its own: Ctrl-C reaches us alone, and whatever it starts can be ended with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: 'false',
      // With the banner goes the question for a newer version.
      WRANGLER_HIDE_BANNER: 'true',
      CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: 'true',
      NO_COLOR: '1',
    },
  })

  const kept: string[] = []
  let speaks = false
  function hear(line: string): void {
    const isRecord = line.startsWith('{')
    if (!speaks && isRecord && isOfAnExchange(line)) return
    // Its own line for each request says less than the worker's record of it.
    if (line.trim() === '' || /^\[wrangler:info\] [A-Z]+ \//.test(line)) return
    // The records hold no query; what wrangler says of a request of its own accord does, and with it secrets.
    const shown = isRecord ? line : `wrangler: ${line.replace(/\?\S+/g, '?…')}`
    if (speaks) show(shown)
    else kept.push(shown)
    if (kept.length > KEPT_LINES) kept.shift()
  }
  createInterface({ input: child.stdout }).on('line', hear)
  createInterface({ input: child.stderr }).on('line', hear)

  // Not `close`: its own children hold the pipes too, and may outlive it.
  const exited = Promise.race([once(child, 'exit'), once(child, 'error')])
  return {
    ended: exited.then(() => wait(LAST_WORDS_MS)),
    speak: () => {
      speaks = true
      kept.length = 0
    },
    lastWords: () => kept,
    stop: async () => {
      endGroup(child.pid, 'SIGTERM')
      await Promise.race([exited, wait(GRACE_MS, undefined, { ref: false })])
      // Its runtime may have outlived it.
      endGroup(child.pid, 'SIGKILL')
    },
  }
}

function isOfAnExchange(record: string): boolean {
  return record.includes('"event":"exchange"')
}

function endGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
