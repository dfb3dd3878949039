import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { settingNames } from '../dev/given.ts'
import { fourFreePorts } from './free-ports.ts'
import { stillRunning, treeOf } from './processes.ts'

const START_MS = 75_000
const STOP_MS = 15_000
const LEAVE_MS = 2_000
const LAST_LINE = 'Ctrl-C stops everything'

export interface DevServer {
  readonly port: number
  /** What it has printed up to the first request. */
  readonly printed: string
  /** As a terminal does it; resolves to the exit code and to the processes left behind. */
  interrupt(): Promise<{ readonly code: unknown; readonly left: readonly number[] }>
  kill(): void
}

export async function startDev(): Promise<DevServer> {
  const port = await fourFreePorts()
  const child = spawn('npm', ['run', 'dev', '--', '--port', `${port}`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    // What the environment names stays out: this tries what a new user has.
    env: { ...process.env, ...Object.fromEntries(settingNames.map((name) => [name, ''])) },
  })
  const { pid } = child
  if (pid === undefined) throw new Error('npm cannot be started')
  const exited = once(child, 'exit').then(([code, signal]) => code ?? signal)
  // Taken while all stand in line: once its parent is gone, a process is nobody's descendant.
  let known = treeOf(pid)
  const kill = () => {
    for (const other of stillRunning(known)) process.kill(other.pid, 'SIGKILL')
  }

  let printed = ''
  const greeted = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (printed.includes(LAST_LINE)) resolve()
    })
  })
  await Promise.race([
    greeted,
    exited.then((code) => {
      throw new Error(`npm run dev ended with ${code}:\n${printed}`)
    }),
    wait(START_MS, undefined, { ref: false }).then(() => {
      known = treeOf(pid)
      kill()
      throw new Error(`npm run dev is not ready after ${START_MS / 1000} s:\n${printed}`)
    }),
  ])

  known = treeOf(pid)
  return {
    port,
    printed: printed.slice(0, printed.indexOf(LAST_LINE)),
    async interrupt() {
      const before = treeOf(pid)
      if (before.length > 0) process.kill(-pid, 'SIGINT')
      const code = await Promise.race([exited, wait(STOP_MS, 'not ended', { ref: false })])
      return { code, left: await leftOf(before) }
    },
    kill,
  }
}

/** A process that was told to end may take a moment. */
async function leftOf(before: ReturnType<typeof treeOf>): Promise<readonly number[]> {
  for (let waited = 0; waited < LEAVE_MS && stillRunning(before).length > 0; waited += 100) {
    await wait(100)
  }
  return stillRunning(before).map(({ pid }) => pid)
}
